package dev.sluice.jobs.transactions;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.SharedSpark.spark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.Simulated;
import dev.sluice.jobs.TestLake;
import dev.sluice.simulate.SimulationOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job, from uploads to tables. */
class TransactionRiskIT {
  private static final String JOB = "transactions/risk";

  @TempDir Path folder;

  @AfterEach
  void leaveNoTables() {
    Simulated.dropGold();
  }

  private static List<List<@Nullable Object>> scores() {
    return rows(spark().table("sluice.gold.transaction_risk"), "transaction_id");
  }

  @Test
  void daysThatChangedAreScoredAnewAndAgreeWithAFullRun() throws IOException {
    TestLake lake = Simulated.lake(folder);
    List<String> lines = Simulated.lines("transactions", new SimulationOptions(1_200, 7, 0, 0.02));
    lake.upload("transactions/a.ndjson", lines.subList(0, 900).toArray(String[]::new));
    TestLake.Ended first = lake.run("2026-11-21T04:00:00Z", JOB);
    assertThat(first.failure()).as(first.output()).isEmpty();
    assertThat(scores()).hasSize(900);

    // The rest is newer, but for some that are late.
    lake.upload("transactions/b.ndjson", lines.subList(900, 1_200).toArray(String[]::new));
    TestLake.Ended second = lake.run("2026-11-22T04:00:00Z", JOB);
    assertThat(second.failure()).as(second.output()).isEmpty();
    assertThat(second.output())
        .containsPattern("gold.transaction_risk: rewrote [0-9]+ parts by day");
    List<List<@Nullable Object>> incremental = scores();
    assertThat(incremental).hasSize(1_200);

    TestLake.Ended full = lake.runIn("full", "2026-11-23T04:00:00Z", JOB);
    assertThat(full.failure()).as(full.output()).isEmpty();
    assertThat(scores()).isEqualTo(incremental);
    assertThat(
            rows(
                spark()
                    .sql("SELECT sum(bookings), sum(alerts) FROM sluice.gold.transaction_daily")))
        .isEqualTo(rows(spark().sql("SELECT 1200L, count(*) FROM sluice.gold.transaction_alerts")));
  }
}
