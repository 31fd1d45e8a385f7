package dev.sluice.benchmarks.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.Stats;
import dev.sluice.model.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobsReportTest {
  private static JobsRun.Size size(long events, double warm) {
    return new JobsRun.Size(
        events,
        1_000_000,
        4,
        20,
        new Stats(warm, warm + 1, warm + 2),
        new Stats(warm * 2),
        1_500_000_000,
        new Stats(0.5),
        new Stats(1),
        "4.1",
        "v2",
        Map.of("fact_sessions", events / 10),
        Map.of("fact_sessions", 1.5),
        77);
  }

  private static JobsReport report() {
    return new JobsReport(
        Machine.look(), "2026-11-21", 3, 2, "3g", 42, List.of(size(100, 9), size(1_000, 79)));
  }

  @Test
  void aSizeIsALineAndSaysHowMuchLongerItTookThanTheOneBefore() {
    assertThat(report().markdown())
        .contains(
            "Written by `./sluice bench jobs --events 100,1000 --runs 3 --memory 3g --cores 2 --seed"
                + " 42` on 2026-11-21.",
            "| 100 | 10 | 1.00 MB | 4.00 s | 20.0 s | **10.0 (9.00–11.0) s** | 18.0 (18.0–18.0) |"
                + " 1.50 GB | 0.50 (0.50–0.50) s |  |  |",
            "| 1,000 | 100 | 1.00 MB | 4.00 s | 20.0 s | **80.0 (79.0–81.0) s** | 158 (158–158) |"
                + " 1.50 GB | 0.50 (0.50–0.50) s | 10.0× | 8.00× |",
            "| fact_sessions | 10 | 1.50 | 100 | 1.50 |")
        .anyMatch(line -> line.contains("(154 values compared)"));
  }

  @Test
  void everyFigureIsThereForMachines() {
    assertThat(Json.write(report().toJson()))
        .contains("\"events\":1000", "\"peak_bytes\":1500000000", "\"values_compared\":77");
  }
}
