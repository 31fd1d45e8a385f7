package dev.sluice.books;

import dev.sluice.books.FaultRuns.Failed;
import java.nio.file.Path;
import java.util.Optional;

/** Looks for what is wrong with a broken ingest, by the same runs that find nothing otherwise. */
public final class MutantRuns {
  private static final int SEEDS = 300;

  private final Shelf shelf;
  private final Path scratch;

  public MutantRuns(Shelf shelf, Path scratch) {
    this.shelf = shelf;
    this.scratch = scratch;
  }

  /** What gives it away first; empty when it passes for whole. */
  public Optional<Failed> caught(Mutant mutant) {
    FaultRuns faults = new FaultRuns(shelf, scratch, mutant);
    for (FaultRuns.Story story : FaultRuns.Story.values()) {
      Failed failed = faults.runSingle(story, false).failed();
      if (failed != null) {
        return Optional.of(failed);
      }
    }
    ScheduleRuns schedules = new ScheduleRuns(shelf, scratch, mutant);
    for (int interruptions = 1; interruptions <= 2; interruptions++) {
      for (ScheduleRuns.Cast cast : ScheduleRuns.Cast.values()) {
        if (cast.number() + interruptions <= 4) {
          Failed failed = schedules.runAll(cast, false, interruptions).failed();
          if (failed != null) {
            return Optional.of(failed);
          }
        }
      }
    }
    QueueRuns queues = new QueueRuns(shelf, scratch, mutant);
    for (long seed = 0; seed < SEEDS; seed++) {
      Failed failed = queues.run(seed).failed();
      if (failed != null) {
        return Optional.of(failed);
      }
    }
    return Optional.empty();
  }
}
