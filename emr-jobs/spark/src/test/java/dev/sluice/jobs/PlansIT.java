package dev.sluice.jobs;

import static dev.sluice.jobs.SharedSpark.spark;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.LakeLayout;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Spark is going to do, as far as it matters for cost. */
class PlansIT {
  private static final Path DATASETS =
      SharedSpark.ROOT.resolve("emr-jobs/spark/src/test/resources/datasets");

  @TempDir Path folder;

  private static String plan(Dataset<Row> frame) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) frame)
        .queryExecution()
        .executedPlan()
        .toString();
  }

  private static String reading(String room, int day, double value) {
    return "{\"id\":\"x\",\"room\":\""
        + room
        + "\",\"at\":\"2026-11-"
        + day
        + "T10:00:00Z\",\"value\":"
        + value
        + "}";
  }

  private Dataset<Row> silver(TestLake lake, Set<String> partitions) {
    return new Silver(spark(), lake.lake())
        .read(dev.sluice.model.dataset.Datasets.load(DATASETS).get("readings"), partitions);
  }

  @Test
  void onlyFilesOfWantedPartitionsAreOpened() throws IOException {
    TestLake lake = new TestLake(folder, DATASETS);
    lake.upload("readings/a.json", reading("a", 20, 1), reading("b", 20, 2), reading("a", 21, 3));
    Set<String> all =
        Set.of("room=a/day=2026-11-20", "room=b/day=2026-11-20", "room=a/day=2026-11-21");

    assertThat(silver(lake, Set.of("room=b/day=2026-11-20")).inputFiles())
        .hasSize(1)
        .allMatch(file -> file.contains("room=b/day=2026-11-20/"));
    Dataset<Row> filtered = silver(lake, all).where("day = '2026-11-21'").select("value");
    assertThat(plan(filtered))
        .containsPattern("PartitionFilters: \\[.*day#\\d+ = 2026-11-21")
        .containsPattern("ReadSchema: struct<value:double>");
    assertThat(filtered.collectAsList()).hasSize(1);
  }

  @Test
  void noFileIsAskedForBeforeItIsRead() throws IOException {
    TestLake lake = new TestLake(folder, DATASETS);
    lake.upload("readings/a.json", reading("a", 20, 1));
    Dataset<Row> table = silver(lake, Set.of("room=a/day=2026-11-20"));
    Path file = Path.of(URI.create(table.inputFiles()[0]));
    byte[] content = Files.readAllBytes(file);
    Files.delete(file);

    assertThat(silver(lake, Set.of("room=a/day=2026-11-20")).inputFiles())
        .containsExactly(table.inputFiles());
    Files.write(file, content);
    assertThat(table.collectAsList())
        .singleElement()
        .satisfies(row -> {
          assertThat(row.<String>getAs("room")).isEqualTo("a");
          assertThat(row.<String>getAs("day")).isEqualTo("2026-11-20");
          assertThat(row.<Double>getAs("value")).isEqualTo(1.0);
        });
  }

  @Test
  void aSmallSideIsSentToAllTasks() throws IOException {
    TestLake lake = new TestLake(folder, DATASETS);
    lake.upload("readings/a.json", reading("a", 20, 1), reading("b", 20, 2));
    Dataset<Row> readings = silver(lake, Set.of("room=a/day=2026-11-20", "room=b/day=2026-11-20"));
    Dataset<Row> rooms = readings.select("room").distinct();

    assertThat(
            plan(readings.join(broadcast(rooms), readings.col("room").equalTo(rooms.col("room")))))
        .contains("AdaptiveSparkPlan", "BroadcastHashJoin");
  }

  @Test
  void oneKeyThatMostRowsHaveIsSplitOverTasks() {
    Map<String, String> defaults = Run.defaults(LakeLayout.defaults());
    assertThat(defaults)
        .containsEntry("spark.sql.adaptive.enabled", "true")
        .containsEntry("spark.sql.adaptive.skewJoin.enabled", "true");
    Map<String, String> small =
        Map.of(
            "spark.sql.autoBroadcastJoinThreshold", "-1",
            "spark.sql.shuffle.partitions", "4",
            "spark.sql.adaptive.advisoryPartitionSizeInBytes", "32KB",
            "spark.sql.adaptive.coalescePartitions.enabled", "false",
            "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes", "64KB",
            "spark.sql.adaptive.skewJoin.skewedPartitionFactor", "2");
    small.forEach((key, value) -> spark().conf().set(key, value));
    try {
      // Nearly all readings are of one room.
      Dataset<Row> readings =
          spark()
              .range(0, 200_000, 1, 8)
              .select(
                  col("id"),
                  org.apache.spark.sql.functions.expr("IF(id % 100 = 0, id % 7, 3)").as("room"));
      Dataset<Row> rooms = spark().range(7).select(col("id").as("room"), col("id").as("floor"));
      Dataset<Row> joined =
          readings.join(
              rooms,
              scala.jdk.javaapi.CollectionConverters.asScala(List.of("room")).toSeq(),
              "inner");

      assertThat(joined.collectAsList()).hasSize(200_000);
      assertThat(plan(joined)).contains("isFinalPlan=true").contains("skew=true");
    } finally {
      small.keySet().forEach(key -> spark().conf().unset(key));
      spark().conf().set("spark.sql.shuffle.partitions", 2);
    }
  }
}
