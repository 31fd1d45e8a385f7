package dev.sluice.jobs;

import static dev.sluice.jobs.SharedSpark.spark;

import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import dev.sluice.simulate.Truth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** Simulated records of the shipped datasets, and lakes for them. */
public final class Simulated {
  private Simulated() {}

  /** Every record, one line each. */
  public static List<String> lines(String dataset, SimulationOptions options) {
    Simulation simulation = Simulators.start(dataset, options);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    while (simulation.next(line)) {
      lines.add(line.toString());
    }
    return lines;
  }

  /** What is true about {@link #lines}. */
  public static Truth truth(String dataset, SimulationOptions options) {
    Simulation simulation = Simulators.start(dataset, options);
    StringBuilder line = new StringBuilder();
    while (simulation.next(line)) {
      // The truth grows with each.
    }
    return simulation.truth();
  }

  /** A lake of the shipped datasets, and a place for gold tables. */
  public static TestLake lake(Path folder) throws IOException {
    spark().sql("CREATE NAMESPACE IF NOT EXISTS sluice.gold");
    return new TestLake(folder, SharedSpark.ROOT.resolve("datasets"));
  }

  /** Leaves no gold table for the next test. */
  public static void dropGold() {
    for (Row table : spark().sql("SHOW TABLES IN sluice.gold").collectAsList()) {
      spark().sql("DROP TABLE sluice.gold." + table.getString(1));
    }
  }
}
