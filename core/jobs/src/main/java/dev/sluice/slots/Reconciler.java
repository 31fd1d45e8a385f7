package dev.sluice.slots;

import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun.Origin;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Schedule;
import dev.sluice.model.job.Slot;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.slots.RunBooks.Head;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time whether anything was missed: runs that somebody began to launch and did
 * not, runs that have ended unheard, slots that nobody delivered, runs that take too long, clusters
 * that belong to no run.
 */
public final class Reconciler {
  private static final Duration LOOK_BACK = Duration.ofDays(2);
  private static final Duration OLDEST_CLUSTER = Duration.ofDays(60);
  private static final int MOST_SLOTS = 3_000;

  private final Runs runs;
  private final Emr emr;
  private final Jobs jobs;
  private final SlotsConfig config;
  private final Clock clock;
  private final Journal journal;

  public Reconciler(
      ObjectStore store, Emr emr, Jobs jobs, SlotsConfig config, Clock clock, Journal journal) {
    this(
        new Runs(store, emr, jobs, config, clock, Launcher::token, journal),
        emr,
        jobs,
        config,
        clock,
        journal);
  }

  Reconciler(Runs runs, Emr emr, Jobs jobs, SlotsConfig config, Clock clock, Journal journal) {
    this.runs = runs;
    this.emr = emr;
    this.jobs = jobs;
    this.config = config;
    this.clock = clock;
    this.journal = journal;
  }

  /**
   * What there was to look at.
   *
   * @param open runs that have not ended, when they were looked at
   * @param missed slots that nobody had delivered
   * @param complete whether all was looked at
   */
  public record Report(int open, int missed, boolean complete) {}

  private interface Task {
    void run();
  }

  /**
   * Looks at everything once. What cannot be looked at does not keep the rest from it.
   *
   * @param stop when to begin nothing new
   * @throws SluiceException the first thing that failed, when all else is done
   */
  public Report run(Instant stop) {
    return run(stop, clock.instant());
  }

  /**
   * The same where schedules have a clock of their own.
   *
   * @param scheduled the time that the schedules have come to: they have delivered their slots up
   *     to then, or will not any more
   */
  public Report run(Instant stop, Instant scheduled) {
    List<Task> tasks = new ArrayList<>();
    int[] missed = {0};
    int[] open = {0};
    for (JobDeclaration job : jobs.all()) {
      job.schedule()
          .ifPresent(
              schedule -> tasks.add(() -> missed[0] += watch(job, schedule, stop, scheduled)));
    }
    @Nullable SluiceException failure = null;
    boolean complete = true;
    tasks.add(() -> {
      List<RunId> ids = runs.books().open();
      open[0] = ids.size();
      each(ids.stream().<Task>map(id -> () -> runs.goOn(id)).toList(), stop);
    });
    tasks.add(() -> {
      List<ClusterSummary> clusters = emr.clusters(clock.instant().minus(OLDEST_CLUSTER), true);
      each(clusters.stream().<Task>map(cluster -> () -> runs.sweep(cluster)).toList(), stop);
    });
    for (Task task : tasks) {
      if (!clock.instant().isBefore(stop)) {
        complete = false;
        break;
      }
      try {
        task.run();
      } catch (SluiceException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return new Report(open[0], missed[0], complete && clock.instant().isBefore(stop));
  }

  private void each(List<Task> tasks, Instant stop) {
    @Nullable SluiceException failure = null;
    for (Task task : tasks) {
      if (!clock.instant().isBefore(stop)) {
        break;
      }
      try {
        task.run();
      } catch (SluiceException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Runs the slots of a schedule that nobody delivered. Only those since it was first seen count:
   * before that there may have been another one, or none.
   */
  private int watch(JobDeclaration job, Schedule schedule, Instant stop, Instant now) {
    String expression = schedule.expression() + " " + schedule.zone();
    Head head = runs.books().head(job.name());
    if (!head.schedule().equals(expression)) {
      runs.books().replace(job.name(), head.watching(expression, now));
      return 0;
    }
    Instant back = now.minus(LOOK_BACK);
    Instant from = head.watchedFrom().isBefore(back) ? back : head.watchedFrom();
    List<Instant> due =
        schedule.previous(
            now.minus(config.grace()).minus(schedule.lag()), from.plusSeconds(1), MOST_SLOTS);
    if (due.isEmpty()) {
      return 0;
    }
    Set<Instant> known =
        runs.books().known(new Slot(job.name(), due.get(due.size() - 1))).stream()
            .map(run -> run.slot().time())
            .collect(Collectors.toSet());
    List<Task> tasks = new ArrayList<>();
    for (Instant time : new TreeSet<>(due)) {
      if (!known.contains(time)) {
        Slot slot = new Slot(job.name(), time);
        tasks.add(() -> {
          journal.tell(Journal.What.MISSED, new RunId(slot, 1), "");
          if (time.plus(config.late()).isBefore(now)) {
            runs.missed(slot);
          } else {
            runs.run(job, new RunId(slot, 1), Origin.RECONCILER, false);
          }
        });
      }
    }
    each(tasks, stop);
    return tasks.size();
  }
}
