package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  private int run(String... args) {
    return Main.run(
        new Place(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            folder,
            folder.resolve("work")),
        args);
  }

  @Test
  void whatIsNotPossibleIsRefusedAtOnce() {
    assertThat(run("convert", "--threads", "2", "--runs", "0", "--peers", "spark")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--runs must be 1 to 1000: 0")
        .contains("--peers must have duckdb")
        .contains("more are measured by bench threads: 2");
    assertThat(run("reliability", "--kills", "0", "--interruptions", "9")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--kills must be 1 to 100000: 0; --interruptions must be 1 to 4: 9");
    assertThat(run("jobs", "--events", "100,0", "--runs", "0", "--memory", "lots")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--events must be 1 to 1000000000: 0; --runs must be 1 to 1000: 0")
        .contains("--memory must be like 3g or 800m: lots");
    assertThat(run("start", "--runs", "0")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--runs must be at least 1");
    assertThat(folder.resolve("docs")).doesNotExist();
  }

  @Test
  void everyCommandExplainsItself() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(
            "convert", "threads", "memory", "formats", "micro", "jobs", "start", "reliability");
    assertThat(run("convert", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--records-scale");
  }

  @Test
  void aCommandLineWithoutSenseAnswersTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("convert", "--workload", "tweets")).isEqualTo(2);
  }
}
