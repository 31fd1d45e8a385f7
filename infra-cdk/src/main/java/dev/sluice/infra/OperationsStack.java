package dev.sluice.infra;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.registry.AuditMetrics;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.JobMetrics;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.budgets.CfnBudget;
import software.amazon.awscdk.services.cloudwatch.Alarm;
import software.amazon.awscdk.services.cloudwatch.AlarmStatusWidget;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.Dashboard;
import software.amazon.awscdk.services.cloudwatch.GraphWidget;
import software.amazon.awscdk.services.cloudwatch.IMetric;
import software.amazon.awscdk.services.cloudwatch.IWidget;
import software.amazon.awscdk.services.cloudwatch.LogQueryWidget;
import software.amazon.awscdk.services.cloudwatch.MathExpression;
import software.amazon.awscdk.services.cloudwatch.Metric;
import software.amazon.awscdk.services.cloudwatch.MetricOptions;
import software.amazon.awscdk.services.cloudwatch.TextWidget;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.cloudwatch.YAxisProps;
import software.amazon.awscdk.services.cloudwatch.actions.SnsAction;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.sns.Topic;
import software.amazon.awscdk.services.sns.subscriptions.EmailSubscription;
import software.constructs.Construct;

/** How the lake is watched: a dashboard, alarms and who hears of them, a budget. */
final class OperationsStack extends Stack {
  private static final int WIDE = 24;
  private static final int HALF = 12;
  private static final int THIRD = 8;
  private static final Duration FIVE_MINUTES = Duration.minutes(5);
  private static final double MILLIS_PER_SECOND = 1000;
  private static final double MIB_PER_GIB = 1024;

  private final Project project;

  /** The functions whose work can wait for another month. */
  private static final List<String> SPENDERS = List.of(Registry.LAUNCH, Registry.QUERY);

  private final StorageStack storage;
  private final FunctionsStack functions;
  private final StageSettings settings;
  private final Topic topic;
  private final List<Alarm> alarms = new ArrayList<>();

  OperationsStack(
      Construct scope,
      String id,
      StackProps props,
      Project project,
      StorageStack storage,
      FunctionsStack functions,
      StageSettings settings) {
    super(scope, id, props);
    this.project = project;
    this.storage = storage;
    this.functions = functions;
    this.settings = settings;
    topic = topic();
    new IngestMetrics(this, "IngestMetrics", functions.logGroup(Registry.INGEST));
    project.registry().queues().forEach(this::watch);
    project.registry().functions().forEach(this::watch);
    project.registry().schedules().forEach(this::watchSilence);
    watchIngest();
    project.registry().schedules().stream()
        .filter(schedule -> schedule.function().equals(Registry.AUDIT))
        .forEach(this::watchAudit);
    watchJobs();
    settings.monthlyBudgetDollars().ifPresent(this::budget);
    dashboard();
  }

  private Topic topic() {
    Topic made =
        Topic.Builder.create(this, "Alarms").topicName("sluice-alarms").enforceSsl(true).build();
    for (String service : List.of("cloudwatch.amazonaws.com", "budgets.amazonaws.com")) {
      made.addToResourcePolicy(
          PolicyStatement.Builder.create()
              .sid(service.substring(0, service.indexOf('.')))
              .principals(List.of(OwnAccount.service(service)))
              .actions(List.of("sns:Publish"))
              .resources(List.of(made.getTopicArn()))
              .build());
    }
    settings
        .alarmEmail()
        .ifPresent(to ->
            Findings.accept(
                made.addSubscription(new EmailSubscription(to)),
                "Serverless-SNSRedrivePolicy",
                "A mail that does not arrive is not worth a queue: the alarm stays red"));
    return made;
  }

  private void watch(QueueSpec queue) {
    alarm(
        "DeadLetters-" + queue.name(),
        "Uploads could not be loaded after several attempts: look at the messages in "
            + queue.deadLetterQueue()
            + " and at the function's log, mend it, move the messages back",
        storage.queue(queue.deadLetterQueue()).metricApproximateNumberOfMessagesVisible(most()),
        0,
        1);
    alarm(
        "Late-" + queue.name(),
        "A message waits for longer than " + settings.lateMinutes() + " minutes",
        storage.queue(queue.name()).metricApproximateAgeOfOldestMessage(most()),
        Duration.minutes(settings.lateMinutes()).toSeconds().doubleValue(),
        1);
  }

  private static MetricOptions most() {
    return MetricOptions.builder().statistic("Maximum").period(FIVE_MINUTES).build();
  }

  private void watch(FunctionSpec function) {
    alarm(
        "Errors-" + function.name(),
        "Invocations of " + FunctionsStack.physicalName(function.name()) + " end in errors",
        sum(function, "Errors"),
        0,
        // What is called now and then never fails for fifteen minutes on end.
        project.registry().scheduled(function.name()) ? 1 : 3);
    alarm(
        "Throttles-" + function.name(),
        "Lambda has no room for "
            + FunctionsStack.physicalName(function.name())
            + ": the account's concurrency is used up",
        sum(function, "Throttles"),
        0,
        3);
  }

  /** Who looks for what others missed is missed by nobody else. */
  private void watchSilence(ScheduleSpec schedule) {
    String function = FunctionsStack.physicalName(schedule.function());
    alarm(
        "Silent-" + schedule.function(),
        Alarm.Builder.create(this, "Silent-" + schedule.function())
            .alarmDescription(
                "Nobody calls "
                    + function
                    + ": look whether the schedule "
                    + schedule.name()
                    + " is there and enabled")
            .metric(
                functions
                    .function(schedule.function())
                    .metricInvocations(
                        MetricOptions.builder()
                            .statistic("Sum")
                            .period(Duration.minutes(schedule.rate().toMinutes()))
                            .build()))
            .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
            .threshold(1)
            // Metrics come late, and a call now and then just behind the end of its period.
            .evaluationPeriods(3)
            .treatMissingData(TreatMissingData.BREACHING));
  }

  private void watchIngest() {
    alarm(
        "Rejected",
        "Uploads as a whole could not be read; ops.ledger says why (query ops/refused)",
        IngestMetrics.sum(IngestMetrics.REJECTED),
        0,
        1);
    alarm(
        "Quarantine",
        "More than "
            + settings.quarantinePercent()
            + " % of records are set aside (query ops/quarantine_reasons)",
        MathExpression.Builder.create()
            .expression("100 * q / r")
            .usingMetrics(
                Ordered.map(
                    "q", IngestMetrics.sum(IngestMetrics.QUARANTINED),
                    "r", IngestMetrics.sum(IngestMetrics.READ)))
            .label("% set aside")
            .period(Duration.minutes(15))
            .build(),
        settings.quarantinePercent(),
        1);
  }

  private void watchAudit(ScheduleSpec schedule) {
    alarm(
        "Audit-Unannounced",
        "Uploads of which ingest knows nothing: the audit's log names them; when they come again"
            + " and again, look at the bucket's notification",
        ofAudits(AuditMetrics.UNANNOUNCED, schedule),
        0,
        1);
    alarm(
        "Audit-Unbalanced",
        "The ledger disagrees with itself or with what is in tables: the audit's log names objects",
        ofAudits(AuditMetrics.UNBALANCED, schedule),
        0,
        1);
    alarm(
        "Audit-Missing",
        "Files that the ledger lists are not there: find out who deletes from the lake's bucket",
        ofAudits(AuditMetrics.MISSING_FILES, schedule),
        0,
        1);
    alarm(
        "Audit-Incomplete",
        "An audit failed, or had too little time: its log says why; ./sluice audit has no limit",
        MathExpression.Builder.create()
            .expression("1 - c")
            .usingMetrics(Map.of("c", ofAudits(AuditMetrics.COMPLETE, schedule).with(least())))
            .label("not complete")
            .period(Duration.minutes(schedule.rate().toMinutes()))
            .build(),
        0,
        1);
  }

  private void watchJobs() {
    alarm(
        "Jobs-Failed",
        "A job did not end well: query ops/failed_slots says why and where its log lies; run it again"
            + " with ./sluice run JOB --slot TIME",
        ofJobs(JobMetrics.FAILED),
        0,
        1);
    alarm(
        "Jobs-Missed",
        "Nobody delivered a slot, and the reconciler found it: look at the schedule and at the log of"
            + " the function launch",
        ofJobs(JobMetrics.MISSED),
        0,
        1);
  }

  private static Metric ofJobs(String name) {
    return Metric.Builder.create()
        .namespace(JobMetrics.NAMESPACE)
        .metricName(name)
        .statistic("Sum")
        .period(FIVE_MINUTES)
        .label(name)
        .build();
  }

  private static MetricOptions least() {
    return MetricOptions.builder().statistic("Minimum").build();
  }

  /** The largest that audits of all datasets found between two of them. */
  private static Metric ofAudits(String name, ScheduleSpec schedule) {
    return Metric.Builder.create()
        .namespace(AuditMetrics.NAMESPACE)
        .metricName(name)
        .statistic("Maximum")
        .period(Duration.minutes(schedule.rate().toMinutes()))
        .label(name)
        .build();
  }

  private List<IMetric> ofAudits(String... names) {
    List<IMetric> metrics = new ArrayList<>();
    for (ScheduleSpec schedule : project.registry().schedules()) {
      if (schedule.function().equals(Registry.AUDIT)) {
        for (String name : names) {
          metrics.add(ofAudits(name, schedule));
        }
      }
    }
    return metrics;
  }

  private void alarm(String id, String description, IMetric metric, double above, int periods) {
    alarm(
        id,
        Alarm.Builder.create(this, id)
            .alarmDescription(description)
            .metric(metric)
            .comparisonOperator(ComparisonOperator.GREATER_THAN_THRESHOLD)
            .threshold(above)
            .evaluationPeriods(periods)
            .treatMissingData(TreatMissingData.NOT_BREACHING));
  }

  private void alarm(String id, Alarm.Builder of) {
    Alarm alarm = of.alarmName("sluice-" + id.toLowerCase(java.util.Locale.ROOT)).build();
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    alarms.add(alarm);
  }

  private void budget(int dollars) {
    CfnBudget.SubscriberProperty subscriber =
        CfnBudget.SubscriberProperty.builder()
            .subscriptionType("SNS")
            .address(topic.getTopicArn())
            .build();
    List<Object> notifications = new ArrayList<>();
    for (String type : List.of("ACTUAL", "FORECASTED")) {
      notifications.add(
          CfnBudget.NotificationWithSubscribersProperty.builder()
              .notification(
                  CfnBudget.NotificationProperty.builder()
                      .notificationType(type)
                      .comparisonOperator("GREATER_THAN")
                      .threshold(type.equals("ACTUAL") ? 80 : 100)
                      .thresholdType("PERCENTAGE")
                      .build())
              .subscribers(List.of(subscriber))
              .build());
    }
    CfnBudget budget =
        CfnBudget.Builder.create(this, "Budget")
            .budget(
                CfnBudget.BudgetDataProperty.builder()
                    .budgetType("COST")
                    .timeUnit("MONTHLY")
                    .budgetLimit(
                        CfnBudget.SpendProperty.builder().amount(dollars).unit("USD").build())
                    .build())
            .notificationsWithSubscribers(notifications)
            .build();
    if (settings.budgetBreaker()) {
      Breaker.add(
          this,
          budget,
          project.registry().functions().stream()
              .map(FunctionSpec::name)
              .filter(SPENDERS::contains)
              .map(name -> Objects.requireNonNull(functions.function(name).getRole()))
              .toList(),
          topic);
    }
  }

  private void dashboard() {
    List<String> datasets = project.datasets().all().stream().map(Dataset::name).toList();
    List<List<IWidget>> rows = new ArrayList<>();
    rows.add(
        List.of(
            AlarmStatusWidget.Builder.create().title("Alarms").alarms(alarms).width(WIDE).build()));
    rows.add(
        List.of(
            heading("Is my data in?"),
            graph("Uploads loaded", HALF, IngestMetrics.sums(IngestMetrics.UPLOADS, datasets)),
            graph(
                "Messages waiting, and being worked on",
                HALF,
                ofQueues("NumberOfMessagesVisible", "NumberOfMessagesNotVisible"))));
    rows.add(
        List.of(
            heading("How late?"),
            graph("Age of the oldest message, s", HALF, ofQueues("AgeOfOldestMessage")),
            graph("Time of an invocation, ms", HALF, durations())));
    rows.add(
        List.of(
            heading("How much?"),
            graph("Records in tables", THIRD, IngestMetrics.sums(IngestMetrics.WRITTEN, datasets)),
            graph("Bytes uploaded", THIRD, IngestMetrics.sums(IngestMetrics.BYTES_IN, datasets)),
            graph(
                "Bytes of Parquet", THIRD, IngestMetrics.sums(IngestMetrics.BYTES_OUT, datasets))));
    rows.add(
        List.of(
            heading("What failed?"),
            graph(
                "Records set aside",
                THIRD,
                IngestMetrics.sums(IngestMetrics.QUARANTINED, datasets)),
            graph(
                "Rejected uploads, failed attempts",
                THIRD,
                List.of(
                    IngestMetrics.sum(IngestMetrics.REJECTED),
                    IngestMetrics.sum(IngestMetrics.FAILED))),
            graph("Dead letters, errors, throttles", THIRD, failures()),
            graph(
                "Found by audits",
                WIDE,
                ofAudits(
                    AuditMetrics.UNANNOUNCED,
                    AuditMetrics.UNBALANCED,
                    AuditMetrics.MISSING_FILES,
                    AuditMetrics.ORPHANS,
                    AuditMetrics.REPAIRED)),
            LogQueryWidget.Builder.create()
                .title("The latest failures")
                .logGroupNames(
                    project.registry().functions().stream()
                        .map(f -> functions.logGroup(f.name()).getLogGroupName())
                        .toList())
                .queryLines(
                    List.of(
                        "fields @timestamp, action, bucket, key, code, reason_code, message",
                        "filter level = 'ERROR' or level = 'WARN' or action = 'REJECTED'",
                        "sort @timestamp desc",
                        "limit 20"))
                .width(WIDE)
                .build()));
    rows.add(
        List.of(
            heading("What did it cost? (the units that AWS bills; docs/operate.md has prices)"),
            graph("GB-seconds of functions in a day", THIRD, gigabyteSeconds()),
            graph(
                "Bytes that queries read in a day",
                THIRD,
                List.of(scanned(QueryStack.WORKGROUP), scanned(Registry.QUERY_WORKGROUP))),
            graph("Bytes stored", THIRD, stored())));
    Dashboard.Builder.create(this, "Dashboard")
        .dashboardName("sluice")
        .defaultInterval(Duration.hours(12))
        .widgets(rows)
        .build();
  }

  private static IWidget heading(String text) {
    return TextWidget.Builder.create().markdown("## " + text).width(WIDE).height(1).build();
  }

  private static IWidget graph(String title, int width, List<? extends IMetric> metrics) {
    return GraphWidget.Builder.create()
        .title(title)
        .left(metrics)
        .leftYAxis(YAxisProps.builder().min(0).showUnits(false).build())
        .width(width)
        .build();
  }

  private List<IMetric> ofQueues(String... names) {
    List<IMetric> metrics = new ArrayList<>();
    for (QueueSpec queue : project.registry().queues()) {
      for (String name : names) {
        metrics.add(storage.queue(queue.name()).metric("Approximate" + name, most()));
      }
    }
    return metrics;
  }

  private List<IMetric> durations() {
    List<IMetric> metrics = new ArrayList<>();
    for (FunctionSpec function : project.registry().functions()) {
      for (String statistic : List.of("p50", "p99")) {
        metrics.add(
            functions
                .function(function.name())
                .metricDuration()
                .with(
                    MetricOptions.builder()
                        .statistic(statistic)
                        .label(function.name() + " " + statistic)
                        .build()));
      }
    }
    return metrics;
  }

  private List<IMetric> failures() {
    List<IMetric> metrics = new ArrayList<>();
    for (QueueSpec queue : project.registry().queues()) {
      metrics.add(
          storage.queue(queue.deadLetterQueue()).metricApproximateNumberOfMessagesVisible(most()));
    }
    for (FunctionSpec function : project.registry().functions()) {
      metrics.add(sum(function, "Errors"));
      metrics.add(sum(function, "Throttles"));
    }
    return metrics;
  }

  private Metric sum(FunctionSpec function, String name) {
    return functions
        .function(function.name())
        .metric(
            name,
            MetricOptions.builder()
                .statistic("Sum")
                .period(FIVE_MINUTES)
                .label(function.name() + " " + name)
                .build());
  }

  private List<IMetric> gigabyteSeconds() {
    List<IMetric> metrics = new ArrayList<>();
    for (FunctionSpec function : project.registry().functions()) {
      String id = function.name().replace('-', '_');
      metrics.add(
          MathExpression.Builder.create()
              .expression(id + " * " + function.memoryMib() / MIB_PER_GIB / MILLIS_PER_SECOND)
              .usingMetrics(Map.of(id, sum(function, "Duration")))
              .label(function.name())
              .period(Duration.days(1))
              .build());
    }
    return metrics;
  }

  private static IMetric scanned(String workgroup) {
    return Metric.Builder.create()
        .namespace("AWS/Athena")
        .metricName("ProcessedBytes")
        .dimensionsMap(Map.of("WorkGroup", workgroup))
        .statistic("Sum")
        .period(Duration.days(1))
        .label(workgroup)
        .build();
  }

  private List<IMetric> stored() {
    return List.of(
        stored("raw", storage.raw(), "StandardStorage"),
        stored("raw, infrequent access", storage.raw(), "StandardIAStorage"),
        stored("lake", storage.lake(), "StandardStorage"),
        stored("results", storage.results(), "StandardStorage"));
  }

  private static IMetric stored(String label, Bucket bucket, String type) {
    return Metric.Builder.create()
        .namespace("AWS/S3")
        .metricName("BucketSizeBytes")
        .dimensionsMap(Ordered.map("BucketName", bucket.getBucketName(), "StorageType", type))
        .statistic("Average")
        .period(Duration.days(1))
        .label(label)
        .build();
  }
}
