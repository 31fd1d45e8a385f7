package dev.sluice.jobs.clickstream;

import static dev.sluice.jobs.SharedSpark.spark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.Simulated;
import dev.sluice.jobs.TestLake;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Truth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job, from uploads to tables. */
class ClickstreamWarehouseIT {
  @TempDir Path folder;

  @AfterEach
  void leaveNoTables() {
    Simulated.dropGold();
  }

  @Test
  void uploadsBecomeAStarSchemaThatIsComputedAgainWhenSomethingChanged() throws IOException {
    TestLake lake = Simulated.lake(folder);
    List<String> lines = Simulated.lines("clickstream", new SimulationOptions(1_500, 7, 0, 0.02));
    Truth truth = Simulated.truth("clickstream", new SimulationOptions(1_500, 7, 0, 0.02));
    lake.upload("clickstream/a.ndjson", lines.subList(0, 1_000).toArray(String[]::new));

    TestLake.Ended first = lake.run("2026-11-21T03:00:00Z", "clickstream/warehouse");
    assertThat(first.failure()).as(first.output()).isEmpty();
    assertThat(spark().table("sluice.gold.fact_events").count()).isEqualTo(1_000);
    TestLake.Ended idle = lake.run("2026-11-22T03:00:00Z", "clickstream/warehouse");
    assertThat(idle.output()).contains("gold.click_funnel: nothing changed");

    lake.upload("clickstream/b.ndjson", lines.subList(1_000, 1_500).toArray(String[]::new));
    TestLake.Ended second = lake.run("2026-11-23T03:00:00Z", "clickstream/warehouse");
    assertThat(second.failure()).as(second.output()).isEmpty();
    assertThat(spark().table("sluice.gold.fact_events").count()).isEqualTo(truth.good());
    assertThat(
            spark()
                .table("sluice.gold.click_funnel")
                .where("sessions_by = 'browser' AND step = 'purchase'")
                .select("sessions", "revenue")
                .first())
        .satisfies(row -> {
          List<?> purchase = truth.answers().get("funnel").rows().get(4);
          assertThat(row.getLong(0)).isEqualTo(purchase.get(1));
          assertThat(row.getDecimal(1)).isEqualTo(purchase.get(4));
        });
    assertThat(spark().sql("SELECT partition.day FROM sluice.gold.fact_events.partitions").count())
        .isEqualTo(truth.partitions().size());
  }
}
