package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.EventRuleSpec;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awscdk.Annotations;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.events.EventPattern;
import software.amazon.awscdk.services.events.Rule;
import software.amazon.awscdk.services.events.targets.LambdaFunction;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.lambda.Alias;
import software.amazon.awscdk.services.lambda.Architecture;
import software.amazon.awscdk.services.lambda.Code;
import software.amazon.awscdk.services.lambda.EventInvokeConfigOptions;
import software.amazon.awscdk.services.lambda.EventSourceMapping;
import software.amazon.awscdk.services.lambda.Function;
import software.amazon.awscdk.services.lambda.LayerVersion;
import software.amazon.awscdk.services.lambda.LoggingFormat;
import software.amazon.awscdk.services.lambda.RecursiveLoop;
import software.amazon.awscdk.services.lambda.Runtime;
import software.amazon.awscdk.services.lambda.SnapStartConf;
import software.amazon.awscdk.services.lambda.SystemLogLevel;
import software.amazon.awscdk.services.lambda.Tracing;
import software.amazon.awscdk.services.lambda.VersionOptions;
import software.amazon.awscdk.services.logs.LogGroup;
import software.amazon.awscdk.services.scheduler.CfnSchedule;
import software.constructs.Construct;

/** Every function of the registry, with a role of its own, and what calls it. */
final class FunctionsStack extends Stack {
  /** The name that a function's callers use; it points to the version in service. */
  static final String ALIAS = "live";

  private static final int SCHEDULE_NAME = 64;

  private static final String NOTHING_TO_KEEP =
      "A call that fails holds nothing to keep: the next does its work, an alarm tells of it";

  private final Project project;
  private final StorageStack storage;
  private final ProcessingStack processing;
  private final StageSettings settings;
  private final Permissions permissions;
  private final Jobs jobs;
  private final LayerVersion datasets;
  private final Map<String, Function> functions = new LinkedHashMap<>();
  private final Map<String, Alias> aliases = new LinkedHashMap<>();
  private final Map<String, LogGroup> logs = new LinkedHashMap<>();

  FunctionsStack(
      Construct scope,
      String id,
      StackProps props,
      Project project,
      StorageStack storage,
      ProcessingStack processing,
      StageSettings settings) {
    super(scope, id, props);
    this.project = project;
    this.storage = storage;
    this.processing = processing;
    this.settings = settings;
    permissions = new Permissions(this, project, storage);
    jobs = project.jobs();
    datasets =
        LayerVersion.Builder.create(this, "Datasets")
            .code(Code.fromAsset(DatasetsLayer.folder(project).toString()))
            .description("The declared datasets")
            .compatibleArchitectures(List.of(Architecture.ARM_64))
            .build();
    project.registry().functions().forEach(this::function);
    Findings.acceptOfFunctions(
        this, "What follows the prefix is made of hashes and partition values of uploads");
    Findings.acceptClusters(
        this, "Clusters come and go; conditions on their tags name those of this lake");
    Findings.acceptTables(
        this,
        Catalog.refined(),
        "Questions are asked of all tables, of which gold's are made after the deployment");
    Findings.acceptUploads(
        this, "An audit asks for whatever was uploaded, also for what belongs to no dataset");
  }

  /** The function of that name in the registry. */
  Function function(String name) {
    return Objects.requireNonNull(functions.get(name), name);
  }

  /** The version in service of that function. */
  Alias alias(String name) {
    return Objects.requireNonNull(aliases.get(name), name);
  }

  /** Where that function logs to. */
  LogGroup logGroup(String name) {
    return Objects.requireNonNull(logs.get(name), name);
  }

  /** The deployed function's name. */
  static String physicalName(String function) {
    return "sluice-" + function;
  }

  private void function(FunctionSpec spec) {
    String id = Character.toUpperCase(spec.name().charAt(0)) + spec.name().substring(1);
    LogGroup log =
        LogGroup.Builder.create(this, id + "Log")
            .logGroupName("/aws/lambda/" + physicalName(spec.name()))
            .retention(LogDays.retention(settings.logDays()))
            .removalPolicy(RemovalPolicy.DESTROY)
            .build();
    Role role =
        Role.Builder.create(this, id + "Role")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com"))
            .description("What the function " + physicalName(spec.name()) + " may do")
            .build();
    for (PolicyStatement statement : permissions.of(spec.name(), log)) {
      role.addToPolicy(statement);
    }
    Function function =
        Function.Builder.create(this, id)
            .functionName(physicalName(spec.name()))
            .runtime(Runtime.JAVA_25)
            .architecture(Architecture.ARM_64)
            .code(Code.fromAsset(jar(spec).toString()))
            .handler(spec.handler())
            .memorySize(spec.memoryMib())
            .timeout(Duration.seconds(spec.timeout().toSeconds()))
            .environment(environment(spec))
            .layers(List.of(datasets))
            // What it may do is said in one place; no construct adds to it.
            .role(role.withoutPolicyUpdates())
            // Earlier versions stay, for the alias to go back to.
            .currentVersionOptions(
                VersionOptions.builder().removalPolicy(RemovalPolicy.RETAIN).build())
            .snapStart(SnapStartConf.ON_PUBLISHED_VERSIONS)
            .recursiveLoop(RecursiveLoop.TERMINATE)
            .tracing(Tracing.ACTIVE)
            .logGroup(log)
            .loggingFormat(LoggingFormat.JSON)
            .systemLogLevelV2(SystemLogLevel.INFO)
            .build();
    Annotations.of(function)
        .acknowledgeWarning(
            "@aws-cdk/aws-lambda:snapStartRequirePublish", "The alias has a version published");
    Findings.accept(
        function,
        "Serverless-LambdaDLQ",
        project.registry().scheduled(spec.name())
            ? NOTHING_TO_KEEP
            : project.registry().httpApis().stream()
                    .anyMatch(api -> api.function().equals(spec.name()))
                ? "Who calls it waits for its answer, and is told when there is none"
                : "It is called by a queue, whose redrive policy keeps what fails, and never"
                    + " asynchronously");
    Alias alias =
        Alias.Builder.create(this, id + "Live")
            .aliasName(ALIAS)
            .version(function.getCurrentVersion())
            .build();
    functions.put(spec.name(), function);
    aliases.put(spec.name(), alias);
    logs.put(spec.name(), log);
    if (project.registry().scheduled(spec.name())) {
      alias.configureAsyncInvoke(
          EventInvokeConfigOptions.builder()
              .retryAttempts(1)
              .maxEventAge(Duration.hours(1))
              .build());
      Findings.accept(alias, "Serverless-LambdaAsyncFailureDestination", NOTHING_TO_KEEP);
    }
    for (ScheduleSpec schedule : project.registry().schedules()) {
      if (schedule.function().equals(spec.name())) {
        schedule(schedule, alias);
      }
    }
    for (EventRuleSpec rule : project.registry().rules()) {
      if (rule.function().equals(spec.name())) {
        rule(rule, alias);
      }
    }
    if (spec.name().equals(Registry.LAUNCH)) {
      schedules(alias);
    }
    for (QueueSpec queue : project.registry().queues()) {
      if (queue.function().equals(spec.name())) {
        EventSourceMapping.Builder mapping =
            EventSourceMapping.Builder.create(this, id + "From-" + queue.name())
                .target(alias)
                .eventSourceArn(storage.queue(queue.name()).getQueueArn())
                .batchSize(queue.batchSize())
                .maxConcurrency(settings.maxConcurrency().orElse(queue.maxConcurrency()))
                .reportBatchItemFailures(true);
        if (!queue.batchWindow().isZero()) {
          mapping.maxBatchingWindow(Duration.seconds(queue.batchWindow().toSeconds()));
        }
        EventSourceMapping built = mapping.build();
        // The mapping is refused while its role may not read the queue.
        built.getNode().addDependency(role);
        Findings.accept(
            built,
            "Serverless-LambdaEventSourceMappingDestination",
            "Queues take no destination; the queue's own redrive policy keeps what fails");
      }
    }
  }

  /** Calls the version in service; what fails twice is left to the next time. */
  private void schedule(ScheduleSpec spec, Alias alias) {
    schedule(
        spec.name(),
        "rate(" + spec.rate().toMinutes() + " minutes)",
        Optional.empty(),
        spec.input(),
        alias,
        caller(spec.name(), alias));
  }

  /** What the jobs' declarations say; one role calls for all of them. */
  private void schedules(Alias alias) {
    List<JobDeclaration> scheduled =
        jobs.all().stream().filter(job -> job.schedule().isPresent()).toList();
    if (scheduled.isEmpty()) {
      return;
    }
    Role role = caller("sluice-jobs", alias);
    for (JobDeclaration job : scheduled) {
      dev.sluice.model.job.Schedule schedule = job.schedule().orElseThrow();
      schedule(
          scheduleName(job),
          schedule.expression(),
          Optional.of(schedule.zone().getId()),
          Json.write(Ordered.map("job", job.name(), "slot", "<aws.scheduler.scheduled-time>")),
          alias,
          role);
    }
  }

  /** A schedule's name has 64 characters at most. */
  static String scheduleName(JobDeclaration job) {
    String name = "sluice-job-" + job.dataset() + "." + job.job();
    return name.length() <= SCHEDULE_NAME
        ? name
        : name.substring(0, SCHEDULE_NAME - 9) + "-" + String.format("%08x", job.name().hashCode());
  }

  private Role caller(String name, Alias alias) {
    Role role =
        Role.Builder.create(this, "Schedule-" + name + "-Role")
            .assumedBy(OwnAccount.service("scheduler.amazonaws.com"))
            .description("What the schedule " + name + " may do")
            .build();
    role.addToPolicy(
        PolicyStatement.Builder.create()
            .sid("Call")
            .actions(List.of("lambda:InvokeFunction"))
            .resources(List.of(alias.getFunctionArn()))
            .build());
    return role;
  }

  private void schedule(
      String name, String expression, Optional<String> zone, String input, Alias alias, Role role) {
    CfnSchedule.Builder schedule =
        CfnSchedule.Builder.create(this, "Schedule-" + name)
            .name(name)
            .scheduleExpression(expression)
            .flexibleTimeWindow(
                CfnSchedule.FlexibleTimeWindowProperty.builder().mode("OFF").build())
            .target(
                CfnSchedule.TargetProperty.builder()
                    .arn(alias.getFunctionArn())
                    .roleArn(role.getRoleArn())
                    .input(input)
                    .retryPolicy(
                        CfnSchedule.RetryPolicyProperty.builder()
                            .maximumRetryAttempts(2)
                            .maximumEventAgeInSeconds(Duration.hours(1).toSeconds())
                            .build())
                    .build());
    zone.ifPresent(schedule::scheduleExpressionTimezone);
    // A schedule is refused while its role may not be assumed.
    schedule.build().getNode().addDependency(role);
  }

  /** Calls the version in service with the events as they are; lost ones are found otherwise. */
  private void rule(EventRuleSpec spec, Alias alias) {
    Rule rule =
        Rule.Builder.create(this, "Rule-" + spec.name())
            .ruleName(spec.name())
            .description("What " + spec.source() + " tells the function " + spec.function())
            .eventPattern(
                EventPattern.builder()
                    .source(List.of(spec.source()))
                    .detailType(spec.detailTypes())
                    .build())
            .targets(
                List.of(
                    LambdaFunction.Builder.create(alias)
                        .retryAttempts(2)
                        .maxEventAge(Duration.hours(1))
                        .build()))
            .build();
    Findings.accept(
        rule,
        "Serverless-EventBusDLQ",
        "An event is a hint only: the reconciler finds what was lost");
  }

  private Path jar(FunctionSpec spec) {
    Path jar = project.root().resolve(spec.artifact());
    if (!Files.isRegularFile(jar)) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot deploy function "
              + spec.name()
              + ": its jar is not built: "
              + jar
              + "\nRun ./sluice cdk, which builds first, or ./sluice build.");
    }
    return jar;
  }

  private Map<String, String> environment(FunctionSpec spec) {
    Map<String, String> known = new LinkedHashMap<>();
    known.put(Registry.ENV_DATASETS, DatasetsLayer.MOUNTED);
    known.put(Registry.ENV_RAW_BUCKET, storage.raw().getBucketName());
    known.put(Registry.ENV_LAKE_BUCKET, storage.lake().getBucketName());
    known.put(Registry.ENV_LIMITS, settings.limits().text());
    known.put(Registry.ENV_INGEST_QUEUE, Registry.INGEST_QUEUE);
    known.put(Registry.ENV_JOBS_JAR, processing.jar());
    known.put(Registry.ENV_JOBS_DATASETS, processing.declarations());
    known.put(Registry.ENV_EMR_SERVICE_ROLE, ProcessingStack.SERVICE_ROLE);
    known.put(Registry.ENV_EMR_INSTANCE_PROFILE, ProcessingStack.MACHINES);
    known.put(Registry.ENV_EMR_SUBNETS, settings.emrSubnets().orElse(""));
    known.put(Registry.ENV_EMR_SECURITY, ProcessingStack.SECURITY);
    known.put(Registry.ENV_AUDIT_REPAIR, String.valueOf(settings.auditRepair()));
    known.put(Registry.ENV_QUERY_WORKGROUP, Registry.QUERY_WORKGROUP);
    known.put(Registry.ENV_QUERY_SQL, String.valueOf(settings.apiSql()));
    known.put(
        Registry.ENV_QUERY_SCAN_LIMIT,
        Long.toString(settings.apiScanLimitGigabytes() * Registry.BYTES_PER_GIGABYTE));
    known.put(Registry.ENV_QUERY_PRICE, settings.athenaPrice());
    Map<String, String> environment = new LinkedHashMap<>();
    for (String name : spec.environment()) {
      String value = known.get(name);
      if (value == null) {
        throw new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot deploy function "
                + spec.name()
                + ": FunctionsStack has no value for its variable: "
                + name);
      }
      environment.put(name, value);
    }
    return environment;
  }
}
