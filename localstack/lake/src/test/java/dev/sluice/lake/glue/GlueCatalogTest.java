package dev.sluice.lake.glue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.json.SdkJson;
import dev.sluice.model.json.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.ColumnStatistics;
import software.amazon.awssdk.services.glue.model.ColumnStatisticsData;
import software.amazon.awssdk.services.glue.model.ColumnStatisticsType;
import software.amazon.awssdk.services.glue.model.DatabaseInput;
import software.amazon.awssdk.services.glue.model.LongColumnStatisticsData;
import software.amazon.awssdk.services.glue.model.PartitionInput;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableInput;

class GlueCatalogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T10:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;
  private GlueCatalog catalog;

  @BeforeEach
  void open() {
    catalog = GlueCatalog.open(folder, CLOCK);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void everythingIsThereAfterARestart() {
    catalog.createDatabase(DatabaseInput.builder().name("Silver").build());
    catalog.createTable("silver", table("Sensors", "day").build());
    catalog.createPartitions("silver", "sensors", List.of(partition("a"), partition("b")));
    catalog.deletePartition("silver", "sensors", List.of("b"));
    catalog.putStatistics("silver", "sensors", List.of(), List.of(statistics("id", 7)));
    catalog.putStatistics("silver", "sensors", List.of("a"), List.of(statistics("id", 3)));
    Table before = catalog.table("silver", "sensors");

    close();
    open();

    assertThat(catalog.databases()).extracting("name").containsExactly("default", "silver");
    assertThat(catalog.table("SILVER", "SENSORS")).isEqualTo(before);
    assertThat(before.name()).isEqualTo("sensors");
    assertThat(catalog.partitions("silver", "sensors"))
        .singleElement()
        .satisfies(partition -> assertThat(partition.values()).containsExactly("a"));
    assertThat(catalog.statistics("silver", "sensors", List.of("a"))).containsKey("id");
    assertThat(catalog.statistics("silver", "sensors", List.of()))
        .extractingByKey("id")
        .satisfies(column ->
            assertThat(column.statisticsData().longColumnStatisticsData().maximumValue())
                .isEqualTo(7));
  }

  @Test
  void aTableIsUpdatedOnlyFromTheVersionThatWasRead() {
    catalog.createTable("default", table("t").build());
    catalog.updateTable("default", table("t").description("one").build(), "0");
    refused(
        "ConcurrentModificationException",
        () -> catalog.updateTable("default", table("t").description("two").build(), "0"));
    assertThat(catalog.table("default", "t").versionId()).isEqualTo("1");
    assertThat(catalog.table("default", "t").description()).isEqualTo("one");
  }

  @Test
  void whatIsThereCannotBeCreatedAndWhatIsNotCannotBeRead() {
    catalog.createTable("default", table("t", "p").build());
    refused(
        "AlreadyExistsException",
        () -> catalog.createDatabase(DatabaseInput.builder().name("default").build()));
    refused("AlreadyExistsException", () -> catalog.createTable("default", table("T").build()));
    refused("EntityNotFoundException", () -> catalog.table("default", "u"));
    refused("EntityNotFoundException", () -> catalog.table("nowhere", "t"));
    refused("EntityNotFoundException", () -> catalog.deleteDatabase("nowhere"));
    refused(
        "InvalidInputException",
        () -> catalog.createPartition("default", "t", partition("a", "b")));
    catalog.createPartition("default", "t", partition("a"));
    assertThat(catalog.createPartitions("default", "t", List.of(partition("a"), partition("c"))))
        .hasEntrySatisfying(
            List.of("a"), problem -> assertThat(problem.code()).isEqualTo("AlreadyExistsException"))
        .hasSize(1);
    assertThat(catalog.partitions("default", "t")).hasSize(2);
  }

  @Test
  void ensuringTheSameTableTwiceWritesNothing() {
    catalog.ensureTable("gold", table("t", "p").build());
    catalog.createPartition("gold", "t", partition("a"));
    catalog.ensureTable("gold", table("t", "p").build());
    assertThat(catalog.table("gold", "t").versionId()).isEqualTo("0");
    catalog.ensureTable("gold", table("t", "p").description("new").build());
    assertThat(catalog.table("gold", "t").versionId()).isEqualTo("1");
    assertThat(catalog.partitions("gold", "t")).hasSize(1);
  }

  @Test
  void partitionsComeFilteredAndInPages() {
    catalog.createTable(
        "default",
        table("t")
            .partitionKeys(
                Column.builder().name("y").type("int").build(),
                Column.builder().name("d").type("string").build())
            .build());
    List<PartitionInput> inputs = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      inputs.add(partition("" + (2000 + i), "d" + i % 5));
    }
    catalog.createPartitions("default", "t", inputs);
    assertThat(found("y >= 2020 and d = 'd1'")).containsExactly("2021/d1");
    assertThat(found("(y between 2001 and 2003) and not (d in ('d1', 'd2'))"))
        .containsExactly("2003/d3");
    assertThat(found("'2024' <= y")).containsExactly("2024/d4");
    assertThat(found("d like '%4' and y < 2010")).containsExactly("2004/d4", "2009/d4");
    assertThat(found("y = 2000 or d is null or `y` <> 2001 and y = 2002"))
        .containsExactly("2000/d0", "2002/d2");
    refused("InvalidInputException", () -> found("z = 1"));
    refused("InvalidInputException", () -> found("y = 'abc'"));
    refused("InvalidInputException", () -> found("y = "));

    Map<?, ?> first =
        call(
            "GetPartitions",
            "{\"DatabaseName\":\"default\",\"TableName\":\"t\",\"MaxResults\":20}");
    assertThat((List<?>) first.get("Partitions")).hasSize(20);
    Map<?, ?> second =
        call(
            "GetPartitions",
            "{\"DatabaseName\":\"default\",\"TableName\":\"t\",\"MaxResults\":20,\"NextToken\":\""
                + first.get("NextToken")
                + "\"}");
    assertThat((List<?>) second.get("Partitions")).hasSize(5);
    assertThat(second.get("NextToken")).isNull();
  }

  @Test
  void statisticsOfAPartitionThatWasJustCreatedCanBeWritten() {
    catalog.createTable("default", table("t", "dt").build());
    Map<?, ?> created =
        call(
            "BatchCreatePartition",
            "{\"DatabaseName\":\"default\",\"TableName\":\"t\",\"PartitionInputList\":[{\"Values\":[\"2026-01-01\"]}]}");
    assertThat((List<?>) created.get("Errors")).isEmpty();
    Map<?, ?> updated =
        call(
            "UpdateColumnStatisticsForPartition",
            "{\"DatabaseName\":\"default\",\"TableName\":\"t\",\"PartitionValues\":[\"2026-01-01\"],"
                + "\"ColumnStatisticsList\":[{\"ColumnName\":\"id\",\"ColumnType\":\"int\",\"AnalyzedTime\":1,"
                + "\"StatisticsData\":{\"Type\":\"LONG\",\"LongColumnStatisticsData\":"
                + "{\"NumberOfNulls\":0,\"NumberOfDistinctValues\":1}}}]}");
    assertThat((List<?>) updated.get("Errors")).isEmpty();
    Map<?, ?> read =
        call(
            "GetColumnStatisticsForPartition",
            "{\"DatabaseName\":\"default\",\"TableName\":\"t\",\"PartitionValues\":[\"2026-01-01\"],"
                + "\"ColumnNames\":[\"id\",\"v\"]}");
    assertThat((List<?>) read.get("ColumnStatisticsList")).hasSize(1);
    assertThat((List<?>) read.get("Errors")).hasSize(1);
  }

  private List<String> found(String expression) {
    Map<?, ?> answer =
        call(
            "GetPartitions",
            Json.write(
                Map.of("DatabaseName", "default", "TableName", "t", "Expression", expression)));
    List<String> found = new ArrayList<>();
    for (Object partition : (List<?>) Objects.requireNonNull(answer.get("Partitions"))) {
      List<?> values = (List<?>) Objects.requireNonNull(((Map<?, ?>) partition).get("Values"));
      found.add(values.get(0) + "/" + values.get(1));
    }
    return found;
  }

  @SuppressWarnings("unchecked") // the supplier makes builders of the function's own class
  private Map<String, @Nullable Object> call(String operation, String body) {
    JsonOperation<?, ?> found =
        Objects.requireNonNull(new GlueService(catalog).operations().get(operation));
    return SdkJson.toTree(
        ((Function<SdkPojo, SdkPojo>) found.call()).apply(SdkJson.read(body, found.request())));
  }

  private static void refused(String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static TableInput.Builder table(String name, String... keys) {
    return TableInput.builder()
        .name(name)
        .tableType("EXTERNAL_TABLE")
        .parameters(Map.of("EXTERNAL", "TRUE"))
        .storageDescriptor(storage ->
            storage
                .location("s3://lake/" + name + "/")
                .columns(Column.builder().name("id").type("int").build()))
        .partitionKeys(
            List.of(keys).stream()
                .map(key -> Column.builder().name(key).type("string").build())
                .toList());
  }

  private static PartitionInput partition(String... values) {
    return PartitionInput.builder()
        .values(values)
        .storageDescriptor(storage -> storage.location("s3://lake/p/"))
        .build();
  }

  private static ColumnStatistics statistics(String column, long most) {
    return ColumnStatistics.builder()
        .columnName(column)
        .columnType("int")
        .analyzedTime(CLOCK.instant())
        .statisticsData(
            ColumnStatisticsData.builder()
                .type(ColumnStatisticsType.LONG)
                .longColumnStatisticsData(
                    LongColumnStatisticsData.builder()
                        .maximumValue(most)
                        .numberOfNulls(0L)
                        .numberOfDistinctValues(most)
                        .build())
                .build())
        .build();
  }
}
