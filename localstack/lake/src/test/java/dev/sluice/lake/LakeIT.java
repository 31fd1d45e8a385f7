package dev.sluice.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.lambda.TestFunction;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.EventRuleSpec;
import dev.sluice.model.registry.FunctionSpec;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.NotificationSpec;
import dev.sluice.model.registry.QueueSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.model.registry.ScheduleSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class LakeIT {
  @TempDir Path home;

  @BeforeEach
  void build() {
    TestFunction.jar(home);
  }

  static LakeSettings settings(Path home) {
    return LakeSettings.defaults(home)
        .withPort(0)
        .withData(home.resolve("data"))
        .withDatasets(Path.of(System.getProperty("sluice.root")).resolve("datasets"))
        .withWarm(false)
        .withRetryAfter(Duration.ofMillis(500));
  }

  /** As deployed, with a function of the test in ingest's place. */
  static Registry registry() {
    LakeLayout layout = LakeLayout.defaults();
    return new Registry(
        layout,
        List.of(function("tester"), function("launch")),
        List.of(
            new QueueSpec(
                "q",
                "tester",
                Duration.ofSeconds(60),
                Duration.ofDays(4),
                5,
                "q-dead",
                Duration.ofDays(14),
                10,
                Duration.ZERO,
                2,
                1 << 18)),
        List.of(new NotificationSpec("n", layout.rawBucket(), "q", List.of("s3:ObjectCreated:*"))),
        List.of(
            new ScheduleSpec(
                "s", "tester", Duration.ofHours(1), "{\"a\":\"{\\\"key\\\":\\\"scheduled\\\"}\"}")),
        List.of(
            new EventRuleSpec(
                "r", "tester", "aws.emr", List.of("EMR Cluster State Change", "other"))));
  }

  private static FunctionSpec function(String name) {
    return new FunctionSpec(
        name,
        TestFunction.class.getName() + "::handle",
        "function.jar",
        128,
        Duration.ofSeconds(10),
        List.of(Registry.ENV_LAKE_BUCKET));
  }

  Lake start() {
    return Lake.start(settings(home), registry(), new NoEngine(), new NoSteps());
  }

  static S3Client s3(URI uri) {
    return Clients.client(S3Client.builder().forcePathStyle(true), uri);
  }

  static Map<QueueAttributeName, String> queue(URI uri, String name) {
    try (SqsClient sqs = Clients.client(SqsClient.builder(), uri)) {
      String url = sqs.getQueueUrl(r -> r.queueName(name)).queueUrl();
      return sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
          .attributes();
    }
  }

  static boolean drained(URI uri) {
    Map<QueueAttributeName, String> attributes = queue(uri, "q");
    return attributes.get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES).equals("0")
        && attributes
            .get(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)
            .equals("0");
  }

  static Set<String> seen(S3Client s3) {
    Set<String> keys = new TreeSet<>();
    s3.listObjectsV2Paginator(r -> r.bucket("sluice-lake").prefix("seen/"))
        .contents()
        .forEach(object -> keys.add(object.key().substring("seen/".length())));
    return keys;
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.sleep(20);
    }
  }

  static void upload(S3Client s3, String key) {
    s3.putObject(r -> r.bucket("sluice-raw").key(key), RequestBody.fromString("{}"));
  }

  @Test
  void anUploadReachesTheFunctionAndItsResultTheLake() throws Exception {
    try (Lake lake = start();
        S3Client s3 = s3(lake.url())) {
      assertThat(s3.getBucketVersioning(r -> r.bucket("sluice-raw")).status())
          .isEqualTo(BucketVersioningStatus.ENABLED);
      upload(s3, "sensors/a.json");
      await(() -> seen(s3).equals(Set.of("sensors/a.json")));
      await(() -> drained(lake.url()));
      assertThat(lake.children()).isNotEmpty();
    }
  }

  @Test
  void aScheduleCallsItsFunctionWithItsInput() throws Exception {
    LakeSettings often = settings(home).withScheduleEvery(Duration.ofMillis(200));
    try (Lake lake = Lake.start(often, registry(), new NoEngine(), new NoSteps());
        S3Client s3 = s3(lake.url())) {
      await(() -> seen(s3).equals(Set.of("scheduled")));
      s3.deleteObject(r -> r.bucket("sluice-lake").key("seen/scheduled"));
      await(() -> seen(s3).equals(Set.of("scheduled")));
    }
  }

  @Test
  void whatBecomesOfAClusterIsToldToTheFunctionThatARuleNames() throws Exception {
    try (Lake lake = start();
        S3Client s3 = s3(lake.url());
        EmrClient emr = Clients.client(EmrClient.builder(), lake.url())) {
      emr.runJobFlow(r ->
          r.name("{\"key\":\"told\"}")
              .releaseLabel("emr-spark-8.1.0")
              .instances(i -> i.instanceCount(1)));
      await(() -> seen(s3).equals(Set.of("told")));
    }
  }

  @Test
  void anAdvanceOfTheClockLaunchesTheSlotsOfTheDeclaredJobs() throws Exception {
    try (Lake lake = start();
        S3Client s3 = s3(lake.url());
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(lake.url().resolve("/_sluice/clock"))
              .POST(HttpRequest.BodyPublishers.ofString("{\"advance\":\"PT24H\"}"));
      assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode())
          .as("as a page in a browser could send it")
          .isEqualTo(405);
      HttpResponse<String> response =
          http.send(
              request.header("Content-Type", "application/json").build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Set<String> fired = new TreeSet<>();
      for (Object each : (List<?>) Json.parseObject(response.body()).get("slots")) {
        Map<?, ?> slot = (Map<?, ?>) each;
        fired.add(slot.get("job") + "/" + slot.get("slot"));
      }
      assertThat(fired).anyMatch(slot -> slot.startsWith("clickstream/warehouse/"));
      await(() -> seen(s3).equals(fired));
    }
  }

  @Test
  void theDeclaredDatasetsAreTables() throws Exception {
    try (Lake lake = start();
        GlueClient glue = Clients.client(GlueClient.builder(), lake.url())) {
      Set<String> databases = new TreeSet<>();
      glue.getDatabases(r -> {}).databaseList().forEach(d -> databases.add(d.name()));
      assertThat(databases).contains("silver", "gold", "ops");
      assertThat(
              glue.getTable(r -> r.databaseName("silver").name("sensors"))
                  .table()
                  .storageDescriptor()
                  .location())
          .isEqualTo("s3://sluice-lake/silver/sensors/");
    }
  }

  @Test
  void aRestartFindsEverythingAndSetsNothingUpAgain() throws Exception {
    List<Long> children;
    try (Lake lake = start();
        S3Client s3 = s3(lake.url())) {
      upload(s3, "sensors/a.json");
      await(() -> seen(s3).size() == 1);
      await(() -> drained(lake.url()));
      children = lake.children();
    }
    assertThat(children)
        .isNotEmpty()
        .allMatch(pid -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    try (Lake lake = start();
        S3Client s3 = s3(lake.url())) {
      assertThat(seen(s3)).containsExactly("sensors/a.json");
      assertThat(drained(lake.url())).as("no second test event").isTrue();
      upload(s3, "sensors/b.json");
      await(() -> seen(s3).size() == 2);
    }
  }

  @Test
  void whatIsInTheWayIsSaidClearly() throws Exception {
    try (Lake lake = start()) {
      assertThatThrownBy(this::start)
          .isInstanceOf(SluiceException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("--data");
      LakeSettings other =
          settings(home).withData(home.resolve("other")).withPort(lake.url().getPort());
      assertThatThrownBy(() -> Lake.start(other, registry(), new NoEngine(), new NoSteps()))
          .isInstanceOf(SluiceException.class)
          .hasMessageContaining("port " + lake.url().getPort());
      // Nothing of the failed start holds the folder.
      Lake.start(other.withPort(0), registry(), new NoEngine(), new NoSteps()).close();
    }
    Files.delete(home.resolve("function.jar"));
    assertThatThrownBy(this::start)
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("function.jar")
        .hasMessageContaining("./mvnw package");
  }

  /** A lake in a process of its own. */
  public static final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
      Path home = Path.of(args[0]);
      Lake lake = Lake.start(settings(home), registry(), new NoEngine(), new NoSteps());
      Files.writeString(home.resolve("url.new"), lake.url().toString());
      Files.move(home.resolve("url.new"), home.resolve("url"));
      while (true) {
        Files.writeString(home.resolve("children"), lake.children().toString());
        Thread.sleep(10);
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesSigkill() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsluice.root=" + System.getProperty("sluice.root"),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                home.toString())
            .inheritIO()
            .start();
    Set<String> acknowledged = new TreeSet<>();
    List<ProcessHandle> children = new ArrayList<>();
    try {
      await(() -> Files.exists(home.resolve("url")) || !process.isAlive());
      URI uri = URI.create(Files.readString(home.resolve("url")));
      try (S3Client s3 = s3(uri)) {
        for (int i = 0; i < 60; i++) {
          upload(s3, "sensors/" + i + ".json");
          acknowledged.add("sensors/" + i + ".json");
        }
        await(() -> !children(home).isEmpty());
        children.addAll(children(home));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    await(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    try (Lake lake = start();
        S3Client s3 = s3(lake.url())) {
      await(() -> seen(s3).equals(acknowledged));
      await(() -> drained(lake.url()));
      assertThat(queue(lake.url(), "q-dead"))
          .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0");
    }
  }

  static List<ProcessHandle> children(Path home) {
    List<ProcessHandle> handles = new ArrayList<>();
    try {
      String text = Files.readString(home.resolve("children")).replaceAll("[\\[\\] ]", "");
      for (String pid : text.split(",")) {
        if (!pid.isEmpty()) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(handles::add);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return handles;
  }
}
