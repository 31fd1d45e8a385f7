package dev.sluice.ingest;

import static dev.sluice.books.World.raw;
import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.books.World;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.testing.AwsEndpoint;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that is deployed: what it carries, and that it works alone. */
class DeployableJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("sluice.root"), "functions/ingest/target/sluice-ingest.jar");

  @TempDir Path folder;

  @Test
  void itCarriesOnlyWhatItNeeds() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      names = jar.stream().map(java.util.zip.ZipEntry::getName).toList();
      assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
          .isNotBlank();
    }
    System.out.printf("sluice-ingest.jar: %,d bytes, %,d entries%n", Files.size(JAR), names.size());

    assertThat(names)
        .contains("dev/sluice/ingest/IngestHandler.class")
        // The runtime client's serializer of events loads it by name, whatever the event.
        .contains("org/joda/time/DateTime.class")
        .doesNotHaveDuplicates();
    assertThat(names)
        .noneMatch(name ->
            name.startsWith("org/apache/hadoop/")
                || name.startsWith("org/apache/avro/")
                || name.startsWith("org/apache/http/")
                || name.startsWith("io/netty/")
                || name.startsWith("org/joda/time/tz/data/")
                || name.startsWith("software/amazon/awssdk/services/glue/")
                || name.startsWith("dev/sluice/testing/")
                || name.startsWith("org/junit/"));
    assertThat(Files.size(JAR)).as("bytes of the jar").isLessThan(15L << 20);
  }

  @Test
  void itLoadsAnUploadOverTheWire() throws Exception {
    loadsTwoAndQuarantinesOne(".json", reading(1, "a", 1) + reading(2, "b", 2) + "bad\n");
  }

  @Test
  void itLoadsCsvOverTheWire() throws Exception {
    loadsTwoAndQuarantinesOne(
        ".csv",
        """
        at,room,value,id
        2026-11-20T10:00:00Z,a,1,r1
        2026-11-20T11:00:00Z,b,"2",r2
        bad
        """);
  }

  private void loadsTwoAndQuarantinesOne(String suffix, String text) throws Exception {
    World world = new World(folder, false);
    try (AwsEndpoint endpoint = new AwsEndpoint(world.store, world.partitions)) {
      String key = "readings/caf\u00e9 name+1 100%" + suffix;
      String etag = world.store.upload(raw(key), text.getBytes(StandardCharsets.UTF_8)).etag();
      Path body =
          Files.writeString(
              folder.resolve("body.json"),
              EnvelopesTest.event("s3.json")
                  .replace("dt%3D2026-01-01/", "")
                  .replace(".json\"", suffix + "\"")
                  .replace("d41d8cd98f00b204e9800998ecf8427e", etag)
                  .replace("\"versionId\":\"096fKKXTRTtl3on89fVO.nfljtsv6qko\",", ""));

      for (String expected : List.of("LOADED", "VERIFIED")) {
        assertThat(invoke(endpoint, body)).contains("\"action\":\"" + expected + "\"");
      }

      LedgerEntry entry = world.entry(key);
      assertThat(entry.status()).isEqualTo(LedgerEntry.Status.LOADED_WITH_QUARANTINE);
      assertThat(entry.recordsWritten()).isEqualTo(2);
      assertThat(entry.functionVersion()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
      assertThat(world.partitions.registered()).hasSize(3);
      world.assertBalanced();
    }
  }

  private String invoke(AwsEndpoint endpoint, Path body)
      throws IOException, InterruptedException, URISyntaxException {
    Path tests = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    // Of the test's classes only Main is asked for; everything else comes out of the jar.
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                JAR + java.io.File.pathSeparator + tests,
                Main.class.getName(),
                body.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_REGION",
                "us-east-1",
                "AWS_ACCESS_KEY_ID",
                "test",
                "AWS_SECRET_ACCESS_KEY",
                "test",
                "AWS_ENDPOINT_URL",
                endpoint.uri().toString(),
                "SLUICE_DATASETS",
                World.declarations(folder.resolve("declared")).toString(),
                "SLUICE_RAW_BUCKET",
                World.RAW,
                "SLUICE_LAKE_BUCKET",
                World.LAKE,
                "SLUICE_SCRATCH",
                folder.resolve("scratch").toString()));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the function ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /** Runs in the child: one invocation with one message. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
      message.setMessageId("m");
      message.setBody(Files.readString(Path.of(args[0])));
      SQSEvent batch = new SQSEvent();
      batch.setRecords(List.of(message));
      SQSBatchResponse response =
          new IngestHandler().handleRequest(batch, new TestContext(() -> 60_000));
      System.exit(response.getBatchItemFailures().isEmpty() ? 0 : 1);
    }
  }
}
