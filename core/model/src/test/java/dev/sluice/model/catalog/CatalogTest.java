package dev.sluice.model.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.QuarantineRecord;
import dev.sluice.model.registry.LakeLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "R", "fields": [
        {"name": "Id", "type": "long", "doc": "The\\n  id"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "place", "type": "string"},
        {"name": "flag", "type": ["null", "boolean"], "default": null},
        {"name": "on", "type": {"type": "int", "logicalType": "date"}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12,
            "scale": 2}},
        {"name": "raw", "type": "bytes"},
        {"name": "small", "type": "int"},
        {"name": "ratio", "type": "float"},
        {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line",
            "fields": [
              {"name": "Price", "type": {"type": "bytes", "logicalType": "decimal",
                  "precision": 12, "scale": 2}},
              {"name": "labels", "type": {"type": "map", "values": ["null", "double"]}}]}}}
      ]}
      """;

  @TempDir Path root;
  private final Catalog catalog = new Catalog(LakeLayout.defaults());

  @Test
  void everyDeclaredTypeHasItsHiveType() throws IOException {
    TableDefinition table = catalog.silver(load(""));

    assertThat(table.columns())
        .containsExactly(
            new Column("id", "bigint", "The id"),
            new Column("at", "timestamp", ""),
            new Column("place", "string", ""),
            new Column("flag", "boolean", ""),
            new Column("on", "date", ""),
            new Column("price", "decimal(12,2)", ""),
            new Column("raw", "binary", ""),
            new Column("small", "int", ""),
            new Column("ratio", "float", ""),
            new Column(
                "lines", "array<struct<price:decimal(12,2),labels:map<string,double>>>", ""));
    assertThat(table.partitionKeys()).isEmpty();
    assertThat(table.location()).isEqualTo("s3://sluice-lake/silver/orders/");
    assertThat(table.projected()).isFalse();
    assertThat(table.serde())
        .isEqualTo("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe");
  }

  @Test
  void uploadsAreTextByTheirPreferredKeys() throws IOException {
    TableDefinition table = catalog.bronze(load("partition: [place, day(at)]"));

    assertThat(table.database()).isEqualTo("bronze");
    assertThat(table.location()).isEqualTo("s3://sluice-raw/orders/");
    assertThat(table.columns())
        .startsWith(new Column("id", "string", "The id"), new Column("at", "string", ""))
        .extracting(Column::type)
        .containsOnly("string");
    assertThat(table.columns()).extracting(Column::name).contains("place", "lines");
    assertThat(table.partitionKeys()).isEmpty();
    assertThat(table.serde()).isEqualTo("org.openx.data.jsonserde.JsonSerDe");
    assertThat(table.serdeParameters())
        .isEqualTo(
            Map.of(
                "case.insensitive", "false",
                "ignore.malformed.json", "true",
                "mapping.id", "Id",
                "serialization.format", "1"));
  }

  @Test
  void aLayoutWithoutDeclaredValuesIsRegisteredNotProjected() throws IOException {
    TableDefinition table = catalog.silver(load("partition: [place, day(at)]"));

    assertThat(table.columns()).extracting(Column::name).doesNotContain("place").contains("at");
    assertThat(table.partitionKeys())
        .containsExactly(
            new Column("place", "string", "the value of place"),
            new Column("day", "string", "day of at, UTC"));
    assertThat(table.parameters())
        .containsOnlyKeys("EXTERNAL", "classification", "sluice.fingerprint");
  }

  @Test
  void aProjectedLayoutIsInTheTablesProperties() throws IOException {
    TableDefinition table =
        catalog.silver(
            load(
                """
                partition:
                  - {by: place, values: [New York, Rome]}
                  - {by: year(at), from: 2020, to: 2030}
                  - month(at)
                  - bucket(8, Id)
                """));

    assertThat(table.projected()).isTrue();
    assertThat(projection(table))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("projection.enabled", "true"),
                Map.entry("projection.place.type", "enum"),
                Map.entry("projection.place.values", "New York,Rome"),
                Map.entry("projection.year.type", "integer"),
                Map.entry("projection.year.range", "2020,2030"),
                Map.entry("projection.month.type", "integer"),
                Map.entry("projection.month.range", "1,12"),
                Map.entry("projection.month.digits", "2"),
                Map.entry("projection.id_bucket.type", "integer"),
                Map.entry("projection.id_bucket.range", "0,7"),
                Map.entry(
                    "storage.location.template",
                    "s3://sluice-lake/silver/orders/place=${place}/year=${year}/month=${month}"
                        + "/id_bucket=${id_bucket}/")));
  }

  @Test
  void datesAndIntegersAreProjectedByTheirStep() throws IOException {
    assertThat(
            projection(
                catalog.silver(
                    load("partition: [{by: day(at), from: 2024-01-01, to: 2024-12-31}]"))))
        .containsEntry("projection.day.type", "date")
        .containsEntry("projection.day.range", "2024-01-01,2024-12-31")
        .containsEntry("projection.day.format", "yyyy-MM-dd")
        .containsEntry("projection.day.interval", "1")
        .containsEntry("projection.day.interval.unit", "DAYS");
    assertThat(
            projection(
                catalog.silver(load("partition: [{by: month(on), from: 2024-01, to: 2024-12}]"))))
        .containsEntry("projection.month.format", "yyyy-MM")
        .containsEntry("projection.month.interval.unit", "MONTHS");
    assertThat(
            projection(
                catalog.silver(
                    load("partition: [{by: hour(at), from: 2024-01-01-00, to: 2024-01-02-23}]"))))
        .containsEntry("projection.hour.format", "yyyy-MM-dd-HH")
        .containsEntry("projection.hour.interval.unit", "HOURS");
    assertThat(
            projection(
                catalog.silver(load("partition: [{by: on, from: 2024-01-01, to: 2024-01-31}]"))))
        .containsEntry("projection.on.type", "date");
    assertThat(
            projection(
                catalog.silver(load("partition: [{by: \"truncate(100, Id)\", from: 0, to: 900}]"))))
        .containsEntry("projection.id_trunc.type", "integer")
        .containsEntry("projection.id_trunc.range", "0,900")
        .containsEntry("projection.id_trunc.interval", "100");
  }

  @Test
  void theLedgerIsProjectedOverTheDeclaredDatasetsAndTheUnknownOne() throws IOException {
    TableDefinition ledger = catalog.ledger(Datasets.of(List.of(load(""))));

    assertThat(projection(ledger))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "projection.enabled", "true",
                "projection.dataset.type", "enum",
                "projection.dataset.values", "orders,_unknown",
                "storage.location.template", "s3://sluice-lake/ops/ledger/dataset=${dataset}/"));
  }

  @Test
  void theQuarantineTableHasTheColumnsOfItsRecords() {
    QuarantineRecord record =
        new QuarantineRecord(
            "d", "s", "v", 1, 2, 3, "f", Reason.TYPE_MISMATCH, "", "", "", "m", "r", false, false);

    assertThat(catalog.quarantine().columns())
        .extracting(Column::name)
        .containsExactlyElementsOf(record.toJson().keySet());
  }

  @Test
  void theLedgerTableHasTheColumnsOfItsEntries() {
    Set<String> keys = new LinkedHashSet<>(entry().toJson().keySet());
    keys.remove("dataset");

    TableDefinition ledger = catalog.ledger(Datasets.of(List.of()));
    assertThat(ledger.columns()).extracting(Column::name).containsExactlyElementsOf(keys);
  }

  private static LedgerEntry entry() {
    return LedgerEntry.fromJson(Map.of("status", "LOADED"));
  }

  @Test
  void aTableInputIsWhatGlueTakes() throws IOException {
    Map<String, Object> input = catalog.silver(load("partition: [day(at)]")).tableInput();

    assertThat(input)
        .containsEntry("Name", "orders")
        .containsEntry("TableType", "EXTERNAL_TABLE")
        .containsEntry(
            "PartitionKeys",
            List.of(Map.of("Name", "day", "Type", "string", "Comment", "day of at, UTC")))
        .containsKeys("StorageDescriptor", "Parameters")
        .doesNotContainKey("Description");
  }

  private static Map<String, String> projection(TableDefinition table) {
    Map<String, String> projection = new java.util.TreeMap<>(table.parameters());
    projection.keySet().removeIf(k -> !k.startsWith("projection") && !k.startsWith("storage"));
    return projection;
  }

  private Dataset load(String partition) throws IOException {
    Path folder = Files.createDirectories(root.resolve("orders"));
    Files.writeString(
        folder.resolve("dataset.yaml"), "name: orders\nschema: schema.avsc\n" + partition);
    Files.writeString(folder.resolve("schema.avsc"), SCHEMA);
    return DatasetLoader.load(folder);
  }
}
