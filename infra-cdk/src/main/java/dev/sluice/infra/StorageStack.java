package dev.sluice.infra;

import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.NotificationSpec;
import dev.sluice.model.registry.QueueSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.ManagedPolicy;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.iam.StarPrincipal;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.CfnBucket;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.amazon.awscdk.services.s3.StorageClass;
import software.amazon.awscdk.services.s3.Transition;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.amazon.awscdk.services.sqs.RedriveAllowPolicy;
import software.amazon.awscdk.services.sqs.RedrivePermission;
import software.constructs.Construct;

/**
 * What holds data: the key, the buckets, and the queues that S3 announces uploads to. It needs no
 * other stack.
 */
final class StorageStack extends Stack {
  private static final Duration ABANDONED_UPLOADS = Duration.days(3);

  private final StageSettings settings;
  private final LakeLayout layout;
  private final IKey key;
  private final Bucket logs;
  private final Bucket raw;
  private final Bucket lake;
  private final Bucket results;
  private final Map<String, Queue> queues = new LinkedHashMap<>();

  StorageStack(
      Construct scope, String id, StackProps props, Project project, StageSettings settings) {
    super(scope, id, props);
    this.settings = settings;
    layout = project.registry().layout();
    key = key();
    logs = accessLogs();
    raw = bucket("Raw", layout.rawBucket(), rawRules());
    lake =
        bucket(
            "Lake",
            layout.lakeBucket(),
            List.of(
                rule("old-versions", settings.oldVersionDays()).build(),
                // Most live for seconds.
                rule("intents", 1).prefix(layout.intentsPrefix()).build(),
                rule("job-logs", 1)
                    .prefix(layout.jobLogsPrefix())
                    .expiration(Duration.days(settings.logDays()))
                    .build(),
                markers()));
    results =
        bucket(
            "Results",
            layout.resultsBucket(),
            List.of(
                rule("results", 1).expiration(Duration.days(settings.resultDays())).build(),
                markers()));
    demandConditionalWrites();
    project.registry().queues().forEach(this::queue);
    notify(project.registry().notifications());
    ManagedPolicy uploader =
        ManagedPolicy.Builder.create(this, "Uploader")
            .managedPolicyName("sluice-uploader")
            .description("Upload to the declared datasets")
            .statements(new Permissions(this, project, this).uploader())
            .build();
    Findings.acceptPrefixes(uploader, "Producers choose their keys within their dataset");
    output("UploaderPolicy", uploader.getManagedPolicyArn(), "Attach it to what uploads");
    output("RawBucket", raw.getBucketName(), "Upload to <dataset>/ in it");
    output("LakeBucket", lake.getBucketName(), "Tables, quarantine and ledger");
    output("ResultsBucket", results.getBucketName(), "Results of queries");
    output("KeyArn", key.getKeyArn(), "The key of all data; keyArn of a lake made anew on it");
  }

  IKey encryptionKey() {
    return key;
  }

  Bucket raw() {
    return raw;
  }

  Bucket lake() {
    return lake;
  }

  Bucket results() {
    return results;
  }

  /** A queue of the registry, or one of their dead-letter queues. */
  Queue queue(String name) {
    Queue queue = queues.get(name);
    if (queue == null) {
      throw new IllegalArgumentException("Cannot find the queue: " + name);
    }
    return queue;
  }

  /** The location with the deployed bucket's name in place of the layout's. */
  String located(String location) {
    return location
        .replace("s3://" + layout.lakeBucket() + "/", lake.s3UrlForObject() + "/")
        .replace("s3://" + layout.rawBucket() + "/", raw.s3UrlForObject() + "/");
  }

  private RemovalPolicy removal() {
    return settings.keepData() ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  }

  private IKey key() {
    return settings
        .keyArn()
        .map(arn -> Key.fromKeyArn(this, "Key", arn))
        .orElseGet(() ->
            Key.Builder.create(this, "Key")
                .alias("alias/sluice")
                .description("Data of the lake")
                .enableKeyRotation(true)
                // Whoever loses the key loses the data: the longest time to think again.
                .pendingWindow(Duration.days(30))
                .removalPolicy(removal())
                .build());
  }

  /** Log delivery writes with S3's own key only. */
  private Bucket accessLogs() {
    Bucket bucket =
        Bucket.Builder.create(this, "Logs")
            .bucketName(physicalName("sluice-logs"))
            .encryption(BucketEncryption.S3_MANAGED)
            .enforceSsl(true)
            .minimumTlsVersion(1.2)
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .versioned(true)
            .lifecycleRules(
                List.of(
                    rule("access-logs", 1)
                        .expiration(Duration.days(settings.accessLogDays()))
                        .build(),
                    markers()))
            .removalPolicy(removal())
            .autoDeleteObjects(!settings.keepData())
            .build();
    ownNamespace(bucket);
    Findings.accept(bucket, "AwsSolutions-S1", "It holds the access logs; its own would never end");
    return bucket;
  }

  private Bucket bucket(String id, String name, List<LifecycleRule> rules) {
    Bucket bucket =
        Bucket.Builder.create(this, id)
            .bucketName(physicalName(name))
            .encryption(BucketEncryption.KMS)
            .encryptionKey(key)
            .bucketKeyEnabled(true)
            .enforceSsl(true)
            .minimumTlsVersion(1.2)
            .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
            .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
            .versioned(true)
            .serverAccessLogsBucket(logs)
            .serverAccessLogsPrefix(name + "/")
            .lifecycleRules(rules)
            .removalPolicy(removal())
            .autoDeleteObjects(!settings.keepData())
            .build();
    ownNamespace(bucket);
    onlyTheLakesKey(bucket);
    return bucket;
  }

  /** A name that S3 lets only this account have: {@code <name>-<account>-<region>-an}. */
  private static String physicalName(String name) {
    return name + "-" + Aws.ACCOUNT_ID + "-" + Aws.REGION + "-an";
  }

  private static void ownNamespace(Bucket bucket) {
    // The construct takes a namespace only with a prefix, and then no template could name the
    // bucket before it is there, as the queue's policy must.
    cfn(bucket).setBucketNamespace("account-regional");
  }

  private static CfnBucket cfn(Bucket bucket) {
    return (CfnBucket) java.util.Objects.requireNonNull(bucket.getNode().getDefaultChild());
  }

  private static LifecycleRule.Builder rule(String id, int oldVersionDays) {
    return LifecycleRule.builder()
        .id(id)
        .abortIncompleteMultipartUploadAfter(ABANDONED_UPLOADS)
        .noncurrentVersionExpiration(Duration.days(oldVersionDays));
  }

  /** S3 does not take it beside an expiration, and deletes no marker without being told to. */
  private static LifecycleRule markers() {
    return LifecycleRule.builder().id("delete-markers").expiredObjectDeleteMarker(true).build();
  }

  private List<LifecycleRule> rawRules() {
    LifecycleRule.Builder uploads = rule("uploads", settings.oldVersionDays());
    if (settings.rawColdDays() > 0) {
      uploads.transitions(
          List.of(
              Transition.builder()
                  .storageClass(StorageClass.INFREQUENT_ACCESS)
                  .transitionAfter(Duration.days(settings.rawColdDays()))
                  .build()));
    }
    if (settings.rawDeleteDays() > 0) {
      uploads.expiration(Duration.days(settings.rawDeleteDays()));
    }
    return List.of(uploads.build(), markers());
  }

  /** A request that names another encryption would store what the functions cannot read. */
  private void onlyTheLakesKey(Bucket bucket) {
    bucket.addToResourcePolicy(
        deny("OnlyTheLakesKey", bucket, "*")
            .conditions(
                Ordered.map(
                    "Null",
                    Map.of("s3:x-amz-server-side-encryption", "false"),
                    "ArnNotEquals",
                    Map.of("s3:x-amz-server-side-encryption-aws-kms-key-id", key.getKeyArn())))
            .build());
  }

  /**
   * Nothing under silver and ops is created over something else, or replaced unseen. Parts of an
   * upload carry no condition; its completion does.
   */
  private void demandConditionalWrites() {
    lake.addToResourcePolicy(
        deny("OnlyConditionalWrites", lake, "silver/*", "ops/*")
            .conditions(
                Ordered.map(
                    "Null",
                    Ordered.map("s3:if-none-match", "true", "s3:if-match", "true"),
                    "Bool",
                    Map.of("s3:ObjectCreationOperation", "true")))
            .build());
  }

  private static PolicyStatement.Builder deny(String sid, Bucket bucket, String... patterns) {
    List<String> resources = new ArrayList<>();
    for (String pattern : patterns) {
      resources.add(bucket.arnForObjects(pattern));
    }
    return PolicyStatement.Builder.create()
        .sid(sid)
        .effect(Effect.DENY)
        .principals(List.of(new StarPrincipal()))
        .actions(List.of("s3:PutObject"))
        .resources(resources);
  }

  private void queue(QueueSpec spec) {
    Queue dead =
        Queue.Builder.create(this, "DeadLetters-" + spec.name())
            .queueName(spec.deadLetterQueue())
            .retentionPeriod(seconds(spec.deadLetterRetention()))
            .maxMessageSizeBytes(spec.maxMessageBytes())
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .redriveAllowPolicy(
                RedriveAllowPolicy.builder()
                    .redrivePermission(RedrivePermission.BY_QUEUE)
                    .sourceQueues(
                        List.of(
                            Queue.fromQueueArn(this, "Source-" + spec.name(), arn(spec.name()))))
                    .build())
            .build();
    Queue queue =
        Queue.Builder.create(this, "Queue-" + spec.name())
            .queueName(spec.name())
            .visibilityTimeout(seconds(spec.visibility()))
            .retentionPeriod(seconds(spec.retention()))
            .maxMessageSizeBytes(spec.maxMessageBytes())
            .encryption(QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .deadLetterQueue(
                DeadLetterQueue.builder()
                    .queue(dead)
                    .maxReceiveCount(spec.maxReceiveCount())
                    .build())
            .build();
    Findings.accept(
        dead, "Serverless-SQSRedrivePolicy", "It is the dead-letter queue; nothing comes after it");
    queues.put(spec.name(), queue);
    queues.put(spec.deadLetterQueue(), dead);
  }

  private String arn(String queue) {
    return "arn:" + Aws.PARTITION + ":sqs:" + Aws.REGION + ":" + Aws.ACCOUNT_ID + ":" + queue;
  }

  private static Duration seconds(java.time.Duration duration) {
    return Duration.seconds(duration.toSeconds());
  }

  /**
   * Notifications stand in the buckets' own templates: no function with rights on all buckets has
   * to put them there. S3 tries the queue when it gets the configuration, so its policy comes
   * first, and names the bucket by its name.
   */
  private void notify(List<NotificationSpec> notifications) {
    Map<Bucket, List<CfnBucket.QueueConfigurationProperty>> byBucket = new LinkedHashMap<>();
    for (NotificationSpec spec : notifications) {
      Bucket bucket = bucket(spec.bucket());
      Queue queue = queue(spec.queue());
      queue.addToResourcePolicy(
          PolicyStatement.Builder.create()
              .sid("Announce-" + spec.id())
              .principals(List.of(new ServicePrincipal("s3.amazonaws.com")))
              .actions(List.of("sqs:SendMessage"))
              .resources(List.of(queue.getQueueArn()))
              .conditions(
                  Ordered.map(
                      "ArnEquals",
                      Map.of(
                          "aws:SourceArn",
                          "arn:" + Aws.PARTITION + ":s3:::" + physicalName(spec.bucket())),
                      "StringEquals",
                      OwnAccount.condition()))
              .build());
      for (String event : spec.events()) {
        byBucket
            .computeIfAbsent(bucket, b -> new ArrayList<>())
            .add(
                CfnBucket.QueueConfigurationProperty.builder()
                    .event(event)
                    .queue(queue.getQueueArn())
                    .build());
      }
      cfn(bucket).getNode().addDependency(queue);
    }
    byBucket.forEach((bucket, configurations) ->
        cfn(bucket)
            .setNotificationConfiguration(
                CfnBucket.NotificationConfigurationProperty.builder()
                    .queueConfigurations(configurations)
                    .build()));
  }

  private Bucket bucket(String name) {
    if (name.equals(layout.rawBucket())) {
      return raw;
    }
    throw new IllegalArgumentException(
        "Cannot notify of a bucket that is not the raw one: " + name);
  }

  private void output(String id, String value, String description) {
    CfnOutput.Builder.create(this, id).value(value).description(description).build();
  }
}
