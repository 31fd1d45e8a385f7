package dev.sluice.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import dev.sluice.testing.AwsEndpoint;
import dev.sluice.testing.FakeEmr;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that is deployed: what it carries, and that it works alone. */
class DeployableJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("sluice.root"), "functions/launch/target/sluice-launch.jar");

  @TempDir Path folder;

  @Test
  void itCarriesOnlyWhatItNeeds() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      names = jar.stream().map(java.util.zip.ZipEntry::getName).toList();
    }
    System.out.printf("sluice-launch.jar: %,d bytes, %,d entries%n", Files.size(JAR), names.size());

    assertThat(names)
        .contains(
            "dev/sluice/launch/LaunchHandler.class",
            "dev/sluice/launch/RecordHandler.class",
            "dev/sluice/slots/Launcher.class")
        .doesNotHaveDuplicates();
    assertThat(names)
        .noneMatch(name ->
            name.startsWith("software/amazon/awssdk/services/emr/")
                || name.startsWith("dev/sluice/convert/")
                || name.startsWith("dev/sluice/testing/")
                || name.startsWith("io/netty/")
                || name.startsWith("org/junit/"));
    assertThat(Files.size(JAR)).as("bytes of the jar").isLessThan(9L << 20);
  }

  @Test
  void itLaunchesAndReconcilesOverTheWire() throws Exception {
    Clock clock = Clock.systemUTC();
    InMemoryObjectStore store =
        new InMemoryObjectStore(clock, FaultHook.NONE, 100).bucket("the-lake", true);
    FakeEmr emr = new FakeEmr(clock, FaultHook.NONE, Duration.ZERO);
    try (AwsEndpoint endpoint =
        new AwsEndpoint(store, new FakePartitionRegistrar(FaultHook.NONE), emr)) {
      List<String> answers =
          invoke(endpoint).lines().filter(line -> line.startsWith("answer ")).toList();

      assertThat(Json.parseObject(answers.get(0).substring(7)))
          .isEqualTo(Map.of("run", "readings.totals.20261121T020000Z.1", "status", "RUNNING"));
      assertThat(Json.parseObject(answers.get(1).substring(7)))
          .isEqualTo(Map.of("complete", true, "open", 1L, "missed", 0L));
      assertThat(emr.requests()).hasSize(1);
      assertThat(store.keys("the-lake", "ops/"))
          .containsExactly(
              "ops/job_heads/readings.totals.json",
              "ops/job_runs/dataset=readings/totals.20261121T020000Z.1.json",
              "ops/job_slots/readings.totals.20261121T020000Z.1.json",
              "ops/launch.json");
    }
  }

  private Path declarations() throws IOException {
    Path jobs = Files.createDirectories(folder.resolve("declared/readings/jobs"));
    Files.writeString(
        jobs.resolve("totals.yaml"), "title: Totals\nmain: x.Totals\ntables: [{name: totals}]\n");
    Files.writeString(
        jobs.resolveSibling("dataset.yaml"), "name: readings\nschema: s.avsc\njobs: [totals]\n");
    Files.writeString(
        jobs.resolveSibling("s.avsc"),
        """
        {"type": "record", "name": "R", "fields": [{"name": "a", "type": "string"}]}
        """);
    return folder.resolve("declared");
  }

  private String invoke(AwsEndpoint endpoint) throws Exception {
    Path tests = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                JAR + java.io.File.pathSeparator + tests,
                Main.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder.environment().put("AWS_REGION", "us-east-1");
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    builder.environment().put("AWS_ENDPOINT_URL", endpoint.uri().toString());
    builder.environment().put("SLUICE_DATASETS", declarations().toString());
    builder.environment().put("SLUICE_RAW_BUCKET", "the-raw");
    builder.environment().put("SLUICE_LAKE_BUCKET", "the-lake");
    builder.environment().put("SLUICE_JOBS_JAR", "s3://the-lake/code/1/sluice-jobs.jar");
    builder.environment().put("SLUICE_JOBS_DATASETS", "s3://the-lake/code/1/datasets.zip");
    builder.environment().put("SLUICE_EMR_SERVICE_ROLE", "role");
    builder.environment().put("SLUICE_EMR_INSTANCE_PROFILE", "profile");
    builder.environment().put("SLUICE_EMR_SUBNETS", "");
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the functions end").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /** Runs in the child: two invocations. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      ByteArrayOutputStream launched = new ByteArrayOutputStream();
      new LaunchHandler()
          .handleRequest(
              stream("{\"job\":\"readings/totals\",\"slot\":\"2026-11-21T02:00:00Z\"}"),
              launched,
              TestContexts.remaining(60_000));
      System.out.println("answer " + launched.toString(StandardCharsets.UTF_8));
      ByteArrayOutputStream reconciled = new ByteArrayOutputStream();
      new RecordHandler()
          .handleRequest(
              stream("{\"reconcile\":true}"), reconciled, TestContexts.remaining(60_000));
      System.out.println("answer " + reconciled.toString(StandardCharsets.UTF_8));
    }

    private static ByteArrayInputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
  }
}
