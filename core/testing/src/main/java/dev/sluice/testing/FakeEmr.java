package dev.sluice.testing;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterState;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.JobCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * EMR in memory: clusters begin, run their steps and end as the clock says, and lists show what was
 * made a while ago. Safe for concurrent use. Every remote call passes the fault hook; the plain
 * helpers for tests do not.
 */
public final class FakeEmr implements Emr {
  /** Between a cluster's request and its first step, and between its last step and its end. */
  public static final Duration PROVISIONING = Duration.ofMinutes(2);

  private final Clock clock;
  private final FaultHook faults;
  private final Duration lag;
  private final Map<String, Machine> clusters = new LinkedHashMap<>();
  private Function<String, Fate> fates = name -> Fate.WELL;

  /**
   * What becomes of a step.
   *
   * @param runs how long it runs
   * @param end as what it ends
   * @param reason why, when it fails
   */
  public record Fate(Duration runs, StepState end, String reason) {
    /** It ends well after three minutes. */
    public static final Fate WELL = new Fate(Duration.ofMinutes(3), StepState.COMPLETED, "");
  }

  /**
   * @param lag how long lists do not show what was made
   */
  public FakeEmr(Clock clock, FaultHook faults, Duration lag) {
    this.clock = clock;
    this.faults = faults;
    this.lag = lag;
  }

  private static final class Machine {
    final String id;
    final String name;
    final Map<String, String> tags;
    final boolean stays;
    final Instant createdAt;
    final List<Task> tasks = new ArrayList<>();
    @Nullable Instant terminatedAt;
    @Nullable Cluster gone;
    List<Step> stepsOfGone = List.of();

    Machine(String id, String name, Map<String, String> tags, boolean stays, Instant createdAt) {
      this.id = id;
      this.name = name;
      this.tags = tags;
      this.stays = stays;
      this.createdAt = createdAt;
    }
  }

  private static final class Task {
    final String id;
    final StepRequest request;
    final Fate fate;
    final Instant createdAt;
    @Nullable Instant cancelledAt;

    Task(String id, StepRequest request, Fate fate, Instant createdAt) {
      this.id = id;
      this.request = request;
      this.fate = fate;
      this.createdAt = createdAt;
    }
  }

  /** What becomes of steps, by their names. */
  public synchronized FakeEmr fates(Function<String, Fate> byName) {
    fates = byName;
    return this;
  }

  /** A cluster that waits for steps. */
  public synchronized String waitingCluster(String name) {
    String id = "j-" + (clusters.size() + 1);
    clusters.put(id, new Machine(id, name, Map.of(), true, clock.instant()));
    return id;
  }

  /** A cluster that somebody started by other means. */
  public synchronized String clusterOfOthers(ClusterRequest request) {
    return make(request);
  }

  /** All steps that ever began, or will, by the names of their requests. */
  public synchronized List<StepRequest> requests() {
    return clusters.values().stream()
        .flatMap(machine -> machine.tasks.stream())
        .map(task -> task.request)
        .toList();
  }

  /** All steps, of all clusters. */
  public synchronized List<Step> allSteps() {
    return clusters.values().stream().flatMap(machine -> steps(machine).stream()).toList();
  }

  /** All clusters. */
  public synchronized List<Cluster> allClusters() {
    return clusters.values().stream().map(this::described).toList();
  }

  @Override
  public String run(ClusterRequest request) {
    return call("emr.run", request.name(), () -> make(request));
  }

  private String make(ClusterRequest request) {
    check(request.step());
    String id = "j-" + (clusters.size() + 1);
    Machine machine = new Machine(id, request.name(), request.tags(), false, clock.instant());
    clusters.put(id, machine);
    begin(machine, request.step());
    return id;
  }

  @Override
  public String add(String cluster, StepRequest step) {
    return call(
        "emr.add",
        cluster,
        () -> {
          check(step);
          Machine machine = clusters.get(cluster);
          if (machine == null || !described(machine).state().active()) {
            throw new SluiceException(
                ErrorCode.INVALID_SETTINGS,
                "Cannot add a step: no such running cluster: " + cluster);
          }
          return begin(machine, step);
        });
  }

  private static void check(StepRequest step) {
    if (String.join(" ", step.arguments()).length() > JobCommand.MAX_CHARACTERS) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS, "Cannot add a step: its arguments are too long");
    }
  }

  private String begin(Machine machine, StepRequest step) {
    String id = "s-" + machine.id.substring(2) + "-" + (machine.tasks.size() + 1);
    machine.tasks.add(new Task(id, step, fates.apply(step.name()), clock.instant()));
    return id;
  }

  @Override
  public List<ClusterSummary> clusters(Instant createdAfter, boolean active) {
    return call(
        "emr.clusters",
        "",
        () ->
            clusters.values().stream()
                .filter(machine -> !machine.createdAt.isBefore(createdAfter))
                .filter(machine -> !machine.createdAt.plus(lag).isAfter(clock.instant()))
                .map(this::described)
                .filter(cluster -> !active || cluster.state().active())
                .map(c -> new ClusterSummary(c.id(), c.name(), c.state(), c.createdAt()))
                .toList());
  }

  @Override
  public Optional<Cluster> cluster(String id) {
    return call(
        "emr.cluster", id, () -> Optional.ofNullable(clusters.get(id)).map(this::described));
  }

  @Override
  public List<Step> steps(String cluster) {
    return call(
        "emr.steps",
        cluster,
        () -> {
          Machine machine = clusters.get(cluster);
          return machine == null
              ? List.<Step>of()
              : steps(machine).stream()
                  .filter(step ->
                      !machine.stays || !step.createdAt().plus(lag).isAfter(clock.instant()))
                  .toList();
        });
  }

  @Override
  public void cancel(String cluster, String step) {
    call(
        "emr.cancel",
        cluster + " " + step,
        () -> {
          Machine machine = clusters.get(cluster);
          if (machine != null) {
            for (int i = 0; i < machine.tasks.size(); i++) {
              Task task = machine.tasks.get(i);
              if (task.id.equals(step) && !steps(machine).get(i).state().ended()) {
                task.cancelledAt = clock.instant();
              }
            }
          }
          return step;
        });
  }

  @Override
  public void terminate(String cluster) {
    call(
        "emr.terminate",
        cluster,
        () -> {
          Machine machine = clusters.get(cluster);
          if (machine != null && described(machine).state().active()) {
            machine.terminatedAt = clock.instant();
          }
          return cluster;
        });
  }

  private List<Step> steps(Machine machine) {
    if (machine.gone != null) {
      return machine.stepsOfGone;
    }
    Instant now = clock.instant();
    List<Step> steps = new ArrayList<>();
    Instant free = machine.createdAt.plus(machine.stays ? Duration.ZERO : PROVISIONING);
    for (Task task : machine.tasks) {
      Instant start = task.createdAt.isAfter(free) ? task.createdAt : free;
      Instant end = start.plus(task.fate.runs());
      StepState as = task.fate.end();
      String reason = task.fate.reason();
      Instant cut = earliest(task.cancelledAt, machine.terminatedAt);
      if (cut != null && cut.isBefore(end)) {
        end = cut;
        as = StepState.CANCELLED;
        reason = "";
      }
      boolean started = start.isBefore(end) && !start.isAfter(now);
      boolean ended = !end.isAfter(now);
      steps.add(
          new Step(
              task.id,
              task.request.name(),
              ended ? as : started ? StepState.RUNNING : StepState.PENDING,
              ended ? reason : "",
              ended && as == StepState.FAILED ? "s3://logs/" + task.id + "/stderr.gz" : "",
              task.createdAt,
              started ? Optional.of(start) : Optional.empty(),
              ended ? Optional.of(end) : Optional.empty()));
      free = end.isAfter(free) ? end : free;
    }
    return steps;
  }

  private static @Nullable Instant earliest(@Nullable Instant a, @Nullable Instant b) {
    return a == null ? b : b == null || a.isBefore(b) ? a : b;
  }

  private Cluster described(Machine machine) {
    if (machine.gone != null) {
      return machine.gone;
    }
    Instant now = clock.instant();
    List<Step> steps = steps(machine);
    Instant ending = machine.terminatedAt;
    if (!machine.stays && steps.stream().allMatch(step -> step.state().ended())) {
      Instant last =
          steps.stream()
              .flatMap(step -> step.endedAt().stream())
              .max(Instant::compareTo)
              .orElse(machine.createdAt);
      ending = earliest(ending, last);
    }
    boolean errors =
        machine.terminatedAt == null
            && steps.stream().anyMatch(step -> step.state() == StepState.FAILED);
    ClusterState state =
        ending == null
            ? machine.stays
                ? ClusterState.WAITING
                : machine.createdAt.plus(PROVISIONING).isAfter(now)
                    ? ClusterState.STARTING
                    : ClusterState.RUNNING
            : ending.plus(PROVISIONING).isAfter(now)
                ? ClusterState.TERMINATING
                : errors ? ClusterState.TERMINATED_WITH_ERRORS : ClusterState.TERMINATED;
    Cluster cluster =
        new Cluster(
            machine.id,
            machine.name,
            state,
            ending == null
                ? ""
                : machine.terminatedAt != null
                    ? "USER_REQUEST"
                    : errors ? "STEP_FAILURE" : "ALL_STEPS_COMPLETED",
            "",
            machine.createdAt,
            state.ended() ? Optional.of(ending.plus(PROVISIONING)) : Optional.empty(),
            machine.tags);
    if (state.ended()) {
      machine.gone = cluster;
      machine.stepsOfGone = steps;
    }
    return cluster;
  }

  private interface Effect<T> {
    T run();
  }

  private <T> T call(String operation, String target, Effect<T> effect) {
    RemoteCall call = new RemoteCall(operation, target);
    faults.before(call, () -> carriedOut(effect));
    T result = carriedOut(effect);
    faults.after(call);
    return result;
  }

  private synchronized <T> T carriedOut(Effect<T> effect) {
    return effect.run();
  }
}
