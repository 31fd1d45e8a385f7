package dev.sluice.jobs;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.SharedSpark.spark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.simulate.Answer;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped declarations, run on simulated uploads, compared with what the simulator knows. */
class ShippedJobsIT {
  private static final Path DATASETS = SharedSpark.ROOT.resolve("datasets");
  private static final String SLOT = "2026-11-23T02:00:00Z";

  @TempDir Path folder;

  @AfterEach
  void leaveNoTables() {
    for (Row table : spark().sql("SHOW TABLES IN sluice.gold").collectAsList()) {
      spark().sql("DROP TABLE sluice.gold." + table.getString(1));
    }
  }

  @Test
  void everyDeclaredClassIsAJobThatMakesTheDeclaredTables() throws ReflectiveOperationException {
    Jobs jobs = Jobs.load(DATASETS, Datasets.load(DATASETS));
    assertThat(jobs.all()).isNotEmpty();
    for (JobDeclaration job : jobs.all()) {
      if (job.program() instanceof JobDeclaration.Main main) {
        Object made = Class.forName(main.className()).getConstructor().newInstance();
        assertThat(made).isInstanceOf(Job.class);
        assertThat(made.getClass().getMethod("main", String[].class)).isNotNull();
        if (made instanceof GoldJob gold) {
          assertThat(gold.results())
              .as(job.name())
              .extracting(Result::table)
              .containsExactlyInAnyOrderElementsOf(
                  job.tables().stream().map(table -> table.name()).toList());
        }
      }
    }
  }

  private TestLake simulated(String dataset, int records) throws java.io.IOException {
    spark().sql("CREATE NAMESPACE IF NOT EXISTS sluice.gold");
    TestLake lake = new TestLake(folder, DATASETS);
    Simulation simulation = simulation(dataset, records);
    StringBuilder line = new StringBuilder();
    List<String> lines = new ArrayList<>();
    int uploads = 0;
    while (simulation.next(line)) {
      lines.add(line.toString());
      if (lines.size() == records / 4) {
        lake.upload(dataset + "/" + uploads++ + ".json", lines.toArray(String[]::new));
        lines.clear();
      }
    }
    return lake;
  }

  private static Simulation simulation(String dataset, int records) {
    return Simulators.start(dataset, SimulationOptions.defaults().withRecords(records));
  }

  private static List<List<@Nullable Object>> truth(String dataset, int records, String answer) {
    Simulation simulation = simulation(dataset, records);
    StringBuilder line = new StringBuilder();
    while (simulation.next(line)) {
      // To its end.
    }
    Answer known = simulation.truth().answers().get(answer);
    assertThat(known).isNotNull();
    return known.rows();
  }

  private static void same(List<List<@Nullable Object>> found, List<List<@Nullable Object>> known) {
    assertThat(found).hasSameSizeAs(known).isNotEmpty();
    for (int i = 0; i < known.size(); i++) {
      assertThat(found.get(i)).hasSameSizeAs(known.get(i));
      for (int j = 0; j < known.get(i).size(); j++) {
        Object expected = known.get(i).get(j);
        Object actual = found.get(i).get(j);
        if (expected instanceof Double number) {
          assertThat(((Number) java.util.Objects.requireNonNull(actual)).doubleValue())
              .isCloseTo(number, within(1e-9 * Math.max(1, Math.abs(number))));
        } else if (expected instanceof BigDecimal number) {
          assertThat((BigDecimal) actual).isEqualByComparingTo(number);
        } else {
          assertThat(actual).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void sensorsComeToWhatTheSimulatorKnows() throws java.io.IOException {
    TestLake lake = simulated("sensors", 4000);

    TestLake.Ended ended = lake.run(SLOT, "sensors/statistics");

    assertThat(ended.failure()).as(ended.output()).isEmpty();
    same(
        rows(
            spark()
                .sql(
                    "SELECT location, readings, sensors, avg_temperature, min_temperature,"
                        + " max_temperature, low_battery_readings FROM"
                        + " sluice.gold.sensor_locations ORDER BY location")),
        truth("sensors", 4000, "average_by_location"));
    same(
        rows(
            spark()
                .sql(
                    "SELECT device_model, active, warning, error, offline, not_active_share FROM"
                        + " sluice.gold.sensor_status ORDER BY not_active_share DESC,"
                        + " device_model")),
        truth("sensors", 4000, "status_distribution"));
    assertThat(lake.run("2026-11-24T02:00:00Z", "sensors/statistics").output())
        .contains("sensor_daily: nothing changed");
  }

  @Test
  void receiptsComeToWhatTheSimulatorKnows() throws java.io.IOException {
    TestLake lake = simulated("receipts", 4000);

    TestLake.Ended ended = lake.run(SLOT, "receipts/totals", "receipts/vendors");

    assertThat(ended.failure()).as(ended.output()).isEmpty();
    same(
        rows(
            spark()
                .sql(
                    "SELECT vendor, category, receipts, pieces, total, average_basket FROM"
                        + " sluice.gold.receipt_vendors WHERE currency = 'EUR' ORDER BY total"
                        + " DESC, vendor LIMIT 10")),
        truth("receipts", 4000, "vendor_totals"));
    same(
        rows(
            spark()
                .sql(
                    "SELECT month, sum(receipts), sum(net), sum(tax_paid), sum(total) FROM"
                        + " sluice.gold.receipt_monthly WHERE currency = 'EUR' AND year ="
                        + " '2024' GROUP BY month ORDER BY month")),
        truth("receipts", 4000, "monthly_totals"));
    assertThat(
            rows(
                spark()
                    .sql(
                        "SELECT vendor, total FROM sluice.gold.receipt_top_vendors WHERE currency ="
                            + " 'EUR' ORDER BY place")))
        .isEqualTo(
            rows(
                spark()
                    .sql(
                        "SELECT vendor, total FROM sluice.gold.receipt_vendors WHERE currency ="
                            + " 'EUR' ORDER BY total DESC, vendor LIMIT 10")));
  }
}
