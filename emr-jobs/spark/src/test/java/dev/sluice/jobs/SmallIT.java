package dev.sluice.jobs;

import static dev.sluice.jobs.SharedSpark.spark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done otherwise when there is little, and that it is not when there is more. */
class SmallIT {
  private static final Path DATASETS =
      SharedSpark.ROOT.resolve("emr-jobs/spark/src/test/resources/datasets");

  @TempDir Path folder;

  private static String plan(Dataset<Row> frame) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) frame)
        .queryExecution()
        .executedPlan()
        .toString();
  }

  @Test
  void aSmallInputIsPlannedOnceAndSettingsComeBack() {
    Dataset<Row> readings = spark().range(100).selectExpr("id % 3 AS room");
    String shuffle = spark().conf().get("spark.sql.shuffle.partitions");
    spark().conf().set("spark.sql.shuffle.partitions", 8);
    try {
      Runnable restore = new Small(spark()).plan();
      String small = plan(readings.groupBy("room").count());
      restore.run();

      assertThat(small)
          .doesNotContain("AdaptiveSparkPlan")
          .containsPattern("hashpartitioning\\(room#\\d+L, 2\\)");
      assertThat(plan(readings.groupBy("room").count()))
          .contains("AdaptiveSparkPlan")
          .containsPattern("hashpartitioning\\(room#\\d+L, 8\\)");
    } finally {
      spark().conf().set("spark.sql.shuffle.partitions", shuffle);
    }
  }

  @Test
  void recordsAndBytesSayWhatIsSmall() {
    Small small = new Small(spark());
    assertThat(small.is(250_000, 32 << 20)).isTrue();
    assertThat(small.is(250_001, 1)).isFalse();
    assertThat(small.is(1, (32 << 20) + 1)).isFalse();
    spark().conf().set(Small.ROWS, 0);
    try {
      assertThat(new Small(spark()).is(1, 1)).isFalse();
      spark().conf().set(Small.ROWS, "many");
      assertThatThrownBy(() -> new Small(spark()))
          .hasMessageContaining(
              "spark.sluice.smallRows must be a number of records, 0 for never: many");
    } finally {
      spark().conf().unset(Small.ROWS);
    }
  }

  @Test
  void resultsAreTheSameHoweverTheyArePlanned() throws IOException {
    String[] lines = {
      "{\"id\":\"x\",\"room\":\"a\",\"at\":\"2026-11-20T10:00:00Z\",\"value\":1}",
      "{\"id\":\"y\",\"room\":\"b\",\"at\":\"2026-11-21T10:00:00Z\",\"value\":2}",
    };
    spark().sql("CREATE NAMESPACE IF NOT EXISTS sluice.gold");
    TestLake lake = new TestLake(folder, DATASETS);
    lake.upload("readings/a.json", lines);
    try {
      assertThat(lake.run("2026-11-21T02:00:00Z", "readings/daily").failure()).isEmpty();
      List<?> small = SharedSpark.rows(spark().table("sluice.gold.t_rooms"), "room");
      spark().conf().set(Small.ROWS, 0);
      assertThat(lake.runIn("full", "2026-11-22T02:00:00Z", "readings/daily").failure()).isEmpty();

      assertThat(SharedSpark.rows(spark().table("sluice.gold.t_rooms"), "room")).isEqualTo(small);
      assertThat(small).hasSize(2);
      assertThat(spark().conf().get("spark.sql.adaptive.enabled")).isEqualTo("true");
    } finally {
      spark().conf().unset(Small.ROWS);
      Simulated.dropGold();
    }
  }
}
