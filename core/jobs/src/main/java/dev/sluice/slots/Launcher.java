package dev.sluice.slots;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.JobRun.Origin;
import dev.sluice.model.job.JobRun.Status;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Slot;
import dev.sluice.model.store.ObjectStore;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeSet;
import java.util.UUID;

/** Launches the runs of jobs, each slot once. */
public final class Launcher {
  private final Runs runs;
  private final Jobs jobs;

  public Launcher(
      ObjectStore store, Emr emr, Jobs jobs, SlotsConfig config, Clock clock, Journal journal) {
    this(new Runs(store, emr, jobs, config, clock, Launcher::token, journal), jobs);
  }

  Launcher(Runs runs, Jobs jobs) {
    this.runs = runs;
    this.jobs = jobs;
  }

  static String token() {
    return UUID.randomUUID().toString();
  }

  /**
   * Takes a delivery of a schedule.
   *
   * @param scheduled the scheduled time that it names
   * @return the slot's run as it is now; not yet launched when another is about to launch it
   * @throws SluiceException {@code INVALID_SETTINGS} when there is no such job; {@code UNAVAILABLE}
   *     when S3 or EMR were: the slot is launched later, by whoever comes upon it
   */
  public JobRun deliver(String name, Instant scheduled) {
    JobDeclaration job = jobs.get(name);
    Instant time =
        job.schedule()
            .map(schedule -> schedule.slot(scheduled))
            .orElseGet(() -> scheduled.truncatedTo(ChronoUnit.SECONDS));
    return runs.run(job, new RunId(new Slot(name, time), 1), Origin.SCHEDULE, false);
  }

  /**
   * Runs a slot by hand. One that was run, but not well, is run again; one that was run well or is
   * under way is not.
   *
   * @param time the slot's time
   * @param full whether to read everything, not only what changed
   * @return the slot's last run as it is now
   */
  public JobRun byHand(String name, Instant time, boolean full) {
    JobDeclaration job = jobs.get(name);
    Slot slot = new Slot(name, time.truncatedTo(ChronoUnit.SECONDS));
    RunId id = new RunId(slot, 1);
    TreeSet<RunId> known = runs.books().attempts(slot);
    if (!known.isEmpty()) {
      JobRun last = runs.books().read(known.last()).map(RunBooks.Stored::run).orElseThrow();
      if (last.open() || last.status() == Status.SUCCEEDED) {
        return last;
      }
      id = new RunId(slot, known.last().attempt() + 1);
    }
    return runs.run(job, id, Origin.HAND, full);
  }

  /** Looks what EMR made of a run, does what is to be done about it, and says how it stands. */
  public JobRun look(RunId id) {
    runs.goOn(id);
    return runs.books()
        .read(id)
        .map(RunBooks.Stored::run)
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.INVALID_SETTINGS, "Cannot find the run: there is no entry of it: " + id));
  }
}
