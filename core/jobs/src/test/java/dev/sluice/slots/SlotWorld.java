package dev.sluice.slots;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.GoldTable;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.Overlap;
import dev.sluice.model.job.RunId;
import dev.sluice.model.job.Schedule;
import dev.sluice.model.job.Slot;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PutResult;
import dev.sluice.testing.FakeEmr;
import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.RemoteCall;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A lake with S3, EMR and a clock in memory, in which every call may fail. */
final class SlotWorld implements FaultHook {
  static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
  static final LakeLayout LAYOUT = LakeLayout.defaults();

  /** What a sender waits before it gives up, and what its request may still take to arrive. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration UNDER_WAY = Duration.ofSeconds(50);

  /** How long EMR's lists lag behind. */
  private static final Duration LAG = Duration.ofSeconds(90);

  /** The end of a process, which nothing may catch. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** On its way, what was given up arrives at its time. */
  final class Time extends Clock {
    private Instant now = START;

    void advance(Duration by) {
      atLeast(now.plus(by));
    }

    void atLeast(Instant time) {
      for (Optional<Late> next = next(time); next.isPresent(); next = next(time)) {
        late.remove(next.get());
        now = next.get().at().isAfter(now) ? next.get().at() : now;
        try {
          next.get().effect().run();
        } catch (SluiceException e) {
          // It is refused by now, and nobody waits for the answer.
        }
      }
      now = time.isAfter(now) ? time : now;
    }

    private Optional<Late> next(Instant until) {
      return late.stream()
          .filter(l -> !l.at().isAfter(until))
          .min(java.util.Comparator.comparing(Late::at));
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /**
   * Ways in which the launcher may be broken; a check that lets one of them pass checks nothing.
   */
  enum Mutant {
    NONE,
    /** The entry is written whoever has it. */
    NO_LEASE {
      @Override
      ObjectStore store(ObjectStore real) {
        return new Unconditional(real);
      }
    },
    /** What an interrupted launch left behind is not looked for. */
    NO_ADOPTION {
      @Override
      Emr emr(Emr real) {
        return new Blind(real);
      }
    };

    ObjectStore store(ObjectStore real) {
      return real;
    }

    Emr emr(Emr real) {
      return real;
    }
  }

  private record Late(Instant at, Runnable effect) {}

  private final List<Late> late = new ArrayList<>();
  final Time clock = new Time();
  final InMemoryObjectStore store =
      new InMemoryObjectStore(clock, this, 100).bucket(LAYOUT.lakeBucket(), true);
  final FakeEmr emr = new FakeEmr(clock, this, LAG);
  final List<String> violations = new ArrayList<>();
  final Map<Journal.What, Integer> told = new TreeMap<>();
  Jobs jobs;
  final SlotsConfig config;
  FaultHook director = FaultHook.NONE;
  private final Mutant mutant;
  private final Map<String, String> heard = new HashMap<>();
  private int token;

  SlotWorld(boolean shared, Mutant mutant, JobDeclaration... declared) {
    this.mutant = mutant;
    jobs = Jobs.of(List.of(declared));
    EmrSettings standard = EmrSettings.defaults();
    config =
        SlotsConfig.of(
            LAYOUT,
            shared
                ? new EmrSettings(
                    standard.release(),
                    Optional.of(emr.waitingCluster("everybody's")),
                    standard.primaryTypes(),
                    standard.workerTypes(),
                    1,
                    1,
                    false,
                    standard.spotTimeout(),
                    standard.diskGib(),
                    standard.idle(),
                    standard.age())
                : standard,
            new EmrPlace("role", "profile", List.of(), Optional.empty(), "s3://sluice-lake/logs/"),
            new JobCode("s3://code/1/jobs.jar", "s3://code/1/datasets.zip"));
  }

  static JobDeclaration job(String name, String schedule, Overlap overlap) {
    return new JobDeclaration(
        "readings",
        name,
        name,
        "",
        new JobDeclaration.Main("dev.sluice.jobs.Any"),
        List.of(new GoldTable(name, "", List.of())),
        schedule.isEmpty()
            ? Optional.empty()
            : Optional.of(Schedule.of(schedule, ZoneId.of("UTC"))),
        overlap,
        Duration.ofHours(1),
        true,
        Map.of());
  }

  private Runs runs() {
    return new Runs(
        mutant.store(store),
        mutant.emr(emr),
        jobs,
        config,
        clock,
        () -> "owner " + ++token,
        (what, run, detail) -> told.merge(what, 1, Integer::sum));
  }

  Launcher launcher() {
    return new Launcher(runs(), jobs);
  }

  Recorder recorder() {
    return new Recorder(runs());
  }

  Reconciler reconciler() {
    return new Reconciler(
        runs(), emr, jobs, config, clock, (what, run, detail) -> told.merge(what, 1, Integer::sum));
  }

  /** A process that may fail or die. */
  void process(Runnable work) {
    try {
      work.run();
    } catch (SluiceException e) {
      if (e.code() != ErrorCode.UNAVAILABLE) {
        violations.add("failed for good: " + e.code() + " " + e.getMessage());
      }
    } catch (Death e) {
      // Its process is gone; what it had in hand comes again, or does not.
    }
  }

  void deliver(String job, Instant slot) {
    process(() -> launcher().deliver(job, slot));
  }

  void reconcile() {
    process(() -> reconciler().run(clock.instant().plus(Duration.ofHours(1))));
  }

  /** What EMR tells since the last time, as EventBridge has it. */
  List<Map<String, ?>> events() {
    List<Map<String, ?>> events = new ArrayList<>();
    for (Cluster cluster : emr.allClusters()) {
      if (!cluster.state().name().equals(heard.put(cluster.id(), cluster.state().name()))) {
        events.add(
            Map.of(
                "source",
                "aws.emr",
                "detail-type",
                Recorder.CLUSTER,
                "detail",
                Map.of(
                    "clusterId", cluster.id(),
                    "name", cluster.name(),
                    "state", cluster.state().name())));
      }
    }
    for (Step step : emr.allSteps()) {
      if (!step.state().name().equals(heard.put(step.id(), step.state().name()))) {
        events.add(
            Map.of(
                "source",
                "aws.emr",
                "detail-type",
                Recorder.STEP,
                "detail",
                Map.of(
                    "clusterId",
                    clusterOf(step),
                    "stepId",
                    step.id(),
                    "name",
                    step.name(),
                    "state",
                    step.state().name())));
      }
    }
    return events;
  }

  private static String clusterOf(Step step) {
    return "j-" + step.id().split("-")[1];
  }

  void hear(Map<String, ?> event) {
    process(() -> recorder().take(event));
  }

  /** Everything goes well, what was missed is found, and then nothing new comes to be done. */
  void drain() {
    director = FaultHook.NONE;
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofMinutes(5));
      events().forEach(this::hear);
      reconcile();
    }
    jobs = Jobs.of(jobs.all().stream().map(job -> job(job.job(), "", job.overlap())).toList());
    for (int i = 0; i < 400; i++) {
      clock.advance(Duration.ofMinutes(5));
      events().forEach(this::hear);
      reconcile();
      boolean open = !store.keys(LAYOUT.lakeBucket(), LAYOUT.jobSlotsPrefix()).isEmpty();
      boolean alive =
          emr.allClusters().stream()
              .anyMatch(c -> c.name().startsWith("sluice.") && !c.state().ended());
      if (!open && !alive) {
        return;
      }
    }
    violations.add("it never ends: " + store.keys(LAYOUT.lakeBucket(), LAYOUT.jobSlotsPrefix()));
  }

  /** The entries of a job, by slot. */
  List<JobRun> entries(String job) {
    String prefix = LAYOUT.jobRunsPrefix("readings", job.substring(job.indexOf('/') + 1));
    return store.keys(LAYOUT.lakeBucket(), prefix).stream()
        .map(key -> store.bytes(new ObjectName(LAYOUT.lakeBucket(), key)).orElseThrow())
        .map(bytes -> JobRun.parse(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)))
        .toList();
  }

  /** What must hold when all has come to its end. */
  void check(Map<String, List<Instant>> slots) {
    Map<String, Integer> launches = new HashMap<>();
    emr.requests().forEach(step -> launches.merge(step.name(), 1, Integer::sum));
    launches.forEach((name, count) -> {
      if (count != 1) {
        violations.add("launched " + count + " times: " + name);
      }
    });
    Map<String, Step> steps = new HashMap<>();
    emr.allSteps().forEach(step -> steps.put(step.name(), step));
    slots.forEach((job, times) -> {
      Map<Instant, JobRun> entries = new TreeMap<>();
      for (JobRun run : entries(job)) {
        if (entries.put(run.id().slot().time(), run) != null) {
          violations.add("two entries: " + run.id());
        }
      }
      // Time went on while all came to its end.
      Instant last = times.get(times.size() - 1);
      entries.keySet().stream()
          .filter(time -> time.isAfter(last))
          .forEach(time -> steps.remove(new RunId(new Slot(job, time), 1).toString()));
      entries.keySet().removeIf(time -> time.isAfter(last));
      for (Instant time : times) {
        RunId id = new RunId(new Slot(job, time), 1);
        JobRun run = entries.remove(time);
        Step step = steps.remove(id.toString());
        if (run == null) {
          violations.add("no entry: " + id);
        } else {
          agree(run, step);
        }
      }
      entries.keySet().forEach(time -> violations.add("a slot that was none: " + job + time));
      together(job);
    });
    steps.keySet().forEach(name -> violations.add("a step of no slot: " + name));
    emr.allClusters().stream()
        .filter(c -> c.name().startsWith("sluice.") && !c.state().ended())
        .forEach(c -> violations.add("a cluster is left: " + c.name()));
  }

  private void agree(JobRun run, @org.jspecify.annotations.Nullable Step step) {
    String expected =
        switch (run.status()) {
          case SUCCEEDED -> "COMPLETED";
          case FAILED -> "FAILED";
          case CANCELLED -> "CANCELLED";
          case SKIPPED, MISSED -> "none";
          default -> "an end";
        };
    String actual = step == null ? "none" : step.state().name();
    if (!expected.equals(actual)) {
      violations.add("noted as " + run.status() + ", but its step is " + actual + ": " + run.id());
    }
    if (step != null && !step.reason().isEmpty() && !run.reason().equals(step.reason())) {
      violations.add("noted because of " + run.reason() + ", not " + step.reason());
    }
    if (run.status() == JobRun.Status.FAILED && run.logs().isEmpty()) {
      violations.add("nobody knows its logs: " + run.id());
    }
  }

  /** No two runs of one job at a time. */
  private void together(String job) {
    String prefix = job.replace('/', '.') + ".";
    List<Step> ran =
        emr.allSteps().stream()
            .filter(step -> step.name().startsWith(prefix) && step.startedAt().isPresent())
            .sorted(java.util.Comparator.comparing(step -> step.startedAt().orElseThrow()))
            .toList();
    for (int i = 1; i < ran.size(); i++) {
      Instant end = ran.get(i - 1).endedAt().orElse(Instant.MAX);
      if (ran.get(i).startedAt().orElseThrow().isBefore(end)) {
        violations.add("at one time: " + ran.get(i - 1).name() + " and " + ran.get(i).name());
      }
    }
  }

  /** The call fails in that way. */
  void strike(Fault fault, RemoteCall call, Runnable effect) {
    switch (fault) {
      case DEATH_BEFORE, DEATH_AFTER -> throw new Death();
      case ERROR_BEFORE, ERROR_AFTER -> {}
      case TIME_OUT -> {
        clock.advance(PATIENCE);
        late.add(new Late(clock.instant().plus(UNDER_WAY), effect));
      }
    }
    throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot reach it: struck by the test");
  }

  @Override
  public void before(RemoteCall call, Runnable effect) {
    director.before(call, effect);
  }

  @Override
  public void after(RemoteCall call) {
    director.after(call);
  }

  /** Conditions are left away. */
  private static final class Unconditional implements ObjectStore {
    private final ObjectStore real;

    Unconditional(ObjectStore real) {
      this.real = real;
    }

    private String force(ObjectName name, Content content, String type) {
      while (true) {
        if (real.putIfAbsent(name, content, type) instanceof PutResult.Created created) {
          return created.etag();
        }
        Optional<String> etag =
            real.head(name).flatMap(info -> real.putIfMatch(name, info.etag(), content, type));
        if (etag.isPresent()) {
          return etag.get();
        }
      }
    }

    @Override
    public PutResult putIfAbsent(ObjectName name, Content content, String contentType) {
      return new PutResult.Created(force(name, content, contentType));
    }

    @Override
    public Optional<String> putIfMatch(
        ObjectName name, String etag, Content content, String contentType) {
      return Optional.of(force(name, content, contentType));
    }

    @Override
    public Optional<OpenObject> open(ObjectName name) {
      return real.open(name);
    }

    @Override
    public Optional<OpenObject> open(ObjectName name, ObjectInfo version) {
      return real.open(name, version);
    }

    @Override
    public Optional<byte[]> tail(ObjectName name, int bytes) {
      return real.tail(name, bytes);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectName name) {
      return real.head(name);
    }

    @Override
    public void delete(ObjectName name) {
      real.delete(name);
    }

    @Override
    public Stream<ListedObject> list(String bucket, String prefix, String startAfter) {
      return real.list(bucket, prefix, startAfter);
    }
  }

  /** Lists show no clusters to who takes a launch over. */
  private record Blind(Emr real) implements Emr {
    @Override
    public String run(ClusterRequest request) {
      return real.run(request);
    }

    @Override
    public String add(String cluster, StepRequest step) {
      return real.add(cluster, step);
    }

    @Override
    public List<ClusterSummary> clusters(Instant createdAfter, boolean active) {
      return List.of();
    }

    @Override
    public Optional<Cluster> cluster(String id) {
      return real.cluster(id);
    }

    @Override
    public List<Step> steps(String cluster) {
      return real.steps(cluster);
    }

    @Override
    public void cancel(String cluster, String step) {
      real.cancel(cluster, step);
    }

    @Override
    public void terminate(String cluster) {
      real.terminate(cluster);
    }
  }
}
