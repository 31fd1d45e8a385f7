package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Transform.Unit;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import dev.sluice.model.schema.TimeInput;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclarationTest {
  private static final String FIELDS =
      """
      {"name": "id", "type": "string"},
      {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
      {"name": "seen", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
      {"name": "due", "type": {"type": "int", "logicalType": "date"}},
      {"name": "count", "type": "int"},
      {"name": "paid", "type": ["null", "boolean"]},
      {"name": "shop", "type": {"type": "record", "name": "Shop",
        "fields": [{"name": "City", "type": "string"}]}}
      """;

  @TempDir Path root;

  @Test
  void aPartIsRelativeWhenTheNextCoarserPartStandsBefore() throws IOException {
    assertThat(transforms("[year(at), month(at), day(at), hour(at)]"))
        .containsExactly(
            new Transform.Time(Unit.YEAR, false),
            new Transform.Time(Unit.MONTH, true),
            new Transform.Time(Unit.DAY, true),
            new Transform.Time(Unit.HOUR, true));
    assertThat(transforms("[month(at), id, day(at)]"))
        .containsExactly(
            new Transform.Time(Unit.MONTH, false),
            new Transform.Identity(),
            new Transform.Time(Unit.DAY, true));
    assertThat(transforms("[year(due), month(at)]"))
        .containsExactly(
            new Transform.Time(Unit.YEAR, false), new Transform.Time(Unit.MONTH, false));
  }

  /** Otherwise the fifteenths of all months of a year would share a directory. */
  @Test
  void aDayUnderAMereYearCarriesItsMonth() throws IOException {
    assertThat(transforms("[year(at), day(at)]"))
        .containsExactly(new Transform.Time(Unit.YEAR, false), new Transform.Time(Unit.DAY, false));
  }

  @Test
  void aColumnIsNamedAfterItsSourceUnlessRenamed() throws IOException {
    assertThat(
            load("""
            partition:
              - shop.City
              - month(at) as m
              - {by: "truncate(3, id)", as: start}
              - "truncate(10, count)"
              - bucket(4, id)
            """)
                .partitions()
                .fields())
        .extracting(PartitionField::column)
        .containsExactly("shop_city", "m", "start", "count_trunc", "id_bucket");
  }

  @Test
  void aProjectedLayoutImpliesThatNoRecordLiesOutsideOfIt() throws IOException {
    Dataset dataset =
        load(
            """
            partition:
              - {by: id, values: [a, b]}
              - {by: year(seen), from: 2020, to: 2021}
              - month(seen)
              - paid
              - {by: due, from: 2024-02-01, to: 2024-02-29}
              - {by: "truncate(10, count)", from: -10, to: 20}
            quality:
              - {field: id, matches: "."}
            """);

    assertThat(dataset.partitions().projected()).isTrue();
    assertThat(dataset.rules())
        .containsExactly(
            new QualityRule.Allowed("partition_id", FieldPath.parse("id"), List.of("a", "b")),
            new QualityRule.Range(
                "partition_year",
                FieldPath.parse("seen"),
                Optional.of("2020-01-01T00:00:00Z"),
                Optional.of("2021-12-31T23:59:59.999999Z")),
            new QualityRule.Required("partition_year_required", FieldPath.parse("seen")),
            new QualityRule.Required("partition_paid_required", FieldPath.parse("paid")),
            new QualityRule.Range(
                "partition_due",
                FieldPath.parse("due"),
                Optional.of("2024-02-01"),
                Optional.of("2024-02-29")),
            new QualityRule.Range(
                "partition_count_trunc",
                FieldPath.parse("count"),
                Optional.of("-10"),
                Optional.of("29")),
            new QualityRule.Matches("id_matches", FieldPath.parse("id"), "."));
  }

  @Test
  void aDeclaredRuleThatSaysTheSameTakesTheImpliedOnesPlace() throws IOException {
    assertThat(
            load("""
            partition: [{by: day(at), from: 2024-01-01, to: 2024-12-31}]
            quality:
              - {name: mine, field: at, min: 2024-01-01T00:00:00Z, max: "2024-12-31T23:59:59.999999Z"}
            """)
                .rules())
        .extracting(QualityRule::name)
        .containsExactly("mine");
  }

  @Test
  void aLayoutWithoutDeclaredValuesImpliesNothing() throws IOException {
    Dataset dataset = load("partition: [id, day(seen), paid]");

    assertThat(dataset.partitions().projected()).isFalse();
    assertThat(dataset.rules()).isEmpty();
  }

  @Test
  void bucketsOfAFieldThatCanBeNullAreRegistered() throws IOException {
    assertThat(load("partition: [\"bucket(4, seen)\"]").partitions().projected()).isFalse();
  }

  @Test
  void bucketsAloneAreProjected() throws IOException {
    PartitionSpec spec = load("partition: [\"bucket(4, id)\"]").partitions();

    assertThat(spec.projected()).isTrue();
    assertThat(spec.fields().get(0).projection()).contains(new Projection.Range("0", "3"));
  }

  @Test
  void rulesWithoutANameAreNumberedWhenTheyMeet() throws IOException {
    assertThat(
            load("""
            quality:
              - {field: count, min: 0}
              - {field: count, max: 9}
              - {field: at, max: "2024-06-01T02:00:00+02:00"}
              - {field: at, max: 2024-06-01}
            """)
                .rules())
        .extracting(QualityRule::name)
        .containsExactly("count_range", "count_range_2", "at_range", "at_range_2");
    assertThat(load("quality: [{field: at, max: \"2024-06-01T02:00:00+02:00\"}]").rules())
        .isEqualTo(load("quality: [{field: at, max: 2024-06-01}]").rules());
  }

  @Test
  void defaultsAreInTheFormOfTheData() throws IOException {
    RecordType schema =
        schema(
            """
            {"name": "a", "default": 1577836800000,
              "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "b", "default": 18262, "type": {"type": "int", "logicalType": "date"}},
            {"name": "c", "default": 1577836800000000, "epoch": "seconds",
              "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "d", "default": 18262,
              "type": {"type": "int", "logicalType": "date", "format": "d.M.yyyy"}},
            {"name": "e", "default": 1577833200000, "type": {"type": "long",
              "logicalType": "timestamp-millis", "format": "d.M.yyyy HH:mm", "zone": "+01:00"}},
            {"name": "f", "default": "\\u0000\\u00ff", "type": "bytes"},
            {"name": "g", "default": "1.50",
              "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}},
            {"name": "h", "default": [], "type": ["null", {"type": "array", "items": "int"}]},
            {"name": "i", "default": {}, "type": {"type": "map", "values": "int"}},
            {"name": "j", "default": 1, "type": "double"}
            """);

    assertThat(schema.fields())
        .extracting(f -> f.defaultValue().orElseThrow())
        .containsExactly(
            new DefaultValue.Scalar("2020-01-01T00:00:00Z"),
            new DefaultValue.Scalar("2020-01-01"),
            new DefaultValue.Scalar(1577836800L),
            new DefaultValue.Scalar("1.1.2020"),
            new DefaultValue.Scalar("1.1.2020 00:00"),
            new DefaultValue.Scalar("AP8="),
            new DefaultValue.Scalar(new BigDecimal("1.50")),
            new DefaultValue.Empty(),
            new DefaultValue.Empty(),
            new DefaultValue.Scalar(1L));
  }

  @Test
  void timesMayBeDeclaredBesideTheTypeOrInsideIt() throws IOException {
    RecordType schema =
        schema(
            """
            {"name": "a", "epoch": "millis",
              "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}]},
            {"name": "b", "type": {"type": "array",
              "items": {"type": "long", "logicalType": "timestamp-millis", "epoch": "micros"}}},
            {"name": "c", "type": {"type": "long", "logicalType": "timestamp-millis",
              "zone": "Europe/Berlin"}},
            {"name": "d", "type": {"type": "int", "logicalType": "date", "format": "MMM d, yyyy"}}
            """);

    assertThat(schema.fields().get(0).type())
        .isEqualTo(ScalarType.temporal(Kind.TIMESTAMP, new TimeInput.Epoch(TimeInput.Unit.MILLIS)));
    assertThat(schema.fields().get(1).type().toString()).contains("MICROS");
    assertThat(schema.fields().get(2).type())
        .isEqualTo(
            ScalarType.temporal(Kind.TIMESTAMP, new TimeInput.Iso(ZoneId.of("Europe/Berlin"))));
    assertThat(schema.fields().get(3).type())
        .isEqualTo(
            ScalarType.temporal(Kind.DATE, new TimeInput.Pattern("MMM d, yyyy", ZoneOffset.UTC)));
  }

  @Test
  void aNamedTypeIsUsedAgainByItsName() throws IOException {
    RecordType schema =
        schema(
            """
            {"name": "net", "type": {"type": "record", "name": "money.Amount",
              "fields": [{"name": "value", "type": "long"}]}},
            {"name": "gross", "type": ["null", "money.Amount"]}
            """);

    assertThat(schema.fields())
        .extracting(Field::type)
        .hasSize(2)
        .containsOnly(schema.fields().get(0).type());
  }

  /** The ledger compares fingerprints of years: a change of this value is a change of behaviour. */
  @Test
  void theFingerprintOfADeclarationStaysTheSame() throws IOException {
    assertThat(load("").fingerprint()).isEqualTo("a03136731b4351bc");
  }

  @Test
  void theFingerprintChangesWithWhatBearsOnConversionOnly() throws IOException {
    String plain = load("").fingerprint();

    assertThat(load("description: Other\nkey: [id]\nevent_time: at\njobs: [x]").fingerprint())
        .isEqualTo(plain);
    assertThat(load("unknown_fields: quarantine").fingerprint()).isNotEqualTo(plain);
    assertThat(load("partition: [id]").fingerprint())
        .isNotEqualTo(plain)
        .isNotEqualTo(load("partition: [id as i]").fingerprint());
    assertThat(load("quality: [{field: count, min: 1}]").fingerprint())
        .isNotEqualTo(plain)
        .isNotEqualTo(load("quality: [{field: count, max: 1}]").fingerprint());
    String doc = FIELDS.replace("\"type\": \"int\"}", "\"type\": \"int\", \"doc\": \"x\"}");
    assertThat(load("", doc).fingerprint()).isEqualTo(plain);
    String type = FIELDS.replace("\"type\": \"int\"}", "\"type\": \"long\"}");
    assertThat(load("", type).fingerprint()).isNotEqualTo(plain);
    String value = FIELDS.replace("\"type\": \"int\"}", "\"type\": \"int\", \"default\": 0}");
    assertThat(load("", value).fingerprint()).isNotEqualTo(plain);
  }

  private List<Transform> transforms(String levels) throws IOException {
    return load("partition: " + levels).partitions().fields().stream()
        .map(PartitionField::transform)
        .toList();
  }

  private RecordType schema(String fields) throws IOException {
    return load("", fields).schema();
  }

  private Dataset load(String rest) throws IOException {
    return load(rest, FIELDS);
  }

  private Dataset load(String rest, String fields) throws IOException {
    Path folder = Files.createDirectories(root.resolve("orders"));
    Files.writeString(folder.resolve("dataset.yaml"), "name: orders\nschema: schema.avsc\n" + rest);
    Files.writeString(
        folder.resolve("schema.avsc"),
        "{\"type\": \"record\", \"name\": \"R\", \"fields\": [" + fields + "]}");
    return DatasetLoader.load(folder);
  }
}
