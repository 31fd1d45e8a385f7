package dev.sluice.books;

import static dev.sluice.books.World.reading;

import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.RemoteCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every remote call of an ingest fails in every way, alone and in all pairs: the second fault
 * strikes the delivery that is to mend the first. What leads to the same state is followed from
 * there once.
 */
public final class FaultRuns {
  static final String KEY = "readings/a.json";
  static final byte[] FIRST =
      bytes(reading(1, "a", 1) + reading(2, "b", 2) + never(3) + withoutValue(4));
  static final byte[] SECOND = bytes(reading(5, "a", 3) + reading(6, "c", 4));
  static final byte[] THIRD = bytes(reading(7, "d", 5) + never(8));
  static final byte[] NOTHING = {};
  static final byte[] RUBBISH = "\uFEFF{}".getBytes(StandardCharsets.UTF_16BE);

  private final Shelf shelf;
  private final Path scratch;
  private final Mutant mutant;

  /** What an attempt under test meets: what is in the lake, and what is queued. */
  public enum Story {
    ONE_UPLOAD,
    A_DUPLICATE,
    AN_OVERWRITE,
    AN_OVERWRITE_DELIVERED_IN_REVERSE,
    BACK_TO_THE_FIRST,
    AN_OVERWRITE_BY_NOTHING,
    AN_OVERWRITE_BY_RUBBISH,
    A_MISSING_FILE,
    A_DELETION,
    A_NEW_DECLARATION;

    void tell(Scene scene) {
      if (this == A_NEW_DECLARATION) {
        scene.deliver(scene.upload(KEY, FIRST), Scene.REDECLARED);
        scene.queue.add(scene.upload(KEY, SECOND));
        return;
      }
      scene.queue.add(scene.upload(KEY, FIRST));
      if (this == AN_OVERWRITE_DELIVERED_IN_REVERSE) {
        scene.queue.addFirst(scene.upload(KEY, SECOND));
      } else if (this != ONE_UPLOAD) {
        scene.drain();
      }
      switch (this) {
        case AN_OVERWRITE -> scene.queue.add(scene.upload(KEY, SECOND));
        case BACK_TO_THE_FIRST -> {
          scene.queue.add(scene.upload(KEY, SECOND));
          scene.drain();
          scene.queue.add(scene.upload(KEY, FIRST));
        }
        case AN_OVERWRITE_BY_NOTHING -> scene.queue.add(scene.upload(KEY, NOTHING));
        case AN_OVERWRITE_BY_RUBBISH -> scene.queue.add(scene.upload(KEY, RUBBISH));
        case A_MISSING_FILE ->
            scene.store.remove(Scene.lake(scene.store.keys(World.LAKE, "silver/").get(0)));
        case A_DELETION -> scene.queue.add(scene.remove(KEY));
        default -> {}
      }
      if (scene.queue.isEmpty()) {
        scene.queue.add(scene.events.get(0));
      }
    }
  }

  /** How many different faults and pairs there were, and what went wrong first. */
  public record Count(long single, long pairs, @Nullable Failed failed) {}

  /** Something that went wrong, and how it came. */
  public record Failed(String how, Findings findings) {
    @Override
    public String toString() {
      return how + ": " + findings;
    }
  }

  public FaultRuns(Shelf shelf, Path scratch, Mutant mutant) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.mutant = mutant;
  }

  /** One fault, at the call of that number. */
  private static final class At implements FaultHook {
    private final Scene scene;
    private final int number;
    private final Fault fault;
    private int count;
    private boolean struck;
    private String where = "";

    At(Scene scene, int number, Fault fault) {
      this.scene = scene;
      this.number = number;
      this.fault = fault;
    }

    @Override
    public void before(RemoteCall call, Runnable effect) {
      if (count++ == number && fault.before()) {
        strike(call, effect);
      }
    }

    @Override
    public void after(RemoteCall call) {
      if (count - 1 == number && !fault.before()) {
        strike(call, () -> {});
      }
    }

    private void strike(RemoteCall call, Runnable effect) {
      struck = true;
      where = fault + " at call " + number + " (" + call + ")";
      scene.strike(fault, call, number, effect);
    }
  }

  /** A scene up to the end of the first fault's delivery, and perhaps the second's. */
  private final class Run {
    private final Scene scene;
    private String how;

    Run(Story story, boolean versioned) {
      scene = new Scene(shelf, scratch, versioned, mutant);
      how = story + (versioned ? ", with versions" : "");
      story.tell(scene);
    }

    /** False when there is no such call any more. */
    boolean strike(Fault fault, int call, Duration pause) {
      At at = new At(scene, call, fault);
      scene.direct(at);
      scene.handle(scene.queue.removeFirst());
      scene.direct(FaultHook.NONE);
      scene.land();
      scene.clock.advance(pause);
      how += ", " + at.where + (pause.isZero() ? "" : ", then " + pause);
      return at.struck;
    }

    @Nullable Failed failed() {
      Findings findings = scene.finish();
      return findings.none() ? null : new Failed(how, findings);
    }
  }

  /** All single faults of one story. */
  public Count runSingle(Story story, boolean versioned) {
    return run(story, versioned, 0);
  }

  /**
   * All single faults of one story, and one of so many of the pairs.
   *
   * @param share 1 for all pairs
   */
  public Count runPairs(Story story, boolean versioned, int share) {
    return run(story, versioned, share);
  }

  private Count run(Story story, boolean versioned, int share) {
    long single = 0;
    long paired = 0;
    Set<String> checked = new HashSet<>();
    Map<String, Long> followed = new HashMap<>();
    for (Duration pause : List.of(Duration.ZERO, Duration.ofMinutes(10))) {
      for (Fault fault : Fault.values()) {
        for (int call = 0; ; call++) {
          Run run = new Run(story, versioned);
          if (!run.strike(fault, call, pause)) {
            break;
          }
          single++;
          String state = run.scene.state();
          Long known = followed.get(state);
          if (known == null) {
            known = 0L;
            boolean done = run.scene.queue.isEmpty();
            Failed failed = checked.add(state) ? run.failed() : null;
            if (failed != null) {
              return new Count(single, paired, failed);
            }
            if (share > 0 && !done) {
              for (Fault second : Fault.values()) {
                for (int later = Math.floorMod(-call - second.ordinal(), share); ; later += share) {
                  Run pair = new Run(story, versioned);
                  pair.strike(fault, call, pause);
                  if (!pair.strike(second, later, Duration.ZERO)) {
                    break;
                  }
                  known++;
                  failed = checked.add(pair.scene.state()) ? pair.failed() : null;
                  if (failed != null) {
                    return new Count(single, paired + known, failed);
                  }
                }
              }
            }
            followed.put(state, known);
          }
          paired += known;
        }
      }
    }
    return new Count(single, paired, null);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Fits no declaration. */
  static String never(int id) {
    return reading(id, "a", 1).replace("2026-11-20T10:00:00Z", "never");
  }

  /** Fits the second declaration only. */
  static String withoutValue(int id) {
    return reading(id, "a", 1).replace(",\"value\":1.0", "");
  }
}
