package dev.sluice.audit;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.books.World;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.AuditMetrics;
import dev.sluice.testing.AwsEndpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
      Path.of(System.getProperty("sluice.root"), "functions/audit/target/sluice-audit.jar");

  @TempDir Path folder;

  @Test
  void itCarriesOnlyWhatItNeeds() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      names = jar.stream().map(java.util.zip.ZipEntry::getName).toList();
    }
    System.out.printf("sluice-audit.jar: %,d bytes, %,d entries%n", Files.size(JAR), names.size());

    assertThat(names)
        .contains("dev/sluice/audit/AuditHandler.class", "dev/sluice/convert/Footer.class")
        .doesNotHaveDuplicates();
    assertThat(names)
        .noneMatch(name ->
            name.startsWith("org/apache/hadoop/")
                || name.endsWith(".so")
                || name.startsWith("dev/sluice/convert/Scanner")
                || name.startsWith("io/netty/")
                || name.startsWith("dev/sluice/testing/")
                || name.startsWith("org/junit/"));
    assertThat(Files.size(JAR)).as("bytes of the jar").isLessThan(10L << 20);
  }

  @Test
  void itAuditsAndMendsOverTheWire() throws Exception {
    World world = new World(folder, false);
    world.deliver(world.upload("readings/loaded.json", reading(1, "a", 1) + "bad\n"));
    world.upload("readings/lost.json", reading(2, "b", 2));
    world.clock.advance(Duration.ofHours(3));
    try (AwsEndpoint endpoint = new AwsEndpoint(world.store, world.partitions)) {
      String output = invoke(endpoint);

      List<String> lines = output.lines().toList();
      assertThat(Json.parseObject(lines.get(0)))
          .containsEntry(AuditMetrics.OBJECTS, 2L)
          .containsEntry(AuditMetrics.UNANNOUNCED, 1L)
          .containsEntry(AuditMetrics.UNBALANCED, 0L)
          .containsEntry(AuditMetrics.MISSING_FILES, 0L)
          .containsEntry(AuditMetrics.COMPLETE, 1L);
      assertThat(Json.parseObject(lines.get(1)))
          .containsEntry("found", Map.of("UNANNOUNCED", 1L))
          .containsEntry("redriven", 1L);
      assertThat(endpoint.messages())
          .singleElement()
          .asString()
          .contains("/the-queue ")
          .contains("readings%2Flost.json");
      world.sent.add(endpoint.messages().get(0).split(" ", 2)[1]);
      world.hints().forEach(world::deliver);
      world.assertBalanced();
    }
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
                "SLUICE_INGEST_QUEUE",
                "the-queue",
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

  /** Runs in the child: one invocation. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      new AuditHandler()
          .handleRequest(
              // The clock of what was uploaded is the test's.
              new ByteArrayInputStream("{\"full\":true}".getBytes(StandardCharsets.UTF_8)),
              System.out,
              TestContexts.remaining(60_000));
    }
  }
}
