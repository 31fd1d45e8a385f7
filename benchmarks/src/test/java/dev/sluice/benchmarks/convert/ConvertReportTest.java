package dev.sluice.benchmarks.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Stats;
import dev.sluice.convert.Codec;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertReportTest {
  private static final ConvertReport REPORT =
      new ConvertReport(
          new Machine("cpu", 2, 1 << 30, "os", "java", List.of(), 0.5, Map.of("duckdb", "2")),
          "v2",
          "",
          new ConvertRun.Plan(
              0.5,
              2,
              42,
              List.of(Codec.SNAPPY),
              1,
              List.of(Contestant.DUCKDB, Contestant.TEXTBOOK, Contestant.SPARK, Contestant.POLARS),
              false),
          Map.of(Contestant.SPARK, "4"),
          Map.of(Contestant.POLARS, "Cannot install: no npm\nand more"),
          List.of(
              new ConvertRun.Result(
                  "sensors",
                  10,
                  500_000_000,
                  12,
                  List.of(
                      new ConvertRun.Warm(
                          Codec.SNAPPY,
                          Map.of(
                              "sluice", figures(1, 2, 90),
                              "duckdb", figures(4, 4, 100),
                              "textbook", figures(20, 20, 80),
                              "spark", figures(8, 8, 180)))),
                  new ConvertRun.Cold(
                      1000,
                      new Stats(2, 2),
                      new Stats(1, 1),
                      new Stats(0.8, 0.8),
                      new Stats(1, 1),
                      10,
                      new Stats(0.5, 0.5),
                      new Stats(0.25, 0.25)))),
          List.of());

  private static ConvertRun.Figures figures(double first, double second, long bytes) {
    return new ConvertRun.Figures(new Stats(first, second), new Stats(first, second), bytes, 30);
  }

  @Test
  void theSummaryHasTheFourRatiosOfEachWorkload() {
    assertThat(Json.write(REPORT.summary()))
        .isEqualTo(
            "{\"workloads\":[{\"workload\":\"sensors\",\"ratio_to_duckdb_cpu\":3.0,"
                + "\"ratio_to_textbook_cpu\":15.0,\"cpu_seconds_per_gb\":3.0,"
                + "\"output_ratio\":0.9,\"ratio_to_spark_cpu\":6.0}]}");
  }

  @Test
  void everyRunIsInTheFullReport() {
    assertThat(Json.write(REPORT.full()))
        .contains("\"cpu_seconds\":{\"median\":1.5,\"min\":1.0,\"max\":2.0,\"runs\":[1.0,2.0]}")
        .contains("\"date\":\"not given\"")
        .contains("\"ratio_to_duckdb_cpu\":{\"median\":0.5");
  }

  @Test
  void theSectionNamesMachineParametersAndSpread() {
    assertThat(String.join("\n", REPORT.markdown()))
        .contains(
            "--records-scale 0.5 --runs 2 --cold-megabytes 1 --peers duckdb,textbook,spark,polars --seed 42`; no date")
        .doesNotContain("steps of 10 ms")
        .contains("cpu, 2 cores")
        .contains("**3.00 (2.00–4.00)**")
        .contains("no date was given");
  }

  @Test
  void othersAreListedWithWhatTheyDoNotDoAndWhoIsMissingWithTheReason() {
    assertThat(REPORT.markdown())
        .contains(
            "| sensors | snappy | Spark | 16.0 (16.0–16.0) | 6.00 (4.00–8.00) |"
                + " 6.00 (4.00–8.00) | 0.50 | 30 |")
        .contains("Not measured: Polars. Cannot install: no npm")
        .anyMatch(line -> line.contains("Spark 4 leaves lines that do not fit out"));
  }

  @Test
  void theHistoryHasALineForEachRun(@TempDir Path folder) throws IOException {
    History history = new History(folder.resolve("results/history.ndjson"));
    assertThat(history.read()).isEmpty();

    history.append(REPORT.entry());
    history.append(REPORT.entry());

    assertThat(Files.readAllLines(history.file())).hasSize(2);
    assertThat(History.lines(history.read()))
        .containsExactly(
            "| date | scale | sensors: DuckDB / ours | sensors: CPU-s per GB | machine |",
            "|---|---|---|---|---|",
            "| not given | 0.5 | 3.00 | 3.00 | cpu, 2 cores |",
            "| not given | 0.5 | 3.00 | 3.00 | cpu, 2 cores |");
  }

  @Test
  void smallInputsAreConvertedMoreOftenUntilPeersAreWarm() {
    assertThat(ConvertRun.passes("sluice", 100_000_000)).isEqualTo(10);
    assertThat(ConvertRun.passes("sluice", 440_000_000)).isEqualTo(3);
    assertThat(ConvertRun.passes("duckdb", 1)).isEqualTo(1);
  }
}
