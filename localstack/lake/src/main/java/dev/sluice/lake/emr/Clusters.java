package dev.sluice.lake.emr;

import dev.sluice.lake.api.Events;
import dev.sluice.lake.api.Objects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.emr.model.ActionOnFailure;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.ClusterState;
import software.amazon.awssdk.services.emr.model.ClusterStateChangeReasonCode;
import software.amazon.awssdk.services.emr.model.ClusterStatus;
import software.amazon.awssdk.services.emr.model.FailureDetails;
import software.amazon.awssdk.services.emr.model.Step;
import software.amazon.awssdk.services.emr.model.StepState;
import software.amazon.awssdk.services.emr.model.StepStateChangeReason;
import software.amazon.awssdk.services.emr.model.StepStatus;
import software.amazon.awssdk.services.emr.model.StepTimeline;

/**
 * The life of clusters: each has a thread that executes its steps one after the other and ends it
 * when its time has come. All decisions are made under one lock, so that a cancellation or a
 * termination meets a step before it runs, while it runs, or after it.
 */
final class Clusters implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Clusters.class.getName());

  private final EmrStore store;
  private final StepEngine engine;
  private final Objects objects;
  private final Events events;
  private final EmrSettings settings;
  private final Clock clock;
  private final EmrEvents words;
  private final Object lock = new Object();
  private final Map<String, Thread> threads = new HashMap<>();

  /** Steps that have a process, by their id. */
  private final Map<String, StepEngine.Execution> executions = new HashMap<>();

  /** Steps that were cancelled before their process was there. */
  private final Set<String> cancelledEarly = new HashSet<>();

  private int running;
  private boolean closed;

  /** Clusters of a store, which stays the caller's to close; nothing happens before the start. */
  Clusters(
      EmrStore store,
      StepEngine engine,
      Objects objects,
      Events events,
      EmrSettings settings,
      Clock clock) {
    this.store = store;
    this.engine = engine;
    this.objects = objects;
    this.events = events;
    this.settings = settings;
    this.clock = clock;
    this.words = new EmrEvents(settings.region(), settings.account());
  }

  /** Goes on with the clusters that were there. */
  void start() {
    synchronized (lock) {
      for (EmrStore.Record record : store.clusters().reversed()) {
        if (!record.ended()) {
          interrupted(record);
          begin(record.cluster().id());
        }
      }
    }
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Takes a new cluster in the state STARTING, and starts it. */
  void create(EmrStore.Record record) {
    synchronized (lock) {
      store.create(record);
      announce(record.cluster());
      record.steps().values().forEach(step -> announce(record.cluster(), step));
      begin(record.cluster().id());
    }
  }

  /**
   * Does something with a cluster while nothing else happens to it.
   *
   * @param change may throw, and then nothing is changed
   */
  void with(String clusterId, Consumer<EmrStore.Record> change) {
    synchronized (lock) {
      change.accept(store.cluster(clusterId).orElseThrow());
      lock.notifyAll();
    }
  }

  /** Adds steps at the end; inside {@link #with}. */
  void add(EmrStore.Record record, List<Step> steps) {
    for (Step step : steps) {
      store.put(record.cluster().id(), step);
      announce(record.cluster(), step);
    }
  }

  /** Changes what does not change the state; inside {@link #with}. */
  void change(Cluster cluster) {
    store.put(cluster);
  }

  /**
   * Cancels a step; inside {@link #with}.
   *
   * @param kill whether its process is ended at once, or asked to end
   * @return whether there was something to cancel
   */
  boolean cancel(EmrStore.Record record, Step step, boolean kill) {
    switch (step.status().state()) {
      case PENDING -> {
        end(record.cluster(), step, StepState.CANCELLED, "Cancelled by user", null);
        return true;
      }
      case RUNNING -> {
        to(record.cluster(), step, StepState.CANCEL_PENDING, "Cancelled by user");
        stop(step.id(), kill);
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  /** Terminates a cluster; inside {@link #with}. */
  void terminate(EmrStore.Record record) {
    if (!record.ending()) {
      terminating(
          record,
          ClusterStateChangeReasonCode.USER_REQUEST,
          "Terminated by user request",
          "Job terminated");
    }
  }

  /** Ends all processes; running steps are found failed when the lake is started again. */
  @Override
  public void close() {
    List<Thread> all;
    synchronized (lock) {
      closed = true;
      all = List.copyOf(threads.values());
      executions.keySet().forEach(step -> stop(step, true));
      lock.notifyAll();
    }
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** How many steps have a process. */
  int executing() {
    synchronized (lock) {
      return executions.size();
    }
  }

  private void begin(String clusterId) {
    Thread thread = Thread.ofVirtual().name("emr-" + clusterId).unstarted(() -> live(clusterId));
    threads.put(clusterId, thread);
    thread.start();
  }

  /** What ran when the lake ended has failed; what waited goes on. */
  private void interrupted(EmrStore.Record record) {
    Set<StepState> lost = Set.of(StepState.RUNNING, StepState.CANCEL_PENDING);
    for (Step step : record.steps().values()) {
      if (lost.contains(step.status().state())) {
        String why = "The local lake was stopped while the step ran.";
        Path folder = folder(record.cluster().id(), step.id());
        if (Files.isDirectory(folder)) {
          StepLogs.controller(folder, now(), why);
          upload(record.cluster(), step, folder);
        }
        if (step.status().state() == StepState.CANCEL_PENDING || record.ending()) {
          end(record.cluster(), step, StepState.CANCELLED, "Job terminated", null);
        } else {
          end(record.cluster(), step, StepState.FAILED, null, failure(record.cluster(), step, why));
          failed(store.cluster(record.cluster().id()).orElseThrow(), step);
        }
      }
    }
  }

  private void live(String id) {
    try {
      synchronized (lock) {
        EmrStore.Record record = store.cluster(id).orElseThrow();
        if (record.cluster().status().state() == ClusterState.STARTING) {
          to(record.cluster(), ClusterState.BOOTSTRAPPING, null, "Running bootstrap actions");
          record = store.cluster(id).orElseThrow();
        }
        if (record.cluster().status().state() == ClusterState.BOOTSTRAPPING) {
          ClusterStatus status = record.cluster().status();
          Cluster ready =
              record.cluster().toBuilder()
                  .status(
                      status.toBuilder()
                          .timeline(status.timeline().toBuilder().readyDateTime(now()).build())
                          .build())
                  .build();
          if (record.in(StepState.PENDING).isEmpty() && record.keepAlive()) {
            to(ready, ClusterState.WAITING, null, "Cluster ready to run steps.");
          } else {
            to(ready, ClusterState.RUNNING, null, "Running step");
          }
        }
      }
      for (Step step = next(id); step != null; step = next(id)) {
        execute(id, step);
      }
    } catch (InterruptedException e) {
      // The lake ends.
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "The cluster " + id + " cannot go on", e);
    } finally {
      synchronized (lock) {
        threads.remove(id);
      }
    }
  }

  /**
   * Waits for the next step and marks it running; null when the cluster, or the lake, has ended.
   */
  private @Nullable Step next(String id) throws InterruptedException {
    synchronized (lock) {
      Instant idleSince = now();
      while (!closed) {
        EmrStore.Record record = store.cluster(id).orElseThrow();
        Cluster cluster = record.cluster();
        if (record.ending()) {
          terminated(cluster);
          return null;
        }
        List<Step> pending = record.in(StepState.PENDING);
        if (!pending.isEmpty()) {
          if (running < settings.concurrency()) {
            running++;
            if (cluster.status().state() != ClusterState.RUNNING) {
              cluster = to(cluster, ClusterState.RUNNING, null, "Running step");
            }
            Step first = pending.getFirst();
            StepTimeline timeline =
                first.status().timeline().toBuilder().startDateTime(now()).build();
            return put(
                cluster,
                first,
                first.status().toBuilder().state(StepState.RUNNING).timeline(timeline),
                null);
          }
          lock.wait();
          continue;
        }
        if (!record.keepAlive()) {
          boolean failures = !record.in(StepState.FAILED).isEmpty();
          terminating(
              record,
              failures
                  ? ClusterStateChangeReasonCode.STEP_FAILURE
                  : ClusterStateChangeReasonCode.ALL_STEPS_COMPLETED,
              failures ? "Steps completed with errors" : "Steps completed",
              "");
          continue;
        }
        if (cluster.status().state() != ClusterState.WAITING) {
          to(cluster, ClusterState.WAITING, null, "Cluster ready after last step completed.");
          idleSince = now();
        }
        if (record.idleSeconds() == null) {
          lock.wait();
          continue;
        }
        long left = Duration.between(now(), idleSince.plusSeconds(record.idleSeconds())).toMillis();
        if (left > 0) {
          lock.wait(left);
        } else {
          terminating(
              record,
              ClusterStateChangeReasonCode.ALL_STEPS_COMPLETED,
              "Terminated by the auto-termination policy after "
                  + record.idleSeconds()
                  + " idle seconds",
              "");
        }
      }
      return null;
    }
  }

  private Path folder(String clusterId, String stepId) {
    return settings.logs().resolve(clusterId).resolve(stepId).toAbsolutePath();
  }

  private void execute(String clusterId, Step step) {
    Path folder = folder(clusterId, step.id());
    Optional<Integer> exit = Optional.empty();
    String problem = null;
    Cluster cluster = store.cluster(clusterId).orElseThrow().cluster();
    try {
      Files.createDirectories(folder);
      StepLogs.controller(folder, now(), "step " + step.id() + " starts: " + step.name());
      StepEngine.Execution execution =
          engine.start(
              new StepEngine.Run(
                  clusterId,
                  step.id(),
                  SparkSubmit.parse(step.config().args()),
                  defaults(cluster),
                  folder));
      StepLogs.controller(folder, now(), execution.description());
      synchronized (lock) {
        executions.put(step.id(), execution);
        if (closed || cancelledEarly.remove(step.id())) {
          stop(step.id(), true);
        }
      }
      exit = Optional.of(execution.exit().join());
      StepLogs.controller(folder, now(), "the process has ended, exit code " + exit.get());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "A step could not be started: " + step.id(), e);
      problem = String.valueOf(e.getMessage());
      StepLogs.controller(folder, now(), problem);
    }
    synchronized (lock) {
      if (closed) {
        // Whatever its process says now was the end of the lake.
        executions.remove(step.id());
        return;
      }
    }
    // Before the state says so, that whoever sees the end finds the logs.
    upload(cluster, step, folder);
    synchronized (lock) {
      executions.remove(step.id());
      cancelledEarly.remove(step.id());
      running--;
      EmrStore.Record record = store.cluster(clusterId).orElseThrow();
      Step current = record.steps().get(step.id());
      if (current.status().state() == StepState.CANCEL_PENDING) {
        end(record.cluster(), current, StepState.CANCELLED, "Cancelled by user", null);
      } else if (exit.isPresent() && exit.get() == 0) {
        end(record.cluster(), current, StepState.COMPLETED, null, null);
      } else if (record.ending()) {
        end(record.cluster(), current, StepState.CANCELLED, "Job terminated", null);
      } else {
        String code = exit.map(value -> "Exit code " + value).orElse("It could not be started");
        String why =
            problem != null
                ? problem
                : StepLogs.reason(folder.resolve("stderr")).orElse(code + ".");
        end(
            record.cluster(),
            current,
            StepState.FAILED,
            null,
            failure(record.cluster(), current, why));
        failed(store.cluster(clusterId).orElseThrow(), current);
      }
      lock.notifyAll();
    }
  }

  private FailureDetails failure(Cluster cluster, Step step, String why) {
    return FailureDetails.builder()
        .reason("Unknown Error.")
        .message(why)
        .logFile(
            StepLogs.location(cluster.logUri(), cluster.id(), step.id())
                .map(location -> location + "stderr.gz")
                .orElse(null))
        .build();
  }

  private void upload(Cluster cluster, Step step, Path folder) {
    StepLogs.location(cluster.logUri(), cluster.id(), step.id())
        .ifPresent(location -> StepLogs.upload(objects, folder, location));
  }

  /** What a cluster does when a step has failed. */
  private void failed(EmrStore.Record record, Step step) {
    ActionOnFailure action = step.actionOnFailure();
    if (action == ActionOnFailure.CONTINUE || record.ending()) {
      return;
    }
    if (action != ActionOnFailure.CANCEL_AND_WAIT
        && !Boolean.TRUE.equals(record.cluster().terminationProtected())) {
      terminating(
          record,
          ClusterStateChangeReasonCode.STEP_FAILURE,
          "Shut down as step failed",
          "Job terminated");
      return;
    }
    for (Step pending : record.in(StepState.PENDING)) {
      end(record.cluster(), pending, StepState.CANCELLED, "An earlier step failed", null);
    }
  }

  private static Map<String, String> defaults(Cluster cluster) {
    Map<String, String> defaults = new LinkedHashMap<>();
    cluster.configurations().stream()
        .filter(each -> each.classification().equals("spark-defaults"))
        .forEach(each -> defaults.putAll(each.properties()));
    return defaults;
  }

  /** Marks a cluster as ending, and asks what runs on it to end. */
  private void terminating(
      EmrStore.Record record,
      ClusterStateChangeReasonCode code,
      String message,
      String stepReason) {
    Cluster cluster = to(record.cluster(), ClusterState.TERMINATING, code, message);
    for (Step step : record.in(StepState.PENDING)) {
      end(cluster, step, StepState.CANCELLED, stepReason, null);
    }
    record.in(StepState.RUNNING).forEach(step -> stop(step.id(), false));
    lock.notifyAll();
  }

  private void terminated(Cluster cluster) {
    if (cluster.status().state() != ClusterState.TERMINATING) {
      return;
    }
    Cluster ended =
        cluster.toBuilder()
            .status(
                cluster.status().toBuilder()
                    .timeline(cluster.status().timeline().toBuilder().endDateTime(now()).build())
                    .build())
            .build();
    boolean errors = cluster.status().stateChangeReason().message().startsWith("Shut down");
    to(
        ended,
        errors ? ClusterState.TERMINATED_WITH_ERRORS : ClusterState.TERMINATED,
        cluster.status().stateChangeReason().code(),
        cluster.status().stateChangeReason().message());
  }

  private void stop(String stepId, boolean kill) {
    StepEngine.Execution execution = executions.get(stepId);
    if (execution == null) {
      cancelledEarly.add(stepId);
    } else if (kill) {
      execution.kill();
    } else {
      // It may take some seconds to go.
      Thread.ofVirtual().name("emr-stop-" + stepId).start(execution::interrupt);
    }
  }

  private Cluster to(
      Cluster cluster,
      ClusterState state,
      @Nullable ClusterStateChangeReasonCode code,
      String message) {
    ClusterStatus status =
        cluster.status().toBuilder()
            .state(state)
            .stateChangeReason(reason -> reason.code(code).message(message))
            .build();
    Cluster changed = cluster.toBuilder().status(status).build();
    store.put(changed);
    announce(changed);
    return changed;
  }

  private Step to(Cluster cluster, Step step, StepState state, @Nullable String reason) {
    return put(cluster, step, step.status().toBuilder().state(state), reason);
  }

  private void end(
      Cluster cluster,
      Step step,
      StepState state,
      @Nullable String reason,
      @Nullable FailureDetails failure) {
    StepTimeline timeline = step.status().timeline().toBuilder().endDateTime(now()).build();
    put(
        cluster,
        step,
        step.status().toBuilder().state(state).timeline(timeline).failureDetails(failure),
        reason);
  }

  private Step put(Cluster cluster, Step step, StepStatus.Builder status, @Nullable String reason) {
    Step changed =
        step.toBuilder()
            .status(
                status
                    .stateChangeReason(StepStateChangeReason.builder().message(reason).build())
                    .build())
            .build();
    store.put(cluster.id(), changed);
    announce(cluster, changed);
    return changed;
  }

  private void announce(Cluster cluster) {
    words.cluster(cluster, now()).ifPresent(events::put);
  }

  private void announce(Cluster cluster, Step step) {
    events.put(words.step(cluster, step, now()));
  }

  /** All steps of a cluster, the newest first. */
  static List<Step> newestFirst(EmrStore.Record record) {
    return new ArrayList<>(record.steps().values()).reversed();
  }
}
