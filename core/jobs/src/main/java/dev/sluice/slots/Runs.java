package dev.sluice.slots;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.JobRun.Origin;
import dev.sluice.model.job.JobRun.Status;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.Overlap;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Slot;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.slots.Journal.What;
import dev.sluice.slots.RunBooks.Head;
import dev.sluice.slots.RunBooks.Note;
import dev.sluice.slots.RunBooks.Stored;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The life of runs. Every change is a conditional write to the run's entry, and whoever comes upon
 * an entry can go on from what it says; so any call may fail or be the last of its process.
 *
 * <p>A launch is asked for by the one who created the entry, or took its lease over when that was
 * up; the latter looks first whether EMR has it already. Only the run that its job's head names is
 * launched.
 */
final class Runs {
  /** A cluster's name is this and the run's id. */
  static final String CLUSTER_PREFIX = "sluice.";

  static final String TAG_RUN = "sluice:run";
  static final String TAG_LAKE = "sluice:lake";
  private static final String TAG_JOB = "sluice:job";
  private static final String TAG_SLOT = "sluice:slot";

  /** Others who write at the same time have done something by then. */
  private static final int TRIES = 20;

  /** How much earlier than its entry a cluster may seem to be made. */
  private static final Duration SKEW = Duration.ofMinutes(10);

  private static final Duration FORGOTTEN = Duration.ofHours(1);
  private static final int REASON_LENGTH = 1_000;

  private final RunBooks books;
  private final Emr emr;
  private final Jobs jobs;
  private final SlotsConfig config;
  private final Clock clock;
  private final Supplier<String> tokens;
  private final Journal journal;

  Runs(
      ObjectStore store,
      Emr emr,
      Jobs jobs,
      SlotsConfig config,
      Clock clock,
      Supplier<String> tokens,
      Journal journal) {
    this.books = new RunBooks(store, config.layout());
    this.emr = emr;
    this.jobs = jobs;
    this.config = config;
    this.clock = clock;
    this.tokens = tokens;
    this.journal = journal;
  }

  RunBooks books() {
    return books;
  }

  /** Sees to it that a run is launched, once. */
  JobRun run(JobDeclaration job, RunId id, Origin origin, boolean full) {
    for (int i = 0; i < TRIES; i++) {
      Optional<Stored> stored = books.read(id);
      if (stored.isEmpty()) {
        Instant now = clock.instant();
        books.note(new Note(id, origin, full));
        Optional<Stored> mine =
            books.create(
                JobRun.claimed(id, origin, full, now, tokens.get(), now.plus(config.lease())));
        if (mine.isPresent()) {
          return proceed(job, mine.get());
        }
        continue;
      }
      JobRun run = stored.get().run();
      if (!run.open()) {
        books.unnote(id);
        return run;
      }
      if (run.status() != Status.CLAIMED || !expired(run)) {
        return run;
      }
      Optional<Stored> mine = claim(stored.get());
      if (mine.isPresent()) {
        return takeOver(job, mine.get());
      }
    }
    throw contended(id.toString());
  }

  private boolean expired(JobRun run) {
    return !clock.instant().isBefore(run.leaseUntil().orElse(Instant.EPOCH));
  }

  private Optional<Stored> claim(Stored stored) {
    return books.replace(
        stored, stored.run().claimed(tokens.get(), clock.instant().plus(config.lease())));
  }

  /** Goes on where another was interrupted, who may have asked for the launch. */
  private JobRun takeOver(JobDeclaration job, Stored stored) {
    Optional<Found> found = find(stored.run());
    if (found.isPresent()) {
      journal.tell(What.ADOPTED, stored.run().id(), found.get().cluster());
      return launched(stored, found.get());
    }
    return proceed(job, stored);
  }

  private record Found(String cluster, String step, boolean shared, Instant createdAt) {}

  /** What was launched for a run; of several the first, and the others are ended. */
  private Optional<Found> find(JobRun run) {
    List<Found> found = new ArrayList<>();
    for (ClusterSummary cluster : emr.clusters(run.askedAt().minus(SKEW), false)) {
      if (cluster.name().equals(CLUSTER_PREFIX + run.id()) && ours(cluster.id(), run.id())) {
        found.add(new Found(cluster.id(), "", false, cluster.createdAt()));
      }
    }
    config
        .emr()
        .cluster()
        .ifPresent(shared -> {
          for (Step step : emr.steps(shared)) {
            if (step.name().equals(run.id().toString())) {
              found.add(new Found(shared, step.id(), true, step.createdAt()));
            }
          }
        });
    found.sort(Comparator.comparing(Found::createdAt));
    found.stream().skip(1).forEach(other -> endOrphan(run.id(), other));
    return found.stream().findFirst();
  }

  private boolean ours(String cluster, RunId id) {
    Map<String, String> tags = emr.cluster(cluster).map(Cluster::tags).orElse(Map.of());
    return id.toString().equals(tags.get(TAG_RUN))
        && config.layout().lakeBucket().equals(tags.get(TAG_LAKE));
  }

  private void endOrphan(RunId id, Found orphan) {
    journal.tell(What.ORPHAN, id, orphan.cluster());
    if (orphan.shared()) {
      emr.cancel(orphan.cluster(), orphan.step());
    } else {
      emr.terminate(orphan.cluster());
    }
  }

  /** Launches a run of which nothing is launched, if it is its turn. */
  private JobRun proceed(JobDeclaration job, Stored stored) {
    RunId id = stored.run().id();
    for (int i = 0; i < TRIES; i++) {
      Head head = books.head(job.name());
      if (!head.active().equals(id.toString())) {
        Optional<Stored> active = RunId.parse(head.active()).flatMap(books::read);
        if (active.isPresent() && active.get().run().open()) {
          return behind(job, stored, active.get().run().id());
        }
        if (!books.replace(job.name(), head.active(id))) {
          continue;
        }
      }
      return launch(job, stored);
    }
    throw contended(job.name());
  }

  private JobRun behind(JobDeclaration job, Stored stored, RunId active) {
    RunId id = stored.run().id();
    if (job.overlap() == Overlap.SKIP
        || (job.overlap() == Overlap.REPLACE && active.compareTo(id) > 0)) {
      end(stored, Status.SKIPPED, active + " has not ended", "");
      return now(id);
    }
    if (books.replace(stored, stored.run().queued("waits for " + active)).isPresent()) {
      journal.tell(What.QUEUED, id, active.toString());
    }
    // The other may have ended before this one waited.
    advance(job.name());
    return now(id);
  }

  private JobRun launch(JobDeclaration job, Stored stored) {
    JobRun run = stored.run();
    Instant last =
        run.leaseUntil().orElse(Instant.EPOCH).minus(config.lease()).plus(config.begin());
    if (clock.instant().isAfter(last)) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot launch " + run.id() + ": too little of its lease is left; it is tried again");
    }
    Found launched;
    try {
      StepRequest step =
          new StepRequest(
              run.id().toString(),
              JobCommand.of(
                      List.of(job),
                      run.id().slot().time(),
                      run.id().toString(),
                      run.full(),
                      config.code(),
                      config.layout())
                  .arguments());
      Optional<String> shared = config.emr().cluster();
      launched =
          shared.isPresent()
              ? new Found(shared.get(), emr.add(shared.get(), step), true, Instant.EPOCH)
              : new Found(emr.run(cluster(run, step)), "", false, Instant.EPOCH);
    } catch (SluiceException e) {
      if (e.code().action() != ErrorCode.Action.FAIL) {
        // It may be launched nevertheless: whoever takes the lease over will see.
        throw e;
      }
      end(stored, Status.FAILED, String.valueOf(e.getMessage()), "");
      advance(job.name());
      return now(run.id());
    }
    journal.tell(What.LAUNCHED, run.id(), launched.cluster());
    return launched(stored, launched);
  }

  private ClusterRequest cluster(JobRun run, StepRequest step) {
    return new ClusterRequest(
        CLUSTER_PREFIX + run.id(),
        config.emr(),
        config.place(),
        Map.of(
            TAG_RUN,
            run.id().toString(),
            TAG_JOB,
            run.job(),
            TAG_SLOT,
            run.id().slot().time().toString(),
            TAG_LAKE,
            config.layout().lakeBucket(),
            // EMR's managed policy lets its role touch nothing else.
            "for-use-with-amazon-emr-managed-policies",
            "true"),
        step);
  }

  /** Notes what was launched; when another did so meanwhile, this one is too much. */
  private JobRun launched(Stored stored, Found found) {
    JobRun run =
        stored
            .run()
            .launched(
                found.cluster(),
                found.step(),
                found.shared(),
                clock.instant(),
                logs(found.cluster(), found.step()));
    Optional<Stored> noted = books.replace(stored, run);
    if (noted.isPresent()) {
      return run;
    }
    JobRun other = now(run.id());
    boolean same = other.cluster().equals(run.cluster()) && other.step().equals(run.step());
    if (other.status() != Status.CLAIMED && !same) {
      endOrphan(run.id(), found);
    }
    return other;
  }

  private String logs(String cluster, String step) {
    String logs = config.place().logs() + cluster + "/";
    return step.isEmpty() ? logs : logs + "steps/" + step + "/";
  }

  /** Looks what EMR made of a launched run, and notes it. */
  JobRun settle(Stored stored) {
    JobRun run = stored.run();
    Instant now = clock.instant();
    Optional<Cluster> cluster = emr.cluster(run.cluster());
    Optional<Step> step =
        (cluster.isPresent() ? emr.steps(run.cluster()) : List.<Step>of())
            .stream()
                .filter(s ->
                    run.step().isEmpty()
                        ? s.name().equals(run.id().toString())
                        : s.id().equals(run.step()))
                .findFirst();
    Stored last = stored;
    if (step.isPresent()
        && (run.step().isEmpty() || !run.startedAt().equals(step.get().startedAt()))) {
      Optional<Stored> seen =
          books.replace(
              stored,
              run.seen(
                  step.get().id(), step.get().startedAt(), logs(run.cluster(), step.get().id())));
      if (seen.isEmpty()) {
        return now(run.id());
      }
      last = seen.get();
    }
    if (step.isPresent() && step.get().state().ended()) {
      end(last, outcome(run, step.get()), reason(run, step.get(), cluster), step.get().logFile());
      advance(run.job());
    } else if (cluster.isEmpty()) {
      if (run.launchedAt().orElse(Instant.EPOCH).plus(FORGOTTEN).isBefore(now)) {
        end(last, run.stopAs().orElse(Status.FAILED), "EMR does not know its cluster", "");
        advance(run.job());
      }
    } else if (cluster.get().state().ended()) {
      Instant ended = cluster.get().endedAt().or(run::launchedAt).orElse(Instant.EPOCH);
      if (ended.plus(config.settle()).isBefore(now)) {
        end(last, run.stopAs().orElse(Status.FAILED), reason(run, cluster.get()), "");
        advance(run.job());
      }
    } else if (run.stopAs().isPresent()) {
      stopOnEmr(last.run());
    } else {
      Optional<String> why = overdue(last.run(), cluster.get(), now);
      if (why.isPresent()) {
        stop(last, Status.FAILED, why.get());
      }
    }
    return now(run.id());
  }

  private Optional<String> overdue(JobRun run, Cluster cluster, Instant now) {
    Optional<Duration> timeout = jobs.find(run.job()).map(JobDeclaration::timeout);
    if (timeout.isPresent()
        && run.startedAt().isPresent()
        && run.startedAt().get().plus(timeout.get()).isBefore(now)) {
      return Optional.of("it ran longer than " + timeout.get());
    }
    Duration age = config.emr().age();
    Instant since = run.shared() ? run.launchedAt().orElse(now) : cluster.createdAt();
    boolean old = since.plus(age).isBefore(now);
    if (old && (!run.shared() || run.startedAt().isEmpty())) {
      return Optional.of(
          run.shared() ? "it did not begin within " + age : "its cluster is older than " + age);
    }
    return Optional.empty();
  }

  private static Status outcome(JobRun run, Step step) {
    return switch (step.state()) {
      case COMPLETED -> Status.SUCCEEDED;
      // It may have failed by itself just before it was told to end.
      case FAILED -> Status.FAILED;
      default -> run.stopAs().orElse(Status.FAILED);
    };
  }

  private static String reason(JobRun run, Step step, Optional<Cluster> cluster) {
    if (step.state() == StepState.COMPLETED) {
      return "";
    }
    if (run.stopAs().isPresent() && step.state() != StepState.FAILED) {
      return run.reason();
    }
    if (!step.reason().isEmpty()) {
      return step.reason();
    }
    String why = cluster.map(Runs::why).orElse("");
    return "its step is " + step.state() + (why.isEmpty() ? "" : ", its cluster says: " + why);
  }

  private static String reason(JobRun run, Cluster cluster) {
    if (run.stopAs().isPresent()) {
      return run.reason();
    }
    String why = why(cluster);
    return "its cluster ended before its step" + (why.isEmpty() ? "" : ": " + why);
  }

  private static String why(Cluster cluster) {
    return cluster.reason().isEmpty() ? cluster.reasonCode() : cluster.reason();
  }

  private void stop(Stored running, Status as, String why) {
    Optional<Stored> stopping = books.replace(running, running.run().stopping(as, why));
    if (stopping.isPresent()) {
      journal.tell(What.STOPPED, stopping.get().run().id(), why);
      stopOnEmr(stopping.get().run());
    }
  }

  private void stopOnEmr(JobRun run) {
    if (!run.shared()) {
      emr.terminate(run.cluster());
    } else if (!run.step().isEmpty()) {
      emr.cancel(run.cluster(), run.step());
    }
  }

  /** Notes the end of a run; false when another did something to it meanwhile. */
  private boolean end(Stored stored, Status as, String why, String logFile) {
    JobRun run = stored.run();
    String reason = why.length() > REASON_LENGTH ? why.substring(0, REASON_LENGTH) + "…" : why;
    Optional<Stored> ended =
        books.replace(
            stored,
            run.ended(as, clock.instant(), reason, logFile.isEmpty() ? run.logs() : logFile));
    if (ended.isEmpty()) {
      return false;
    }
    journal.tell(What.valueOf(as.name()), run.id(), reason);
    books.unnote(run.id());
    return true;
  }

  /** Launches what waits, if nothing of the job is active any more. */
  void advance(String name) {
    for (int i = 0; i < TRIES; i++) {
      List<Stored> queued = new ArrayList<>();
      for (RunId id : books.open(name)) {
        books
            .read(id)
            .filter(stored -> stored.run().status() == Status.QUEUED)
            .ifPresent(queued::add);
      }
      if (queued.isEmpty()) {
        return;
      }
      Optional<JobDeclaration> job = jobs.find(name);
      if (job.isEmpty()) {
        queued.forEach(stored -> end(stored, Status.CANCELLED, "the job is declared no more", ""));
        return;
      }
      boolean replace = job.get().overlap() == Overlap.REPLACE;
      Stored next = queued.get(replace ? queued.size() - 1 : 0);
      if (replace) {
        queued
            .subList(0, queued.size() - 1)
            .forEach(old -> end(old, Status.SKIPPED, next.run().id() + " replaces it", ""));
      }
      Optional<Stored> active =
          RunId.parse(books.head(name).active())
              .flatMap(books::read)
              .filter(stored -> stored.run().open());
      if (active.isPresent() && !active.get().run().id().equals(next.run().id())) {
        JobRun run = active.get().run();
        if (replace && run.status() == Status.RUNNING && run.stopAs().isEmpty()) {
          stop(active.get(), Status.CANCELLED, next.run().id() + " replaces it");
        }
        return;
      }
      Optional<Stored> mine = claim(next);
      if (mine.isPresent()) {
        proceed(job.get(), mine.get());
        return;
      }
    }
    throw contended(name);
  }

  /** Goes on with a run that has not ended, whatever is to be done about it. */
  void goOn(RunId id) {
    Optional<Stored> stored = books.read(id);
    if (stored.isEmpty()) {
      Optional<Note> note = books.noted(id);
      Optional<JobDeclaration> job = jobs.find(id.slot().job());
      if (note.isPresent() && job.isPresent()) {
        run(job.get(), id, note.get().origin(), note.get().full());
      } else {
        books.unnote(id);
      }
      return;
    }
    JobRun run = stored.get().run();
    switch (run.status()) {
      case CLAIMED -> {
        if (expired(run)) {
          Optional<JobDeclaration> job = jobs.find(run.job());
          if (job.isPresent()) {
            run(job.get(), id, run.origin(), run.full());
          } else {
            abandon(stored.get());
          }
        }
      }
      case QUEUED -> advance(run.job());
      case RUNNING -> settle(stored.get());
      default -> {
        books.unnote(id);
        advance(run.job());
      }
    }
  }

  /** A run of a job that is declared no more, and that may have been launched. */
  private void abandon(Stored stored) {
    Optional<Stored> mine = claim(stored);
    if (mine.isEmpty()) {
      return;
    }
    Optional<Found> found = find(mine.get().run());
    if (found.isPresent()) {
      launched(mine.get(), found.get());
    } else {
      end(mine.get(), Status.CANCELLED, "the job is declared no more", "");
    }
  }

  /**
   * Looks at a run because something was heard of its cluster, which may not be noted yet.
   *
   * @return false when no such run is known
   */
  boolean heard(RunId id, String cluster, String step) {
    Optional<Stored> stored = books.read(id);
    if (stored.isEmpty()) {
      return false;
    }
    JobRun run = stored.get().run();
    if (run.status() == Status.CLAIMED) {
      boolean shared = config.emr().cluster().filter(cluster::equals).isPresent();
      boolean known =
          shared
              ? emr.steps(cluster).stream()
                  .anyMatch(s -> s.id().equals(step) && s.name().equals(id.toString()))
              : ours(cluster, id);
      if (known) {
        journal.tell(What.ADOPTED, id, cluster);
        launched(stored.get(), new Found(cluster, shared ? step : "", shared, Instant.EPOCH));
        books.read(id).filter(s -> s.run().status() == Status.RUNNING).ifPresent(this::settle);
      }
    } else if (run.status() == Status.RUNNING) {
      settle(stored.get());
    }
    return true;
  }

  /** Ends a cluster that belongs to no run, if it is one. */
  void sweep(ClusterSummary cluster) {
    Optional<RunId> id =
        cluster.name().startsWith(CLUSTER_PREFIX)
            ? RunId.parse(cluster.name().substring(CLUSTER_PREFIX.length()))
            : Optional.empty();
    if (id.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    Optional<JobRun> run = books.read(id.get()).map(Stored::run);
    boolean young = cluster.createdAt().plus(config.settle()).isAfter(now);
    boolean wanted;
    if (run.isEmpty()) {
      wanted = young;
    } else if (run.get().open()) {
      wanted = run.get().status() == Status.CLAIMED || run.get().cluster().equals(cluster.id());
    } else {
      // Its own cluster ends by itself, a little later.
      wanted =
          run.get().cluster().equals(cluster.id())
              && run.get().endedAt().orElse(now).plus(config.settle()).isAfter(now);
    }
    if (!wanted && ours(cluster.id(), id.get())) {
      endOrphan(id.get(), new Found(cluster.id(), "", false, cluster.createdAt()));
    }
  }

  /** Notes a slot that nobody delivered and that is too late to be run. */
  void missed(Slot slot) {
    RunId id = new RunId(slot, 1);
    Instant now = clock.instant();
    books.create(
        JobRun.claimed(id, Origin.RECONCILER, false, now, "", now)
            .ended(Status.MISSED, now, "nobody delivered it in time", ""));
  }

  private JobRun now(RunId id) {
    return books
        .read(id)
        .map(Stored::run)
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.INTERNAL, "Cannot find the entry of a run that was there: " + id));
  }

  private static SluiceException contended(String what) {
    return new SluiceException(
        ErrorCode.UNAVAILABLE, "Cannot go on with " + what + ": others write at the same time");
  }
}
