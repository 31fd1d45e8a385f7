package dev.sluice.books;

import dev.sluice.books.FaultRuns.Failed;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.RemoteCall;
import dev.sluice.testing.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One message is delivered twice at the same time, and one of the two deliveries is killed. Whether
 * the message comes again is up to the other alone.
 */
public final class MessageRuns {
  private static final String KEY = "readings/a.json";

  /** What a message can say, the most frequent first. */
  public static final List<ObjectEvent.Kind> KINDS =
      List.of(ObjectEvent.Kind.CREATED, ObjectEvent.Kind.LOOK, ObjectEvent.Kind.RELOAD);

  private final Shelf shelf;
  private final Path scratch;
  private final Mutant mutant;

  /** What happens beside the two deliveries. */
  public enum Beside {
    NOTHING,
    AN_OVERWRITE,
    A_DELETION
  }

  /**
   * How many schedules there were, in how many of them one was killed, and what went wrong first.
   */
  public record Count(long schedules, long kills, @Nullable Failed failed) {}

  public MessageRuns(Shelf shelf, Path scratch, Mutant mutant) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.mutant = mutant;
  }

  /**
   * Kills one at its calls, in all orders with at most that many interruptions.
   *
   * @param share 1 to kill it at each of its calls, or at one of so many
   */
  public Count runAll(
      Beside beside, boolean redeclared, ObjectEvent.Kind kind, int interruptions, int share) {
    Set<String> checked = new HashSet<>();
    List<Failed> failed = new ArrayList<>();
    long[] kills = {0};
    long schedules = 0;
    boolean some = true;
    for (int call = 0; some && failed.isEmpty(); call += share) {
      int fatal = call;
      long before = kills[0];
      schedules +=
          new Schedules(
                  interruptions,
                  chooser -> {
                    if (failed.isEmpty()) {
                      Run run = new Run(beside, redeclared, kind, fatal);
                      kills[0] += run.perform(chooser) ? 1 : 0;
                      if (checked.add(run.scene.state())) {
                        Findings findings = run.scene.finish();
                        if (!findings.none()) {
                          failed.add(
                              new Failed("killed at call " + fatal + run.scene.story(), findings));
                        }
                      }
                    }
                  })
              .runAll();
      some = kills[0] > before;
    }
    return new Count(schedules, kills[0], failed.isEmpty() ? null : failed.get(0));
  }

  private final class Run implements FaultHook {
    private final Scene scene = new Scene(shelf, scratch, false, mutant);
    private final Beside beside;
    private final boolean redeclared;
    private final ObjectEvent.Kind kind;
    private final int fatal;
    private final ThreadLocal<Boolean> doomed = ThreadLocal.withInitial(() -> false);
    private @Nullable Turns turns;
    private int calls;
    private boolean killed;

    Run(Beside beside, boolean redeclared, ObjectEvent.Kind kind, int fatal) {
      this.beside = beside;
      this.redeclared = redeclared;
      this.kind = kind;
      this.fatal = fatal;
    }

    /** Whether one was killed. */
    boolean perform(Turns.Chooser chooser) {
      ObjectEvent upload = scene.upload(KEY, FaultRuns.FIRST);
      ObjectEvent event = upload;
      if (kind != ObjectEvent.Kind.CREATED) {
        scene.queue.add(upload);
        scene.drain();
        event = scene.hint(kind, KEY);
        scene.clock.advance(Duration.ofSeconds(1));
      }
      ObjectEvent message = event;
      AtomicInteger acknowledged = new AtomicInteger();
      List<Runnable> workers = new ArrayList<>();
      workers.add(() -> {
        doomed.set(true);
        acknowledged.addAndGet(deliver(message, redeclared ? Scene.REDECLARED : Scene.DECLARED));
      });
      workers.add(() -> acknowledged.addAndGet(deliver(message, Scene.DECLARED)));
      switch (beside) {
        case NOTHING -> {}
        case AN_OVERWRITE -> workers.add(() -> scene.handle(scene.upload(KEY, FaultRuns.SECOND)));
        case A_DELETION -> workers.add(() -> scene.handle(scene.remove(KEY)));
      }
      Turns all = new Turns(chooser);
      turns = all;
      scene.severalAtATime();
      scene.direct(this);
      all.run(workers);
      scene.direct(FaultHook.NONE);
      scene.clock.advance(Messages.VISIBILITY);
      if (acknowledged.get() == 0) {
        scene.queue.addLast(message);
      }
      return killed;
    }

    private int deliver(ObjectEvent event, Datasets declared) {
      try {
        return scene.deliver(event, declared) ? 1 : 0;
      } finally {
        doomed.remove();
      }
    }

    @Override
    public void before(RemoteCall call, Runnable effect) {
      if (turns != null) {
        turns.step();
      }
      if (doomed.get() && calls++ == fatal) {
        killed = true;
        throw new World.Death();
      }
    }

    @Override
    public void after(RemoteCall call) {}
  }
}
