package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateCommandTest {
  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  @ParameterizedTest
  @ValueSource(strings = {"sensors", "receipts", "transactions", "clickstream"})
  void recordsGoToStandardOutput(String dataset) {
    assertThat(sluice.run("simulate", dataset, "--records", 7)).isZero();

    assertThat(sluice.out().lines()).hasSize(7).allSatisfy(Json::parseObject);
    assertThat(sluice.err()).isEmpty();
  }

  @Test
  void theSameSeedGivesTheSameBytesAnotherOneOthers() {
    sluice.run("simulate", "sensors", "--records", 20, "--seed", 1);
    byte[] first = sluice.outBytes();
    sluice.run("simulate", "sensors", "--records", 20, "--seed", 1);
    assertThat(sluice.outBytes()).isEqualTo(first);
    sluice.run("simulate", "sensors", "--records", 20, "--seed", 2);
    assertThat(sluice.outBytes()).isNotEqualTo(first);
  }

  @Test
  void aNameThatEndsInGzIsCompressed() throws IOException {
    Path file = folder.resolve("new/a.json.gz");

    assertThat(sluice.run("simulate", "sensors", "--records", 5, "--out", file)).isZero();

    assertThat(sluice.out()).isEmpty();
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()).hasSize(5);
    }
  }

  @Test
  void theTruthCountsTheBadRecords() throws IOException {
    Path truth = folder.resolve("truth.json");

    sluice.run("simulate", "receipts", "--records", 200, "--bad", 0.5, "--truth", truth);

    var known = Json.parseObject(Files.readString(truth));
    assertThat(known).containsEntry("records", 200L).containsKeys("reasons", "answers");
    assertThat((Long) known.get("bad")).isBetween(50L, 150L);
  }

  @Test
  void aRateIsKept() {
    long start = System.nanoTime();
    assertThat(sluice.run("simulate", "sensors", "--records", 30, "--rate", "100/s")).isZero();
    assertThat(sluice.out().lines()).hasSize(30);
    assertThat(System.nanoTime() - start).isGreaterThan(200_000_000L);
  }

  @Test
  void nonsenseIsRefusedInOneSentence() {
    assertThat(sluice.run("simulate", "weather", "--records", 1)).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("weather").contains("sensors, receipts");

    assertThat(sluice.run("simulate", "sensors", "--records", 1, "--rate", "fast"))
        .isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("for instance 500/s: fast");

    assertThat(sluice.run("simulate", "sensors", "--records", 1, "--out", "s3://bucket"))
        .isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("s3://bucket/key");

    assertThat(sluice.run("simulate", "sensors")).isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("--records").contains("./sluice simulate --help");
  }
}
