package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
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
      Path.of(System.getProperty("sluice.root"), "functions/query/target/sluice-query.jar");

  @TempDir Path folder;

  @Test
  void itCarriesOnlyWhatItNeeds() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      names = jar.stream().map(java.util.zip.ZipEntry::getName).toList();
    }
    System.out.printf("sluice-query.jar: %,d bytes, %,d entries%n", Files.size(JAR), names.size());

    assertThat(names)
        .contains(
            "dev/sluice/query/QueryHandler.class",
            "dev/sluice/query/page.html",
            "io/trino/sql/parser/SqlParser.class")
        .doesNotHaveDuplicates();
    assertThat(names)
        .noneMatch(name ->
            name.startsWith("software/amazon/awssdk/services/")
                || name.endsWith(".so")
                || name.startsWith("io/netty/")
                || name.startsWith("dev/sluice/testing/")
                || name.startsWith("org/junit/"));
    assertThat(Files.size(JAR)).as("bytes of the jar").isLessThan(8L << 20);
  }

  @Test
  void itAnswersAndParsesAlone() throws Exception {
    // Nobody listens there: what is asked of Athena comes to nothing, and says so.
    List<String> lines =
        run(
            List.of(
                event("GET", "/queries", ""),
                event("POST", "/sql", "{\"sql\":\"DROP TABLE silver.sensors\"}"),
                event("POST", "/sql", "{\"sql\":\"SELECT * FROM silver.sensors\"}")));

    assertThat(lines.get(0)).contains("\"statusCode\":200").contains("clickstream/funnel");
    assertThat(lines.get(1)).contains("\"statusCode\":403").contains("DROP TABLE is no query");
    assertThat(lines.get(2)).contains("\"statusCode\":503").contains("unavailable");
  }

  private static String event(String method, String path, String body) {
    return Json.write(
        Map.of(
            "version",
            "2.0",
            "rawPath",
            path,
            "body",
            body,
            "requestContext",
            Map.of("http", Map.of("method", method), "stage", "$default")));
  }

  private List<String> run(List<String> events) throws Exception {
    Path tests = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path output = folder.resolve("output");
    Path input = Files.write(folder.resolve("input"), events);
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                JAR + java.io.File.pathSeparator + tests,
                Main.class.getName(),
                input.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "AWS_REGION", "us-east-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "test",
                "AWS_ENDPOINT_URL", "http://127.0.0.1:1",
                "SLUICE_DATASETS", Asking.DATASETS.toString(),
                "SLUICE_QUERY_WORKGROUP", "w",
                "SLUICE_QUERY_SQL", "true"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the function ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text.lines().filter(line -> line.contains("statusCode")).toList();
  }

  /** Runs in the child. */
  static final class Main {
    private Main() {}

    public static void main(String[] args) throws IOException {
      QueryHandler handler = new QueryHandler();
      for (String event : Files.readAllLines(Path.of(args[0]))) {
        handler.handleRequest(
            new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
            System.out,
            TestContexts.of("request"));
        System.out.println();
      }
    }
  }
}
