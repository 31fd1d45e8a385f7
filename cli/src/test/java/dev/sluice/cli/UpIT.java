package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice up} in a process of its own, ended as users end it. */
class UpIT {
  private static final Pattern ENDPOINT = Pattern.compile("answers at (http://127.0.0.1:\\d+)");

  @TempDir Path folder;

  private final Recorder sluice = new Recorder();
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void uploadsAreShownAndOutliveTheProcess() throws Exception {
    Process first = up("first.log");
    String endpoint = await("first.log", ENDPOINT).group(1);
    assertThat(
            sluice.run(
                "simulate",
                "sensors",
                "--records",
                100,
                "--bad",
                "0.1",
                "--out",
                "s3://sluice-raw/sensors/a b.json.gz",
                "--endpoint",
                endpoint))
        .as(sluice::err)
        .isZero();
    Matcher line =
        await("first.log", Pattern.compile("sensors/a b\\.json\\.gz  (\\d+) records, (\\d+) quar"));
    assertThat(Integer.parseInt(line.group(1)) + Integer.parseInt(line.group(2))).isEqualTo(100);

    first.destroyForcibly().waitFor();
    Process second = up("second.log");
    String other = await("second.log", ENDPOINT).group(1);

    assertThat(
            sluice.run(
                "sql",
                "--format",
                "csv",
                "--endpoint",
                other,
                "SELECT count(*) AS n FROM silver.sensors"))
        .as(sluice::err)
        .isZero();
    assertThat(sluice.out().lines()).containsExactly("n", line.group(1));

    List<ProcessHandle> children = second.descendants().toList();
    second.destroy();
    assertThat(second.waitFor(20, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle child : children) {
      child.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();

      assertThat(sluice.run("up", "--port", port, "--data", folder.resolve("data")))
          .isEqualTo(Main.FAILED);

      assertThat(sluice.err()).contains("port " + port).contains("in use").contains("--port");
    }
  }

  private Process up(String log) throws IOException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
            java.toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dsluice.root=" + System.getProperty("sluice.root"),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "up",
            "--port",
            "0",
            "--data",
            folder.resolve("data").toString());
    builder.environment().putAll(Map.of("NO_COLOR", "1"));
    Process process =
        builder.redirectErrorStream(true).redirectOutput(folder.resolve(log).toFile()).start();
    started.add(process);
    return process;
  }

  private Matcher await(String log, Pattern pattern) throws IOException, InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (true) {
      String text = Files.readString(folder.resolve(log));
      Matcher matcher = pattern.matcher(text);
      if (matcher.find()) {
        return matcher;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(pattern + " does not appear in: " + text);
      }
      Thread.sleep(50);
    }
  }
}
