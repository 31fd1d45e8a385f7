package dev.sluice.model.registry;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is deployed, in AWS and in the local lake alike.
 *
 * @param layout buckets and keys
 * @param functions all functions
 * @param queues all queues that feed functions; their dead-letter queues belong to them
 * @param notifications what buckets tell queues
 * @param schedules what calls functions from time to time
 * @param rules which events call functions
 * @param httpApis what functions answer over HTTP
 */
public record Registry(
    LakeLayout layout,
    List<FunctionSpec> functions,
    List<QueueSpec> queues,
    List<NotificationSpec> notifications,
    List<ScheduleSpec> schedules,
    List<EventRuleSpec> rules,
    List<HttpApiSpec> httpApis) {

  /** The function that loads uploads. */
  public static final String INGEST = "ingest";

  /** The function that compares uploads, books and files. */
  public static final String AUDIT = "audit";

  /** The function that launches jobs; their schedules call it. */
  public static final String LAUNCH = "launch";

  /** The function that records what becomes of runs, and looks whether any was missed. */
  public static final String RECORD = "record";

  /** The function that answers questions over HTTP. */
  public static final String QUERY = "query";

  /** The workgroup of Athena that people ask in; every declared query is there by its name. */
  public static final String WORKGROUP = "sluice";

  /** Below it in the bucket of results are those of {@link #WORKGROUP}. */
  public static final String RESULTS = "athena/";

  /** The workgroup of Athena that the query function asks in. */
  public static final String QUERY_WORKGROUP = "sluice-api";

  /** Below it in the bucket of results are those of its workgroup. */
  public static final String QUERY_RESULTS = "api/";

  /** The most that one query of {@link #WORKGROUP} may read unless a stage says otherwise. */
  public static final int SCAN_LIMIT_GIGABYTES = 100;

  /** The most that one query of {@link #QUERY_WORKGROUP} may read unless a stage says otherwise. */
  public static final int QUERY_SCAN_LIMIT_GIGABYTES = 10;

  /** What scan limits count in. */
  public static final long BYTES_PER_GIGABYTE = 1_000_000_000;

  /** The queue of S3 events that feeds {@link #INGEST}. */
  public static final String INGEST_QUEUE = "sluice-ingest";

  /** Where events go that it could not take. */
  public static final String INGEST_DEAD_QUEUE = "sluice-ingest-dead";

  /** Folder with the declarations. */
  public static final String ENV_DATASETS = "SLUICE_DATASETS";

  /** Name of the bucket of uploads. */
  public static final String ENV_RAW_BUCKET = "SLUICE_RAW_BUCKET";

  /** Name of the bucket of the lake. */
  public static final String ENV_LAKE_BUCKET = "SLUICE_LAKE_BUCKET";

  /** What one upload may ask for, {@code name=number} with commas between them; may be left out. */
  public static final String ENV_LIMITS = "SLUICE_LIMITS";

  /** Name of the queue that ingest is asked through. */
  public static final String ENV_INGEST_QUEUE = "SLUICE_INGEST_QUEUE";

  /** Whether an audit mends what it finds, unless it is told. */
  public static final String ENV_AUDIT_REPAIR = "SLUICE_AUDIT_REPAIR";

  /** The job jar, {@code s3://…}. */
  public static final String ENV_JOBS_JAR = "SLUICE_JOBS_JAR";

  /** A zip file of the folder with the declarations, {@code s3://…}. */
  public static final String ENV_JOBS_DATASETS = "SLUICE_JOBS_DATASETS";

  /** Name of the role of EMR itself. */
  public static final String ENV_EMR_SERVICE_ROLE = "SLUICE_EMR_SERVICE_ROLE";

  /** Name of the instance profile of clusters' machines. */
  public static final String ENV_EMR_INSTANCE_PROFILE = "SLUICE_EMR_INSTANCE_PROFILE";

  /** Subnets of clusters, with commas between them; may be left out. */
  public static final String ENV_EMR_SUBNETS = "SLUICE_EMR_SUBNETS";

  /** Name of the security configuration of clusters; may be left out. */
  public static final String ENV_EMR_SECURITY = "SLUICE_EMR_SECURITY";

  /** Name of the workgroup to ask in. */
  public static final String ENV_QUERY_WORKGROUP = "SLUICE_QUERY_WORKGROUP";

  /** Whether statements that are not declared are answered, {@code true} or {@code false}. */
  public static final String ENV_QUERY_SQL = "SLUICE_QUERY_SQL";

  /** The most bytes that one call may read. */
  public static final String ENV_QUERY_SCAN_LIMIT = "SLUICE_QUERY_SCAN_LIMIT";

  /** What Athena takes for reading a terabyte, in dollars. */
  public static final String ENV_QUERY_PRICE = "SLUICE_QUERY_PRICE";

  private static final int VISIBILITY_FACTOR = 6;

  /** A registry without HTTP APIs. */
  public Registry(
      LakeLayout layout,
      List<FunctionSpec> functions,
      List<QueueSpec> queues,
      List<NotificationSpec> notifications,
      List<ScheduleSpec> schedules,
      List<EventRuleSpec> rules) {
    this(layout, functions, queues, notifications, schedules, rules, List.of());
  }

  public Registry {
    httpApis = List.copyOf(httpApis);
    functions = List.copyOf(functions);
    queues = List.copyOf(queues);
    notifications = List.copyOf(notifications);
    schedules = List.copyOf(schedules);
    rules = List.copyOf(rules);
    Set<String> names = new HashSet<>();
    for (FunctionSpec function : functions) {
      check(names.add("function " + function.name()), "two functions", function.name());
    }
    for (QueueSpec queue : queues) {
      check(names.add("queue " + queue.name()), "two queues", queue.name());
      check(names.add("queue " + queue.deadLetterQueue()), "two queues", queue.deadLetterQueue());
      List<FunctionSpec> fed =
          functions.stream().filter(f -> f.name().equals(queue.function())).toList();
      check(!fed.isEmpty(), "a queue feeds an unknown function", queue.function());
      Duration least = fed.get(0).timeout().multipliedBy(VISIBILITY_FACTOR);
      check(
          queue.visibility().compareTo(least) >= 0,
          "visibility is less than six times the function's time-out",
          queue.name());
    }
    for (NotificationSpec notification : notifications) {
      check(
          names.contains("queue " + notification.queue()),
          "a notification goes to an unknown queue",
          notification.queue());
      check(
          !notification.bucket().equals(layout.lakeBucket()),
          "events of the lake bucket would ingest what was ingested",
          notification.bucket());
    }
    for (ScheduleSpec schedule : schedules) {
      check(names.add("schedule " + schedule.name()), "two schedules", schedule.name());
      List<FunctionSpec> called =
          functions.stream().filter(f -> f.name().equals(schedule.function())).toList();
      check(!called.isEmpty(), "a schedule calls an unknown function", schedule.function());
      check(
          schedule.rate().compareTo(called.get(0).timeout()) >= 0,
          "a schedule calls again before the function's time-out",
          schedule.name());
    }
    for (EventRuleSpec rule : rules) {
      check(names.add("rule " + rule.name()), "two event rules", rule.name());
      check(
          names.contains("function " + rule.function()),
          "an event rule calls an unknown function",
          rule.function());
    }
    for (HttpApiSpec api : httpApis) {
      check(names.add("api " + api.name()), "two HTTP APIs", api.name());
      check(
          names.contains("function " + api.function()),
          "an unknown function answers an HTTP API",
          api.function());
    }
  }

  private static void check(boolean holds, String why, String what) {
    if (!holds) {
      throw new IllegalArgumentException("Cannot make the registry: " + why + ": " + what);
    }
  }

  /** What Sluice deploys, with the default buckets. */
  public static Registry standard() {
    return standard(LakeLayout.defaults());
  }

  /** What Sluice deploys, with these buckets. */
  public static Registry standard(LakeLayout layout) {
    // 1,769 MB is one whole vCPU. The converter is one thread and CPU is its limit, so less memory
    // costs the same per object and only makes users wait; 128 MiB of column buffers, the largest
    // record and the class path fit easily. Two minutes are enough for gigabytes of JSON at the
    // measured 3 to 16 CPU-seconds per gigabyte, and keep the visibility, and with it the wait
    // after a crash, at twelve minutes.
    FunctionSpec ingest =
        new FunctionSpec(
            INGEST,
            "dev.sluice.ingest.IngestHandler::handleRequest",
            "functions/ingest/target/sluice-ingest.jar",
            1_769,
            Duration.ofSeconds(120),
            List.of(ENV_DATASETS, ENV_RAW_BUCKET, ENV_LAKE_BUCKET, ENV_LIMITS));
    // Audits wait for S3 with 32 requests at a time; less memory has too little CPU for their TLS.
    FunctionSpec audit =
        new FunctionSpec(
            AUDIT,
            "dev.sluice.audit.AuditHandler::handleRequest",
            "functions/audit/target/sluice-audit.jar",
            1_024,
            Duration.ofMinutes(15),
            List.of(
                ENV_DATASETS, ENV_RAW_BUCKET, ENV_LAKE_BUCKET, ENV_INGEST_QUEUE, ENV_AUDIT_REPAIR));
    List<String> ofJobs =
        List.of(
            ENV_DATASETS,
            ENV_RAW_BUCKET,
            ENV_LAKE_BUCKET,
            ENV_JOBS_JAR,
            ENV_JOBS_DATASETS,
            ENV_EMR_SERVICE_ROLE,
            ENV_EMR_INSTANCE_PROFILE,
            ENV_EMR_SUBNETS,
            ENV_EMR_SECURITY,
            ENV_LIMITS);
    // A few requests to S3 and EMR, one after the other. Its time-out is shorter than the time in
    // which the lease of a run allows to launch it.
    FunctionSpec launch =
        new FunctionSpec(
            LAUNCH,
            "dev.sluice.launch.LaunchHandler::handleRequest",
            "functions/launch/target/sluice-launch.jar",
            1_024,
            Duration.ofSeconds(60),
            ofJobs);
    FunctionSpec record =
        new FunctionSpec(
            RECORD,
            "dev.sluice.launch.RecordHandler::handleRequest",
            "functions/launch/target/sluice-launch.jar",
            1_024,
            Duration.ofMinutes(5),
            ofJobs);
    // It waits for Athena; what needs CPU is the parser, once for a statement.
    FunctionSpec query =
        new FunctionSpec(
            QUERY,
            "dev.sluice.query.QueryHandler::handleRequest",
            "functions/query/target/sluice-query.jar",
            1_024,
            // As long as API Gateway waits.
            Duration.ofSeconds(30),
            List.of(
                ENV_DATASETS,
                ENV_QUERY_WORKGROUP,
                ENV_QUERY_SQL,
                ENV_QUERY_SCAN_LIMIT,
                ENV_QUERY_PRICE));
    QueueSpec queue =
        new QueueSpec(
            INGEST_QUEUE,
            INGEST,
            ingest.timeout().multipliedBy(VISIBILITY_FACTOR),
            Duration.ofDays(4),
            5,
            INGEST_DEAD_QUEUE,
            Duration.ofDays(14),
            10,
            // No window: an idle lake shall answer at once, a busy queue fills batches by itself.
            Duration.ZERO,
            50,
            // S3's messages have up to 64 KB; envelopes of SNS and EventBridge add to that.
            256 << 10);
    return new Registry(
        layout,
        List.of(ingest, audit, launch, record, query),
        List.of(queue),
        List.of(
            new NotificationSpec(
                "sluice-ingest",
                layout.rawBucket(),
                INGEST_QUEUE,
                List.of("s3:ObjectCreated:*", "s3:ObjectRemoved:*"))),
        // Each looks at two days, so that several may fail before anything is missed.
        List.of(
            new ScheduleSpec("sluice-audit", AUDIT, Duration.ofHours(6), "{}"),
            new ScheduleSpec(
                "sluice-reconcile", RECORD, Duration.ofMinutes(5), "{\"reconcile\":true}")),
        List.of(
            new EventRuleSpec(
                "sluice-record",
                RECORD,
                "aws.emr",
                List.of("EMR Step Status Change", "EMR Cluster State Change"))),
        List.of(queryApi()));
  }

  /** What the query function answers. */
  public static HttpApiSpec queryApi() {
    return new HttpApiSpec(
        QUERY,
        QUERY,
        List.of(
            // A page without data.
            new HttpApiSpec.Route("GET", "/", true),
            new HttpApiSpec.Route("GET", "/openapi.json", false),
            new HttpApiSpec.Route("GET", "/queries", false),
            new HttpApiSpec.Route("GET", "/queries/{dataset}/{name}", false),
            new HttpApiSpec.Route("POST", "/queries/{dataset}/{name}/runs", false),
            new HttpApiSpec.Route("POST", "/sql", false),
            new HttpApiSpec.Route("GET", "/runs/{id}", false),
            new HttpApiSpec.Route("GET", "/runs/{id}/results", false),
            new HttpApiSpec.Route("DELETE", "/runs/{id}", false)),
        // Athena runs a few dozen queries at a time; looking at runs comes on top.
        20,
        50);
  }

  /** Whether schedules or events call that function, its own ones or those of jobs. */
  public boolean scheduled(String function) {
    return function.equals(LAUNCH)
        || schedules.stream().anyMatch(s -> s.function().equals(function))
        || rules.stream().anyMatch(r -> r.function().equals(function));
  }

  /** The function of that name. */
  public FunctionSpec function(String name) {
    return functions.stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Cannot find the function: " + name));
  }

  /** The queue of that name. */
  public QueueSpec queue(String name) {
    return queues.stream()
        .filter(q -> q.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("Cannot find the queue: " + name));
  }
}
