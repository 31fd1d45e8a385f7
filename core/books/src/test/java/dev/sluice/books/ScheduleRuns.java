package dev.sluice.books;

import dev.sluice.books.FaultRuns.Failed;
import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.RemoteCall;
import dev.sluice.testing.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several deliveries and the user at work on one object at the same time, in every order of their
 * remote calls up to a number of interruptions, and in orders drawn from a seed, then also with
 * faults.
 */
public final class ScheduleRuns {
  private static final String KEY = FaultRuns.KEY;

  private final Shelf shelf;
  private final Path scratch;
  private final Mutant mutant;

  /** Who is at work on one object. */
  public enum Cast {
    DUPLICATES(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        ObjectEvent event = stage.upload(FaultRuns.FIRST);
        return List.of(stage.handles(event), stage.handles(event));
      }
    },
    DUPLICATES_OF_AN_OVERWRITE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        ObjectEvent event = stage.upload(FaultRuns.SECOND);
        return List.of(stage.handles(event), stage.handles(event));
      }
    },
    TWO_VERSIONS(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        return List.of(
            stage.handles(stage.upload(FaultRuns.FIRST)),
            stage.handles(stage.upload(FaultRuns.SECOND)));
      }
    },
    AN_OVERWRITE_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        return List.of(
            stage.handles(stage.upload(FaultRuns.FIRST)), stage.uploads(FaultRuns.SECOND));
      }
    },
    A_SECOND_OVERWRITE_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        return List.of(
            stage.handles(stage.upload(FaultRuns.SECOND)), stage.uploads(FaultRuns.THIRD));
      }
    },
    BACK_TO_THE_FIRST_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        return List.of(
            stage.handles(stage.upload(FaultRuns.SECOND)), stage.uploads(FaultRuns.FIRST));
      }
    },
    A_DELETION_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        return List.of(stage.handles(stage.upload(FaultRuns.FIRST)), stage.removes());
      }
    },
    A_DELETION_AFTER_AN_OVERWRITE_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        return List.of(stage.handles(stage.upload(FaultRuns.SECOND)), stage.removes());
      }
    },
    AN_UPLOAD_AFTER_A_DELETION_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        return List.of(stage.handles(stage.remove()), stage.uploads(FaultRuns.SECOND));
      }
    },
    THE_SAME_UPLOAD_AFTER_A_DELETION_MEANWHILE(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        stage.loaded(FaultRuns.FIRST);
        return List.of(stage.handles(stage.remove()), stage.uploads(FaultRuns.FIRST));
      }
    },
    TWO_DECLARATIONS(2) {
      @Override
      List<Runnable> workers(Stage stage) {
        ObjectEvent event = stage.upload(FaultRuns.FIRST);
        return List.of(stage.handles(event), stage.handlesRedeclared(event));
      }
    },
    THREE_DUPLICATES(3) {
      @Override
      List<Runnable> workers(Stage stage) {
        ObjectEvent event = stage.upload(FaultRuns.FIRST);
        return List.of(stage.handles(event), stage.handles(event), stage.handles(event));
      }
    },
    A_DUPLICATE_AND_AN_OVERWRITE(3) {
      @Override
      List<Runnable> workers(Stage stage) {
        ObjectEvent event = stage.upload(FaultRuns.FIRST);
        return List.of(stage.handles(event), stage.handles(event), stage.uploads(FaultRuns.SECOND));
      }
    },
    THREE_VERSIONS(3) {
      @Override
      List<Runnable> workers(Stage stage) {
        return List.of(
            stage.handles(stage.upload(FaultRuns.FIRST)),
            stage.handles(stage.upload(FaultRuns.SECOND)),
            stage.handles(stage.upload(FaultRuns.THIRD)));
      }
    },
    AN_OVERWRITE_AND_A_DELETION(3) {
      @Override
      List<Runnable> workers(Stage stage) {
        return List.of(
            stage.handles(stage.upload(FaultRuns.FIRST)),
            stage.uploads(FaultRuns.SECOND),
            stage.removes());
      }
    };

    private final int number;

    Cast(int number) {
      this.number = number;
    }

    /** How many are at work. */
    public int number() {
      return number;
    }

    abstract List<Runnable> workers(Stage stage);
  }

  /** How many schedules there were, and what went wrong first. */
  public record Count(long schedules, long faults, @Nullable Failed failed) {}

  public ScheduleRuns(Shelf shelf, Path scratch, Mutant mutant) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.mutant = mutant;
  }

  /** A scene with workers who take turns at it. */
  private static final class Stage implements FaultHook {
    private final Scene scene;
    private final Turns turns;
    private final @Nullable Random faults;
    private int struck;

    Stage(Scene scene, Turns turns, @Nullable Random faults) {
      this.scene = scene;
      this.turns = turns;
      this.faults = faults;
    }

    ObjectEvent upload(byte[] content) {
      return scene.upload(KEY, content);
    }

    ObjectEvent remove() {
      return scene.remove(KEY);
    }

    void loaded(byte[] content) {
      scene.queue.add(upload(content));
      scene.drain();
    }

    Runnable handles(ObjectEvent event) {
      return () -> scene.handle(event);
    }

    Runnable handlesRedeclared(ObjectEvent event) {
      return () -> {
        if (!scene.deliver(event, Scene.REDECLARED)) {
          scene.queue.addLast(event);
        }
      };
    }

    Runnable uploads(byte[] content) {
      return () -> {
        turns.step();
        scene.handle(upload(content));
      };
    }

    Runnable removes() {
      return () -> {
        turns.step();
        scene.handle(remove());
      };
    }

    @Override
    public void before(RemoteCall call, Runnable effect) {
      turns.step();
      Fault fault = drawn();
      if (fault != null && fault.before()) {
        scene.strike(fault, call, 0, effect);
      }
    }

    @Override
    public void after(RemoteCall call) {
      Fault fault = drawn();
      if (fault != null && !fault.before()) {
        scene.strike(fault, call, 0, () -> {});
      }
    }

    private @Nullable Fault drawn() {
      if (faults == null || faults.nextInt(40) > 0) {
        return null;
      }
      struck++;
      return Fault.values()[faults.nextInt(Fault.values().length)];
    }
  }

  /** All orders with at most that many interruptions. */
  public Count runAll(Cast cast, boolean versioned, int interruptions) {
    Set<String> checked = new HashSet<>();
    List<Failed> failed = new ArrayList<>();
    long count =
        new Schedules(
                interruptions,
                chooser -> {
                  if (failed.isEmpty()) {
                    Scene scene = new Scene(shelf, scratch, versioned, mutant);
                    perform(cast, scene, chooser, null);
                    if (checked.add(scene.state())) {
                      Findings findings = scene.finish();
                      if (!findings.none()) {
                        failed.add(new Failed(cast.toString(), findings));
                      }
                    }
                  }
                })
            .runAll();
    return new Count(count, 0, failed.isEmpty() ? null : failed.get(0));
  }

  /** One order drawn from a seed, with faults drawn from it as well. */
  public Count runRandom(Cast cast, long seed) {
    Random random = new Random(seed);
    Scene scene = new Scene(shelf, scratch, random.nextBoolean(), mutant);
    int eagerness = 1 + random.nextInt(6);
    int faults =
        perform(
            cast,
            scene,
            (free, options) -> free || random.nextInt(eagerness) == 0 ? random.nextInt(options) : 0,
            new Random(seed ^ 0x5DEECE66DL));
    if (random.nextBoolean()) {
      scene.clock.advance(Duration.ofMinutes(10));
    }
    Findings findings = scene.finish();
    return new Count(
        1, faults, findings.none() ? null : new Failed(cast + ", seed " + seed, findings));
  }

  private static int perform(
      Cast cast, Scene scene, Turns.Chooser chooser, @Nullable Random faults) {
    Turns turns = new Turns(chooser);
    Stage stage = new Stage(scene, turns, faults);
    List<Runnable> workers = cast.workers(stage);
    scene.severalAtATime();
    scene.direct(stage);
    turns.run(workers);
    scene.direct(FaultHook.NONE);
    return stage.struck;
  }
}
