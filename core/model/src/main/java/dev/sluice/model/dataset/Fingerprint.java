package dev.sluice.model.dataset;

import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.DefaultValue;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.TimeInput;
import dev.sluice.model.schema.Type;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Names what a declaration makes of its input: SHA-256 over a canonical text of everything that
 * bears on conversion. Words for people, the key, queries and jobs do not.
 */
final class Fingerprint {
  private final StringBuilder text = new StringBuilder("sluice-1");

  private Fingerprint() {}

  static String of(
      RecordType schema,
      PartitionSpec partitions,
      List<QualityRule> rules,
      UnknownFields unknown,
      CsvFormat csv) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.type(schema);
    for (PartitionField field : partitions.fields()) {
      fingerprint.add("partition", field.column(), field.source(), transform(field.transform()));
    }
    rules.forEach(fingerprint::rule);
    fingerprint.add("unknown", unknown);
    if (!csv.equals(CsvFormat.DEFAULT)) {
      fingerprint.add("csv", csv);
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(fingerprint.text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Values are quoted, so that no two sequences of values have the same text. */
  private void add(String what, Object... values) {
    text.append('\n').append(what);
    for (Object value : values) {
      text.append(' ').append(Json.write(String.valueOf(value)));
    }
  }

  private void type(Type type) {
    if (type instanceof RecordType nested) {
      add("record");
      nested.fields().forEach(this::field);
      add("end");
    } else if (type instanceof ArrayType array) {
      add("array", array.nullableElements());
      type(array.element());
    } else if (type instanceof MapType map) {
      add("map", map.nullableValues());
      type(map.values());
    } else {
      ScalarType scalar = (ScalarType) type;
      add("scalar", scalar.kind(), scalar.precision(), scalar.scale());
      add("symbols", scalar.symbols().toArray());
      scalar.input().ifPresent(this::input);
    }
  }

  private void field(Field field) {
    add("field", field.name(), field.nullable());
    add("keys", field.keys().toArray());
    Optional<DefaultValue> value = field.defaultValue();
    if (value.isPresent()) {
      if (value.get() instanceof DefaultValue.Scalar scalar) {
        add("default", scalar.json().getClass().getSimpleName(), scalar.json());
      } else {
        add("default", value.get() instanceof DefaultValue.Null ? "null" : "empty");
      }
    }
    type(field.type());
  }

  private void input(TimeInput input) {
    if (input instanceof TimeInput.Epoch epoch) {
      add("epoch", epoch.unit());
    } else if (input instanceof TimeInput.Pattern pattern) {
      add("format", pattern.pattern(), pattern.zone().getId());
    } else if (input instanceof TimeInput.Iso iso) {
      add("iso", iso.zone().getId());
    }
  }

  private static String transform(Transform transform) {
    if (transform instanceof Transform.Time time) {
      return time.unit() + (time.relative() ? " relative" : "");
    } else if (transform instanceof Transform.Truncate truncate) {
      return "truncate " + truncate.width();
    } else if (transform instanceof Transform.Bucket bucket) {
      return "bucket " + bucket.count();
    }
    return "identity";
  }

  private void rule(QualityRule rule) {
    if (rule instanceof QualityRule.Required) {
      add("required", rule.name(), rule.field());
    } else if (rule instanceof QualityRule.Range range) {
      add("min", rule.name(), rule.field(), range.min().orElse(""));
      add("max", range.max().orElse(""));
    } else if (rule instanceof QualityRule.Allowed allowed) {
      add("allowed", rule.name(), rule.field());
      add("values", allowed.values().toArray());
    } else if (rule instanceof QualityRule.Matches matches) {
      add("matches", rule.name(), rule.field(), matches.pattern());
    } else if (rule instanceof QualityRule.Compare compare) {
      add("compare", rule.name(), rule.field(), compare.operator(), compare.other());
    }
  }
}
