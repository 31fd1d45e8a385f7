package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import dev.sluice.model.schema.TimeInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetLoaderTest {
  @TempDir Path root;

  @Test
  void twoLinesAreADeclaration() throws IOException {
    Dataset dataset =
        load(
            "name: orders\nschema: schema.avsc\n",
            """
            {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "long"}]}
            """);

    assertThat(dataset.name()).isEqualTo("orders");
    assertThat(dataset.schema().fields())
        .containsExactly(
            new Field("id", List.of("id"), ScalarType.of(Kind.LONG), false, Optional.empty(), ""));
    assertThat(dataset.partitions().fields()).isEmpty();
    assertThat(dataset.rules()).isEmpty();
    assertThat(dataset.unknownFields()).isEqualTo(UnknownFields.IGNORE);
    assertThat(dataset.onSourceDelete()).isEqualTo(OnSourceDelete.KEEP);
    assertThat(dataset.fingerprint()).matches("[0-9a-f]{16}");
  }

  @Test
  void everythingThatCanBeDeclaredIsRead() throws IOException {
    Files.createDirectories(root.resolve("orders/queries"));
    Files.writeString(root.resolve("orders/queries/total.sql"), "SELECT 1");
    Dataset dataset =
        load(
            """
            name: orders
            description: Orders of the shop
            schema: schema.avsc
            event_time: at
            key: [id, at]
            partition:
              - day(at)
              - country
              - bucket(16, id) as part
            unknown_fields: quarantine
            on_source_delete: withdraw
            quality:
              - {field: total, min: 0, max: 1e6}
              - {field: country, required: true, allowed: [de, fr]}
              - {name: id form, field: id, matches: "o-[0-9]+"}
              - {field: lines.price, min: 0.01}
              - {check: "net <= total"}
              - {field: at, min: 2020-01-01}
            queries: [queries/total.sql]
            jobs: [order-stats]
            """,
            """
            {"type": "record", "name": "Order", "namespace": "shop", "doc": "An order", "fields": [
              {"name": "id", "type": "string", "json": "order-id", "aliases": ["orderId"]},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis",
                  "format": "M/d/yyyy H:mm", "zone": "Europe/Berlin"}},
              {"name": "paid", "epoch": "seconds", "default": null,
                  "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
              {"name": "country", "type": ["null", "string"], "default": null},
              {"name": "net", "type": {"type": "bytes", "logicalType": "decimal",
                  "precision": 10, "scale": 2}, "default": "0.00"},
              {"name": "total", "type": {"type": "bytes", "logicalType": "decimal",
                  "precision": 10, "scale": 2}},
              {"name": "first", "type": {"type": "record", "name": "Line", "fields": [
                 {"name": "price", "type": "double", "default": 0}]}},
              {"name": "lines", "type": {"type": "array", "items": "Line"}, "default": []},
              {"name": "State", "type": {"type": "enum", "name": "State", "symbols": ["new", "done"]},
                  "default": "new"}
            ]}
            """);

    assertThat(dataset.eventTime()).contains(FieldPath.parse("at"));
    assertThat(dataset.key()).containsExactly(FieldPath.parse("id"), FieldPath.parse("at"));
    assertThat(dataset.partitions().fields())
        .containsExactly(
            new PartitionField(
                "day",
                FieldPath.parse("at"),
                new Transform.Time(Transform.Unit.DAY, false),
                Optional.empty()),
            new PartitionField(
                "country", FieldPath.parse("country"), new Transform.Identity(), Optional.empty()),
            new PartitionField(
                "part",
                FieldPath.parse("id"),
                new Transform.Bucket(16),
                Optional.of(new Projection.Range("0", "15"))));
    assertThat(dataset.partitions().projected()).isFalse();
    assertThat(dataset.rules())
        .containsExactly(
            new QualityRule.Range(
                "total_range", FieldPath.parse("total"), Optional.of("0"), Optional.of("1e6")),
            new QualityRule.Required("country_required", FieldPath.parse("country")),
            new QualityRule.Allowed(
                "country_allowed", FieldPath.parse("country"), List.of("de", "fr")),
            new QualityRule.Matches("id form", FieldPath.parse("id"), "o-[0-9]+"),
            new QualityRule.Range(
                "lines.price_range",
                FieldPath.parse("lines.price"),
                Optional.of("0.01"),
                Optional.empty()),
            new QualityRule.Compare(
                "net <= total",
                FieldPath.parse("net"),
                QualityRule.Operator.LESS_OR_EQUAL,
                FieldPath.parse("total")),
            new QualityRule.Range(
                "at_range",
                FieldPath.parse("at"),
                Optional.of("2020-01-01T00:00:00Z"),
                Optional.empty()));
    assertThat(dataset.unknownFields()).isEqualTo(UnknownFields.QUARANTINE);
    assertThat(dataset.onSourceDelete()).isEqualTo(OnSourceDelete.WITHDRAW);
    assertThat(dataset.queries()).containsExactly("queries/total.sql");
    assertThat(dataset.jobs()).containsExactly("order-stats");
    assertThat(dataset.schema().doc()).isEqualTo("An order");
    Field id = dataset.schema().fields().get(0);
    assertThat(id.keys()).containsExactly("order-id", "orderId");
    assertThat(dataset.schema().fields().get(1).type())
        .isEqualTo(
            ScalarType.temporal(
                Kind.TIMESTAMP,
                new TimeInput.Pattern("M/d/yyyy H:mm", ZoneId.of("Europe/Berlin"))));
    assertThat(dataset.schema().fields().get(2).type())
        .isEqualTo(
            ScalarType.temporal(Kind.TIMESTAMP, new TimeInput.Epoch(TimeInput.Unit.SECONDS)));
    assertThat(dataset.schema().fields().get(4).defaultValue())
        .contains(new DefaultValue.Scalar(java.math.BigDecimal.ZERO));
    assertThat(dataset.schema().fields().get(8).column()).isEqualTo("state");
  }

  private Dataset load(String yaml, String schema) throws IOException {
    Path folder = Files.createDirectories(root.resolve("orders"));
    Files.writeString(folder.resolve("dataset.yaml"), yaml);
    Files.writeString(folder.resolve("schema.avsc"), schema);
    return DatasetLoader.load(folder);
  }
}
