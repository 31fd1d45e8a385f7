package dev.sluice.jobs;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.SharedSpark.spark;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldRunIT {
  private static final LocalDate DAY20 = LocalDate.parse("2026-11-20");
  private static final LocalDate DAY21 = LocalDate.parse("2026-11-21");
  private static final LocalDate DAY22 = LocalDate.parse("2026-11-22");
  private static final String FIRST = "2026-11-23T02:00:00Z";
  private static final String SECOND = "2026-11-24T02:00:00Z";

  @TempDir Path folder;
  private TestLake lake;

  @BeforeEach
  void makeALake() throws IOException {
    Path declarations = folder.resolve("datasets");
    copy(SharedSpark.ROOT.resolve("emr-jobs/spark/src/test/resources/datasets"), declarations);
    lake = new TestLake(folder, declarations);
    spark().sql("CREATE NAMESPACE IF NOT EXISTS sluice.gold");
  }

  @AfterEach
  void leaveNoTables() {
    for (Row table : spark().sql("SHOW TABLES IN sluice.gold").collectAsList()) {
      spark().sql("DROP TABLE sluice.gold." + table.getString(1));
    }
    DailyJob.revision = "1";
    DailyJob.wider = false;
    BrokenJob.broken = true;
    TogetherJob.broken = false;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static String reading(String room, String at, double value) {
    return "{\"id\":\"x\",\"room\":\"" + room + "\",\"at\":\"" + at + "\",\"value\":" + value + "}";
  }

  private static String at20(String room, double value) {
    return reading(room, "2026-11-20T10:00:00Z", value);
  }

  private static String at21(String room, double value) {
    return reading(room, "2026-11-21T10:00:00Z", value);
  }

  private static List<List<@Nullable Object>> gold(String table, String... sorted) {
    return rows(spark().table("sluice.gold." + table), sorted);
  }

  private static Table table(String name) {
    try {
      Table table = Spark3Util.loadIcebergTable(spark(), "sluice.gold." + name);
      table.refresh();
      return table;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long versions(String name) {
    long count = 0;
    for (Snapshot ignored : table(name).snapshots()) {
      count++;
    }
    return count;
  }

  private void succeeds(TestLake.Ended ended) {
    assertThat(ended.failure()).as(ended.output()).isEmpty();
  }

  @Test
  void tablesAreMadeWithTheirPartitionsTheirPlaceAndTheirOrigin() {
    lake.upload("readings/a.json", at20("a", 1), at20("b", 2), at21("a", 4));

    succeeds(lake.run(FIRST, "readings/daily"));

    assertThat(gold("t_daily", "day"))
        .containsExactly(List.of(DAY20, 2L, 3.0), List.of(DAY21, 1L, 4.0));
    assertThat(gold("t_rooms", "room", "day"))
        .containsExactly(
            List.of("a", "2026-11-20", 1.0),
            List.of("a", "2026-11-21", 4.0),
            List.of("b", "2026-11-20", 2.0));
    assertThat(gold("t_total")).containsExactly(List.of(7.0, 3L));
    assertThat(table("t_daily").spec().toString()).contains("day: identity");
    assertThat(table("t_daily").location()).endsWith("/lake/gold/readings/t_daily");
    assertThat(table("t_daily").properties()).containsEntry("comment", "Readings of each day");
    assertThat(table("t_daily").currentSnapshot().summary())
        .containsEntry("sluice.slot", FIRST)
        .containsEntry("sluice.job", "readings/daily")
        .containsKeys("sluice.run", "sluice.mark");
  }

  @Test
  void onlyWhatChangedIsComputedAnew() {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    lake.upload("readings/b.json", at20("b", 2));
    succeeds(lake.run(FIRST, "readings/daily"));
    String file21 = file("t_daily", "2026-11-21");
    String file20 = file("t_daily", "2026-11-20");

    lake.upload("readings/c.json", at20("c", 8));
    TestLake.Ended ended = lake.run(SECOND, "readings/daily");

    succeeds(ended);
    assertThat(ended.output()).contains("t_daily: rewrote 1 parts by day");
    // The whole day was read, not only the room that changed.
    assertThat(gold("t_daily", "day"))
        .containsExactly(List.of(DAY20, 3L, 11.0), List.of(DAY21, 1L, 4.0));
    assertThat(file("t_daily", "2026-11-21")).isEqualTo(file21);
    assertThat(file("t_daily", "2026-11-20")).isNotEqualTo(file20);
    assertThat(gold("t_rooms")).hasSize(4);
    assertThat(gold("t_total")).containsExactly(List.of(15.0, 4L));
  }

  private static String file(String table, String day) {
    return spark()
        .sql(
            "SELECT file_path FROM sluice.gold."
                + table
                + ".files WHERE partition.day = DATE'"
                + day
                + "'")
        .first()
        .getString(0);
  }

  @Test
  void anUploadThatIsReplacedTakesItsRowsOutOfThePartitionsItLeaves() {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    lake.upload("readings/b.json", at20("b", 2));
    succeeds(lake.run(FIRST, "readings/daily"));

    lake.upload("readings/a.json", reading("a", "2026-11-22T10:00:00Z", 16));
    succeeds(lake.run(SECOND, "readings/daily"));

    assertThat(gold("t_daily", "day"))
        .containsExactly(List.of(DAY20, 1L, 2.0), List.of(DAY22, 1L, 16.0));
    assertThat(gold("t_total")).containsExactly(List.of(18.0, 2L));
  }

  @Test
  void nothingIsWrittenWhenNothingChanged() {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));

    TestLake.Ended ended = lake.run(SECOND, "readings/daily");

    assertThat(ended.output()).contains("t_daily: nothing changed", "t_total: nothing changed");
    assertThat(versions("t_daily")).isEqualTo(1);
    assertThat(versions("t_total")).isEqualTo(1);
  }

  @Test
  void aSlotIsWrittenOnceHoweverOftenItIsRun() {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));
    lake.upload("readings/b.json", at20("b", 2));

    TestLake.Ended again = lake.run(FIRST, "readings/daily");

    succeeds(again);
    assertThat(again.output()).contains("t_daily: written for " + FIRST + " before");
    assertThat(gold("t_daily")).containsExactly(List.of(DAY20, 1L, 1.0));
    succeeds(lake.run(SECOND, "readings/daily"));
    assertThat(gold("t_daily")).containsExactly(List.of(DAY20, 2L, 3.0));
  }

  @Test
  void aTableThatIsMadeOfAnOlderOneIsMadeAgainWithIt() {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));
    spark().sql("DROP TABLE sluice.gold.t_total");
    lake.upload("readings/b.json", at20("b", 2));

    // The slot has been written to t_daily, so that what came since does not get there.
    succeeds(lake.run(FIRST, "readings/daily"));
    assertThat(gold("t_total")).containsExactly(List.of(1.0, 1L));

    succeeds(lake.run(SECOND, "readings/daily"));
    assertThat(gold("t_total")).containsExactly(List.of(3.0, 2L));
  }

  @Test
  void everythingIsComputedAnewWhenAsked() {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    succeeds(lake.run(FIRST, "readings/daily"));
    String file21 = file("t_daily", "2026-11-21");

    TestLake.Ended ended = lake.runIn("full", FIRST, "readings/daily");

    succeeds(ended);
    assertThat(ended.output()).contains("t_daily: rewrote everything: as asked");
    assertThat(gold("t_daily")).hasSize(2);
    assertThat(file("t_daily", "2026-11-21")).isNotEqualTo(file21);
    assertThat(versions("t_daily")).isEqualTo(2);
  }

  @Test
  void aChangedJobComputesEverythingAnew() {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));
    DailyJob.revision = "2";

    assertThat(lake.run(SECOND, "readings/daily").output())
        .contains("t_daily: rewrote everything: the job was changed");
  }

  @Test
  void columnsThatAJobMakesNewlyComeToAllRows() {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    succeeds(lake.run(FIRST, "readings/daily"));
    lake.upload("readings/b.json", at20("b", 2));
    DailyJob.wider = true;

    succeeds(lake.run(SECOND, "readings/daily"));

    assertThat(gold("t_daily", "day"))
        .containsExactly(List.of(DAY20, 2L, 3.0, 1), List.of(DAY21, 1L, 4.0, 1));
    assertThat(versions("t_daily")).as("the earlier version can still be read").isEqualTo(2);
  }

  @Test
  void aDayThatDependsOnTheDayBeforeIsComputedAnewWithIt() {
    lake.upload("readings/a.json", at20("a", 1));
    lake.upload("readings/b.json", at21("a", 4), reading("a", "2026-11-22T10:00:00Z", 16));
    succeeds(lake.run(FIRST, "readings/trend"));

    lake.upload("readings/c.json", at20("a", 3));
    TestLake.Ended ended = lake.run(SECOND, "readings/trend");

    succeeds(ended);
    assertThat(ended.output()).contains("rewrote 2 parts by day");
    List<List<@Nullable Object>> found = gold("t_trend", "day");
    assertThat(found.get(0)).containsExactly(DAY20, 2.0, null);
    assertThat(found.get(1)).containsExactly(DAY21, 4.0, 2.0);
    assertThat(found.get(2)).containsExactly(DAY22, 16.0, 4.0);
  }

  @Test
  void sqlAloneMakesTables() {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    succeeds(lake.run(FIRST, "readings/sql"));
    lake.upload("readings/b.json", at20("b", 8));
    TestLake.Ended ended = lake.run(SECOND, "readings/sql");

    succeeds(ended);
    assertThat(ended.output()).contains("t_sql_daily: rewrote 1 parts by day");
    assertThat(gold("t_sql_daily", "day"))
        .containsExactly(List.of("2026-11-20", 2L, "a;b"), List.of("2026-11-21", 1L, "a;b"));
    assertThat(gold("t_sql_total")).containsExactly(List.of(3L, 8.0, Instant.parse(SECOND)));
    assertThat(spark().catalog().tableExists("readings")).isFalse();
  }

  @Test
  void aFailureNamesTheJobAndLeavesItsTableAndOtherJobsAlone() {
    lake.upload("readings/a.json", at20("a", 1));
    BrokenJob.broken = false;
    succeeds(lake.run(FIRST, "readings/broken"));
    lake.upload("readings/b.json", at20("a", 2));
    BrokenJob.broken = true;

    TestLake.Ended ended = lake.run(SECOND, "readings/broken", "readings/trend");

    assertThat(ended.failure()).isPresent();
    assertThat(ended.failure().get())
        .hasMessageContaining("1 of 2 jobs failed")
        .hasMessageContaining("readings/broken failed: Cannot compute gold.t_broken: ")
        .hasMessageContaining("out of luck");
    assertThat(ended.output().strip().lines().reduce((a, b) -> b).orElse(""))
        .startsWith("readings/broken failed: Cannot compute gold.t_broken");
    assertThat(gold("t_broken")).containsExactly(List.of(1));
    assertThat(gold("t_trend")).hasSize(1);

    // The same slot again does what was left undone, and no more.
    BrokenJob.broken = false;
    TestLake.Ended again = lake.run(SECOND, "readings/broken");
    succeeds(again);
    assertThat(again.output()).contains("t_before: written for " + SECOND + " before");
    assertThat(gold("t_broken")).hasSize(2);
  }

  @Test
  void tablesMadeAtATimeWaitForThoseBeforeThem() {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/together"));
    assertThat(gold("t_reader")).containsExactly(List.of(1L));
    lake.upload("readings/b.json", at20("b", 2));
    succeeds(lake.run(SECOND, "readings/together"));
    assertThat(gold("t_reader")).containsExactly(List.of(2L));
    assertThat(gold("t_sharing_too")).hasSize(2);

    TogetherJob.broken = true;
    lake.upload("readings/c.json", at20("c", 3));
    TestLake.Ended ended = lake.run("2026-11-25T02:00:00Z", "readings/together");

    assertThat(ended.failure().orElseThrow())
        .hasMessageContaining("Cannot compute gold.t_sharing: ")
        .hasMessageContaining("nowhere");
    assertThat(gold("t_reader")).containsExactly(List.of(3L));
    assertThat(gold("t_sharing")).hasSize(2);
    assertThat(gold("t_sharing_too")).hasSize(2);
  }

  @Test
  void aClassThatIsNoJobIsNamed() {
    lake.upload("readings/a.json", at20("a", 1));
    assertThat(lake.run(FIRST, "readings/vendors").failure().orElseThrow())
        .hasMessageContaining("the jar has no job of that class: dev.sluice.jobs.SharedSpark");
  }

  @Test
  void aDatasetThatNothingWasUploadedToIsNamed() {
    assertThat(lake.run(FIRST, "readings/daily").failure().orElseThrow())
        .hasMessageContaining("Cannot read silver.readings: nothing was ever uploaded");
  }

  @Test
  void aTableWithoutRecordsMakesEmptyTables() {
    lake.upload("readings/a.json", "{\"no\": \"reading\"}");

    succeeds(lake.run(FIRST, "readings/daily"));

    assertThat(gold("t_daily")).isEmpty();
  }

  private Path silver(String part) throws IOException {
    try (Stream<Path> files = Files.walk(lake.folder.resolve("silver"))) {
      return files
          .filter(file -> file.toString().endsWith(".parquet") && file.toString().contains(part))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aCorruptFileIsNamedAndTheTableStaysAsItWas() throws IOException {
    lake.upload("readings/a.json", at20("a", 1), at21("a", 4));
    succeeds(lake.run(FIRST, "readings/daily"));
    lake.upload("readings/b.json", at20("b", 2));
    Path file = silver("room=b");
    byte[] bytes = Files.readAllBytes(file);
    java.util.Arrays.fill(bytes, (byte) 7);
    Files.write(file, bytes);

    TestLake.Ended ended = lake.run(SECOND, "readings/daily");

    assertThat(ended.failure().orElseThrow())
        .hasMessageContaining("a file of silver.readings cannot be read")
        .hasMessageContaining(
            "s3://lake-bucket/silver/readings/room=b/day=2026-11-20/" + file.getFileName());
    assertThat(gold("t_daily", "day"))
        .containsExactly(List.of(DAY20, 1L, 1.0), List.of(DAY21, 1L, 4.0));
  }

  @Test
  void aMissingPartitionIsNamedAndTheTableStaysAsItWas() throws IOException {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));
    lake.upload("readings/b.json", at20("b", 2));
    Path file = silver("room=b");
    Files.delete(file);
    Files.delete(file.getParent());

    TestLake.Ended ended = lake.run(SECOND, "readings/daily");

    assertThat(ended.failure().orElseThrow())
        .hasMessageContaining("a file of silver.readings is missing, though the ledger lists it")
        .hasMessageContaining("room=b/day=2026-11-20/" + file.getFileName())
        .hasMessageContaining("./sluice audit --repair");
    assertThat(gold("t_daily")).containsExactly(List.of(DAY20, 1L, 1.0));
  }

  @Test
  void aColumnOfAnotherTypeThanBeforeIsNamedWithItsFile() throws IOException {
    lake.upload("readings/a.json", at20("a", 1));
    succeeds(lake.run(FIRST, "readings/daily"));
    Path schema = lake.declarations.resolve("readings/schema.avsc");
    Files.writeString(
        schema,
        Files.readString(schema)
            .replace(
                "\"value\", \"type\": \"double\"",
                "\"value\", \"type\": {\"type\": \"bytes\", \"logicalType\": \"decimal\","
                    + " \"precision\": 10, \"scale\": 2}"));
    lake.upload("readings/b.json", at20("b", 2));

    TestLake.Ended ended = lake.run(SECOND, "readings/daily");

    assertThat(ended.failure().orElseThrow())
        .hasMessageContaining("has another type than declared in column value")
        .hasMessageContaining("silver/readings/room=a/day=2026-11-20/")
        .hasMessageContaining("./sluice replay --dataset readings --whole");
    assertThat(gold("t_daily")).containsExactly(List.of(DAY20, 1L, 1.0));
  }

  @Test
  void filesOfAnotherLayoutAreNamed() throws IOException {
    lake.upload("readings/a.json", at20("a", 1));
    Path yaml = lake.declarations.resolve("readings/dataset.yaml");
    Files.writeString(yaml, Files.readString(yaml).replace("  - room\n", ""));

    assertThat(lake.run(FIRST, "readings/trend").failure().orElseThrow())
        .hasMessageContaining("a file was written when the table was partitioned otherwise")
        .hasMessageContaining("room=a/day=2026-11-20/");
  }

  @Test
  void aFileThatNoEntryListsIsNotRead() throws IOException {
    lake.upload("readings/a.json", at20("a", 1));
    Path file = silver("room=a");
    Files.copy(
        file,
        file.resolveSibling(
            String.valueOf(file.getFileName()).replaceFirst("^.{20}", "0".repeat(20))));

    succeeds(lake.run(FIRST, "readings/daily"));

    assertThat(gold("t_daily")).containsExactly(List.of(DAY20, 1L, 1.0));
  }

  @Test
  void roomsWithOddNamesKeepTheirs() {
    lake.upload(
        "readings/a.json",
        at20("a b:c%/é*{x}", 1),
        at20("", 2),
        "{\"id\":\"y\",\"at\":\"2026-11-20T01:00:00Z\",\"value\":4}");
    succeeds(lake.run(FIRST, "readings/daily"));
    lake.upload("readings/b.json", at20("a b:c%/é*{x}", 8), at20("", 16));
    succeeds(lake.run(SECOND, "readings/daily"));

    Dataset<Row> rooms = spark().table("sluice.gold.t_rooms");
    assertThat(rows(rooms.where("room is not null")))
        .containsExactly(List.of("a b:c%/é*{x}", "2026-11-20", 9.0));
    assertThat(rooms.where("room is null").first().getDouble(2)).isEqualTo(22.0);
  }
}
