package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsNode
class StorageIT {
  private static final Registry REGISTRY = Registry.standard();
  private static final String SUFFIX = "-111122223333-eu-central-1-an";

  private static Synthesis.Resource bucket(String name) {
    return Synthesis.small().resource("AWS::S3::Bucket", "BucketName", name + SUFFIX);
  }

  private static Synthesis.Resource queue(String name) {
    return Synthesis.small().resource("AWS::SQS::Queue", "QueueName", name);
  }

  private static Object resolved(Synthesis.Resource resource, Object... path) {
    return new Intrinsics(Synthesis.small()).resolve(resource, resource.at(path));
  }

  @Test
  void theLakesBucketsAreEncryptedWithItsKey() {
    for (String name : List.of("sluice-raw", "sluice-lake", "sluice-results")) {
      Object rule =
          resolved(bucket(name), "BucketEncryption", "ServerSideEncryptionConfiguration", 0);
      assertThat(rule)
          .isEqualTo(
              Map.of(
                  "BucketKeyEnabled",
                  true,
                  "ServerSideEncryptionByDefault",
                  Map.of(
                      "SSEAlgorithm",
                      "aws:kms",
                      "KMSMasterKeyID",
                      "arn:aws:kms:eu-central-1:111122223333:key/"
                          + Synthesis.small().resources("AWS::KMS::Key").get(0).id())));
    }
  }

  @Test
  void everyBucketIsVersionedPrivateAndItsOwners() {
    List<Synthesis.Resource> buckets = Synthesis.small().resources("AWS::S3::Bucket");
    assertThat(buckets)
        .hasSize(4)
        .allSatisfy(bucket -> {
          assertThat(bucket.at("VersioningConfiguration", "Status")).isEqualTo("Enabled");
          assertThat(bucket.at("PublicAccessBlockConfiguration"))
              .isEqualTo(
                  Map.of(
                      "BlockPublicAcls", true,
                      "BlockPublicPolicy", true,
                      "IgnorePublicAcls", true,
                      "RestrictPublicBuckets", true));
          assertThat(bucket.at("OwnershipControls", "Rules", 0, "ObjectOwnership"))
              .isEqualTo("BucketOwnerEnforced");
          assertThat(bucket.at("BucketNamespace")).isEqualTo("account-regional");
        });
  }

  @Test
  void dataOutlivesTheStack() {
    assertThat(Synthesis.small().resources())
        .filteredOn(r -> List.of("AWS::S3::Bucket", "AWS::KMS::Key").contains(r.type()))
        .hasSize(5)
        .allSatisfy(r -> assertThat(r.json().get("DeletionPolicy")).isEqualTo("Retain"));
  }

  @Test
  void aKeyThatIsThereIsUsedInsteadOfANewOne() {
    String arn = "arn:aws:kms:eu-central-1:111122223333:key/1234";
    Synthesis with = Synthesis.fresh(Synthesis.two(), Map.of("keyArn", arn), Map.of());
    assertThat(with.resources("AWS::KMS::Key")).isEmpty();
    assertThat(with.resources("AWS::S3::Bucket").toString()).contains("KMSMasterKeyID=" + arn);
  }

  @Test
  void oneSwitchAloneDeletesNoData() {
    Map<String, ?> settings = Map.of("keepData", false);
    assertThat(Synthesis.fresh(Synthesis.two(), settings, Map.of()).resources("AWS::S3::Bucket"))
        .allSatisfy(r -> assertThat(r.json().get("DeletionPolicy")).isEqualTo("Retain"));
    assertThat(
            Synthesis.fresh(Synthesis.two(), settings, Map.of("deleteData", "dev"))
                .resources("AWS::S3::Bucket"))
        .allSatisfy(r -> assertThat(r.json().get("DeletionPolicy")).isEqualTo("Delete"));
  }

  @Test
  void aQueueHasTheNumbersOfTheRegistry() {
    for (QueueSpec spec : REGISTRY.queues()) {
      Synthesis.Resource queue = queue(spec.name());
      assertThat(queue.at("VisibilityTimeout")).isEqualTo(spec.visibility().toSeconds());
      assertThat(queue.at("MessageRetentionPeriod")).isEqualTo(spec.retention().toSeconds());
      assertThat(queue.at("MaximumMessageSize")).isEqualTo((long) spec.maxMessageBytes());
      assertThat(queue.at("RedrivePolicy", "maxReceiveCount"))
          .isEqualTo((long) spec.maxReceiveCount());
      assertThat(resolved(queue, "RedrivePolicy", "deadLetterTargetArn"))
          .isEqualTo(arn(spec.deadLetterQueue()));
      Synthesis.Resource dead = queue(spec.deadLetterQueue());
      assertThat(dead.at("MessageRetentionPeriod"))
          .isEqualTo(spec.deadLetterRetention().toSeconds());
      assertThat(resolved(dead, "RedriveAllowPolicy", "sourceQueueArns"))
          .isEqualTo(List.of(arn(spec.name())));
    }
  }

  @Test
  void theRawBucketTellsTheQueueOfEveryEventTheRegistryNames() {
    List<?> told =
        (List<?>)
            resolved(bucket("sluice-raw"), "NotificationConfiguration", "QueueConfigurations");
    List<Object> expected =
        REGISTRY.notifications().stream()
            .flatMap(n ->
                n.events().stream().map(event -> Map.of("Event", event, "Queue", arn(n.queue()))))
            .map(Object.class::cast)
            .toList();
    assertThat(told).isEqualTo(expected);
  }

  @Test
  void theQueueTakesWordOfThatBucketOnlyAndBeforeTheBucketIsMade() {
    Synthesis.Resource raw = bucket("sluice-raw");
    Synthesis.Resource policy =
        Synthesis.small().resources("AWS::SQS::QueuePolicy").stream()
            .filter(p -> p.properties().toString().contains("sqs:SendMessage"))
            .findFirst()
            .orElseThrow();
    assertThat(resolved(policy, "PolicyDocument", "Statement").toString())
        .contains("aws:SourceArn=arn:aws:s3:::sluice-raw" + SUFFIX)
        .contains("aws:SourceAccount=111122223333");
    assertThat((List<?>) raw.json().get("DependsOn")).asString().contains(policy.id());
  }

  @Test
  void nothingButTheRegistrysFunctionsRuns() {
    assertThat(Synthesis.small().resources("AWS::Lambda::Function"))
        .hasSameSizeAs(REGISTRY.functions());
    assertThat(Synthesis.small().resources()).noneMatch(r -> r.type().startsWith("Custom::"));
  }

  private static String arn(String queue) {
    return "arn:aws:sqs:eu-central-1:111122223333:" + queue;
  }
}
