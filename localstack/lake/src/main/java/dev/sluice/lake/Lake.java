package dev.sluice.lake;

import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.athena.AthenaService;
import dev.sluice.lake.athena.AthenaSettings;
import dev.sluice.lake.athena.SqlEngine;
import dev.sluice.lake.athena.TrinoEngine;
import dev.sluice.lake.emr.EmrService;
import dev.sluice.lake.emr.EmrSettings;
import dev.sluice.lake.emr.SparkEngine;
import dev.sluice.lake.emr.StepEngine;
import dev.sluice.lake.events.EventBus;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.lake.glue.GlueService;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.lake.lambda.EventSource;
import dev.sluice.lake.lambda.FunctionPool;
import dev.sluice.lake.lambda.HttpApi;
import dev.sluice.lake.lambda.LambdaFunction;
import dev.sluice.lake.lambda.Outcome;
import dev.sluice.lake.lambda.Schedule;
import dev.sluice.lake.s3.Notifications;
import dev.sluice.lake.s3.S3Handler;
import dev.sluice.lake.s3.S3Settings;
import dev.sluice.lake.schedule.JobSchedules;
import dev.sluice.lake.schedule.ScheduleClock;
import dev.sluice.lake.sqs.Queues;
import dev.sluice.lake.sqs.Sqs;
import dev.sluice.lake.store.Journal;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.ScanPrice;
import dev.sluice.model.query.Views;
import dev.sluice.model.registry.EventRuleSpec;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The local lake: one AWS-compatible endpoint on 127.0.0.1 whose work is really done, by the
 * deployable functions and a real SQL engine in child processes. All state is in the data folder;
 * what was acknowledged is there again after a restart, also after SIGKILL.
 */
public final class Lake implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Lake.class.getName());

  private static final Duration TIME_TO_FINISH = Duration.ofSeconds(10);
  private static final Duration TIME_TO_START_FUNCTION = Duration.ofSeconds(60);

  private final LakeSettings settings;
  private final Registry registry;
  private final CompletableFuture<URI> uri = new CompletableFuture<>();
  private final Map<String, FunctionPool> functions = new ConcurrentSkipListMap<>();

  /** What is open, the latest first: the order of closing. */
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  private volatile @Nullable JobSchedules jobSchedules;
  private volatile @Nullable JobCode jobCode;
  private volatile boolean ready;
  private boolean closed;

  private Lake(LakeSettings settings, Registry registry) {
    this.settings = settings;
    this.registry = registry;
  }

  /**
   * Starts what Sluice deploys; returns when clients can use it.
   *
   * @throws SluiceException when a setting makes no sense, the port is in use, the data folder is
   *     in use or full, a jar is missing, or a declaration makes no sense
   */
  public static Lake start(LakeSettings settings) {
    return start(settings, Registry.standard(), null, null);
  }

  /**
   * Starts a lake with these functions, queues and buckets.
   *
   * @param engine instead of Trino
   * @param steps instead of Spark
   */
  static Lake start(
      LakeSettings settings,
      Registry registry,
      @Nullable SqlEngine engine,
      @Nullable StepEngine steps) {
    Lake lake = new Lake(settings, registry);
    try {
      lake.start(engine, steps);
      return lake;
    } catch (RuntimeException | Error e) {
      lake.close();
      throw e;
    }
  }

  private void start(@Nullable SqlEngine given, @Nullable StepEngine givenSteps) {
    settings.check();
    requireJars();
    List<Path> engineJars = given == null ? engineJars() : List.of();
    StepEngine stepEngine = givenSteps == null ? spark() : givenSteps;
    Datasets datasets = Datasets.load(settings.datasets());
    Jobs jobs = Jobs.load(settings.datasets(), datasets);
    DataFolder data = opened(DataFolder.open(settings.data()));
    Clock clock = Clock.systemUTC();
    Provisioning provisioning = new Provisioning(registry);

    Queues queues =
        opened(
            Queues.open(
                data.folder("queues.journal"), LakeSettings.REGION, LakeSettings.ACCOUNT, clock));
    provisioning.queues(queues);
    S3Settings s3 = new S3Settings(LakeSettings.REGION, LakeSettings.ACCOUNT);
    ObjectStore store =
        opened(
            ObjectStore.open(
                data.folder("objects"), Journal.Sync.NEVER, clock, new Notifications(s3)));

    GlueCatalog catalog = opened(GlueCatalog.open(data.folder("glue"), clock));
    provisioning.tables(catalog, datasets, Views.load(settings.datasets(), datasets));
    SqlEngine engine = opened(given == null ? trino(data, engineJars) : given);
    AthenaService athena =
        opened(
            new AthenaService(
                catalog,
                store,
                engine,
                AthenaSettings.of(
                    data.folder("athena"), "s3://" + registry.layout().resultsBucket() + "/"),
                clock));
    provisioning.queries(athena, NamedQueries.load(settings.datasets(), datasets));

    EventBus events = opened(EventBus.open(data.folder("events.journal"), settings.retryAfter()));
    EmrService emr =
        opened(
            new EmrService(
                stepEngine,
                store,
                events,
                new EmrSettings(
                    data.folder("emr"),
                    data.folder("logs").resolve("emr"),
                    LakeSettings.REGION,
                    LakeSettings.ACCOUNT,
                    settings.steps()),
                clock));

    List<JsonService> services =
        List.of(
            new Sqs(queues, LakeSettings.ACCOUNT, uri::join, clock),
            new GlueService(catalog),
            athena,
            emr);

    Endpoint endpoint =
        opened(
            Endpoint.start(
                settings.port(),
                services,
                new S3Handler(store, queues, s3, clock),
                () -> new Endpoint.Health(ready, components(engine, emr)),
                () -> Optional.ofNullable(jobSchedules)));
    uri.complete(endpoint.uri());
    provisioning.buckets(endpoint.uri(), queues);
    // Before the endpoint, that steps do not see it go.
    open.push(emr::stop);

    Map<String, String> known = variables(store);
    for (FunctionSpec spec : registry.functions()) {
      functions.put(
          spec.name(), opened(new FunctionPool(function(spec, known), poolSettings(data))));
    }
    for (HttpApiSpec spec : registry.httpApis()) {
      endpoint.add(
          HttpApi.path(spec),
          new HttpApi(spec, functions.get(spec.function()), LakeSettings.ACCOUNT, clock));
    }
    for (QueueSpec spec : registry.queues()) {
      EventSource source =
          EventSource.start(
              queues,
              functions.get(spec.function()),
              new EventSource.Settings(
                  spec.name(),
                  LakeSettings.REGION,
                  spec.batchSize(),
                  spec.batchWindow(),
                  spec.maxConcurrency(),
                  settings.retryAfter()));
      open.push(() -> source.stop(TIME_TO_FINISH));
    }
    List<EventBus.Rule> rules = new ArrayList<>();
    for (EventRuleSpec rule : registry.rules()) {
      rules.add(
          new EventBus.Rule(
              rule.name(),
              rule.source(),
              Set.copyOf(rule.detailTypes()),
              functions.get(rule.function())));
    }
    events.start(rules);
    // Before the functions, that it does not take their end for a failure.
    open.push(events::stop);
    emr.start();
    JobSchedules scheduled =
        opened(
            JobSchedules.start(
                functions.containsKey(Registry.LAUNCH) ? jobs.all() : List.of(),
                ScheduleClock.open(data.folder("schedules.clock"), clock),
                this::launch,
                settings.retryAfter()));
    jobSchedules = scheduled;
    for (ScheduleSpec spec : registry.schedules()) {
      Duration rate = settings.scheduleEvery().orElse(spec.rate());
      if (!rate.isZero()) {
        opened(
            Schedule.start(
                spec.name(), functions.get(spec.function()), () -> input(spec, scheduled), rate));
      }
    }
    if (settings.warm()) {
      functions.forEach((name, pool) -> {
        // The others start when they are called for the first time.
        if (registry.queues().stream().anyMatch(queue -> queue.function().equals(name))) {
          pool.warm();
        }
      });
      if (engine instanceof TrinoEngine trino) {
        trino.warmUp();
      }
    }
    ready = true;
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> "The lake is at " + url() + " with " + datasets.all().size() + " datasets");
  }

  /** Who looks for slots that nobody delivered has to know how far the schedules are. */
  private static String input(ScheduleSpec spec, JobSchedules schedules) {
    if (!spec.function().equals(Registry.RECORD)) {
      return spec.input();
    }
    Map<String, @Nullable Object> input = new LinkedHashMap<>(Json.parseObject(spec.input()));
    input.put("scheduled", schedules.reached().toString());
    return Json.write(input);
  }

  private Optional<String> launch(String input) throws InterruptedException {
    return functions.get(Registry.LAUNCH).invoke(input.getBytes(StandardCharsets.UTF_8))
            instanceof Outcome.Failed failed
        ? Optional.of(failed.type() + ": " + failed.message())
        : Optional.empty();
  }

  private <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  private void requireJars() {
    List<String> missing = new ArrayList<>();
    for (FunctionSpec spec : registry.functions()) {
      Path jar = settings.home().resolve(spec.artifact());
      if (!Files.isRegularFile(jar)) {
        missing.add(jar.toString());
      }
    }
    Path jobs = settings.home().resolve(JobCodeFiles.JAR);
    if (launchesJobs() && !Files.isRegularFile(jobs)) {
      missing.add(jobs.toString());
    }
    if (!missing.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot start the local lake: not built: "
              + String.join(", ", missing)
              + ". Build it with ./mvnw package.");
    }
  }

  private List<Path> engineJars() {
    try {
      return TrinoEngine.classpath(settings.home().resolve("localstack/athena-engine"));
    } catch (IOException e) {
      throw notBuilt(e);
    }
  }

  private SparkEngine spark() {
    try {
      return new SparkEngine(
          new SparkEngine.Settings(
              settings.javaHome(),
              settings.home().resolve("localstack/spark-engine"),
              LakeSettings.REGION,
              settings.stepHeapMib()),
          uri::join);
    } catch (IOException e) {
      throw notBuilt(e);
    }
  }

  private static SluiceException notBuilt(IOException e) {
    return new SluiceException(
        ErrorCode.INVALID_SETTINGS, "Cannot start the local lake: " + e.getMessage(), e);
  }

  private TrinoEngine trino(DataFolder data, List<Path> jars) {
    return new TrinoEngine(
        new TrinoEngine.Settings(
            settings.javaHome(),
            jars,
            data.folder("engine"),
            LakeSettings.REGION,
            "test",
            "test",
            settings.engineHeapMib()),
        uri::join);
  }

  /** What functions may ask to be given; their code is put where steps find it. */
  private Map<String, String> variables(ObjectStore store) {
    LakeLayout layout = registry.layout();
    Map<String, String> known = new LinkedHashMap<>();
    known.put(Registry.ENV_DATASETS, settings.datasets().toString());
    known.put(Registry.ENV_RAW_BUCKET, layout.rawBucket());
    known.put(Registry.ENV_LAKE_BUCKET, layout.lakeBucket());
    known.put(Registry.ENV_LIMITS, settings.limits().text());
    known.put(Registry.ENV_INGEST_QUEUE, Registry.INGEST_QUEUE);
    known.put(Registry.ENV_AUDIT_REPAIR, "true");
    known.put(Registry.ENV_QUERY_WORKGROUP, Registry.QUERY_WORKGROUP);
    known.put(Registry.ENV_QUERY_SQL, "true");
    known.put(Registry.ENV_QUERY_SCAN_LIMIT, Long.toString(Provisioning.SCAN_LIMIT));
    known.put(Registry.ENV_QUERY_PRICE, ScanPrice.STANDARD.dollarsPerTerabyte().toPlainString());
    EmrPlace place =
        new EmrPlace(
            // Clusters need them on AWS; nothing is authorised here.
            "sluice-emr",
            "sluice-emr-machines",
            List.of(),
            Optional.empty(),
            layout.lakeUri(layout.jobLogsPrefix()));
    Path jar = settings.home().resolve(JobCodeFiles.JAR);
    if (Files.isRegularFile(jar)) {
      JobCode code = JobCodeFiles.put(store, layout, jar, settings.datasets(), settings.limits());
      jobCode = code;
      known.put(Registry.ENV_JOBS_JAR, code.jar());
      known.put(Registry.ENV_JOBS_DATASETS, code.datasets());
      // As the function record does, but before anybody asks.
      store.put(
          layout.lakeBucket(),
          layout.launchPlaceKey(),
          new LaunchPlace(code, place).toLine().getBytes(StandardCharsets.UTF_8),
          "application/json");
    }
    known.put(Registry.ENV_EMR_SERVICE_ROLE, place.serviceRole());
    known.put(Registry.ENV_EMR_INSTANCE_PROFILE, place.instanceProfile());
    known.put(Registry.ENV_EMR_SUBNETS, "");
    known.put(Registry.ENV_EMR_SECURITY, "");
    return known;
  }

  private boolean launchesJobs() {
    return registry.functions().stream()
        .anyMatch(spec -> spec.environment().contains(Registry.ENV_JOBS_JAR));
  }

  private LambdaFunction function(FunctionSpec spec, Map<String, String> known) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : spec.environment()) {
      String value = known.get(name);
      if (value == null) {
        throw new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot start the function "
                + spec.name()
                + ": the local lake has no value for its variable: "
                + name);
      }
      environment.put(name, value);
    }
    return new LambdaFunction(
        spec.name(),
        spec.handler(),
        settings.home().resolve(spec.artifact()),
        spec.memoryMib(),
        spec.timeout(),
        environment);
  }

  private FunctionPool.Settings poolSettings(DataFolder data) {
    return new FunctionPool.Settings(
        settings.javaHome(),
        data.folder("lambda"),
        data.folder("logs"),
        uri::join,
        LakeSettings.REGION,
        LakeSettings.ACCOUNT,
        settings.concurrency(),
        FunctionPool.Settings.hasNativeClient(),
        TIME_TO_START_FUNCTION);
  }

  private Map<String, String> components(SqlEngine engine, EmrService emr) {
    Map<String, String> components = new LinkedHashMap<>();
    components.put("s3", "running");
    components.put("sqs", "running");
    components.put("glue", "running");
    components.put("athena", engine.state());
    components.put("emr", emr.state());
    functions.forEach((name, pool) ->
        components.put(
            "lambda:" + name,
            pool.pids().isEmpty() ? "idle" : "running, processes: " + pool.pids().size()));
    return components;
  }

  /** What clients set as {@code AWS_ENDPOINT_URL}. */
  public URI url() {
    return uri.join();
  }

  /** What the lake was started with. */
  public LakeSettings settings() {
    return settings;
  }

  /**
   * Where the lake has the code of the jobs, for steps that are made by hand.
   *
   * @throws SluiceException when the jobs are not built
   */
  public JobCode jobCode() {
    JobCode code = jobCode;
    if (code == null) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run jobs: not built: "
              + settings.home().resolve(JobCodeFiles.JAR)
              + ". Build it with ./mvnw package.");
    }
    return code;
  }

  /** The child processes at work now, by their number in the operating system. */
  public List<Long> children() {
    List<Long> children = new ArrayList<>();
    functions.values().forEach(pool -> children.addAll(pool.pids()));
    return children;
  }

  /** Finishes what is under way, ends the child processes and closes the stores. */
  @Override
  public void close() {
    synchronized (open) {
      if (closed) {
        return;
      }
      closed = true;
    }
    ready = false;
    while (!open.isEmpty()) {
      AutoCloseable part = open.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "A part of the lake did not close", e);
      }
    }
  }
}
