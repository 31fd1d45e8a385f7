package dev.sluice.simulate;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.QualityRule;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A slow and strict reading of a declaration, written for these tests alone: stricter than a
 * converter, because no coercion and no unknown key is accepted.
 */
final class SchemaCheck {

  /** A record that does not fit. */
  static final class Misfit extends Exception {
    private static final long serialVersionUID = 1;
    final Reason reason;

    Misfit(Reason reason, String where) {
      super(reason + " " + where);
      this.reason = reason;
    }
  }

  private final Dataset dataset;

  SchemaCheck(Dataset dataset) {
    this.dataset = dataset;
  }

  Map<String, @Nullable Object> check(String line) throws Misfit {
    Object value;
    try {
      value = Json.parse(line);
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new Misfit(
          message.contains("Duplicate") ? Reason.DUPLICATE_FIELD : Reason.MALFORMED_JSON, message);
    }
    if (!(value instanceof Map<?, ?>)) {
      throw new Misfit(Reason.NOT_AN_OBJECT, line);
    }
    record(dataset.schema(), value, "");
    Map<String, @Nullable Object> fields = Json.parseObject(line);
    for (QualityRule rule : dataset.rules()) {
      if (!holds(rule, fields)) {
        throw new Misfit(Reason.RULE_VIOLATED, rule.name());
      }
    }
    return fields;
  }

  private static void record(RecordType type, @Nullable Object value, String path) throws Misfit {
    if (!(value instanceof Map<?, ?> map)) {
      throw new Misfit(Reason.TYPE_MISMATCH, path);
    }
    Set<String> known = new HashSet<>();
    for (Field field : type.fields()) {
      String at = path + "." + field.name();
      known.add(field.name());
      Object inner = map.get(field.name());
      if (!map.containsKey(field.name())) {
        if (field.defaultValue().isEmpty()) {
          throw new Misfit(Reason.MISSING_FIELD, at);
        }
      } else if (inner == null) {
        if (!field.nullable()) {
          throw new Misfit(Reason.NULL_FIELD, at);
        }
      } else {
        value(field.type(), inner, at);
      }
    }
    for (Object key : map.keySet()) {
      if (!known.contains(key)) {
        throw new Misfit(Reason.UNKNOWN_FIELD, path + "." + key);
      }
    }
  }

  private static void value(Type type, Object value, String path) throws Misfit {
    if (type instanceof RecordType record) {
      record(record, value, path);
    } else if (type instanceof ArrayType array) {
      if (!(value instanceof List<?> elements)) {
        throw new Misfit(Reason.TYPE_MISMATCH, path);
      }
      for (Object element : elements) {
        if (element != null) {
          value(array.element(), element, path + "[]");
        } else if (!array.nullableElements()) {
          throw new Misfit(Reason.NULL_FIELD, path + "[]");
        }
      }
    } else if (type instanceof MapType map) {
      if (!(value instanceof Map<?, ?> entries)) {
        throw new Misfit(Reason.TYPE_MISMATCH, path);
      }
      for (Object entry : entries.values()) {
        if (entry != null) {
          value(map.values(), entry, path + "{}");
        } else if (!map.nullableValues()) {
          throw new Misfit(Reason.NULL_FIELD, path + "{}");
        }
      }
    } else {
      scalar((ScalarType) type, value, path);
    }
  }

  private static void scalar(ScalarType type, Object value, String path) throws Misfit {
    boolean text = false;
    boolean fits =
        switch (type.kind()) {
          case BOOLEAN -> value instanceof Boolean;
          case INT, LONG -> value instanceof Long;
          case FLOAT, DOUBLE, DECIMAL -> value instanceof Long || value instanceof BigDecimal;
          default -> text = value instanceof String;
        };
    if (!fits) {
      throw new Misfit(Reason.TYPE_MISMATCH, path);
    }
    if (text && ((String) value).chars().anyMatch(c -> Character.isSurrogate((char) c))) {
      throw new Misfit(Reason.INVALID_TEXT, path);
    }
    try {
      switch (type.kind()) {
        case INT -> {
          if ((Long) value != ((Long) value).intValue()) {
            throw new Misfit(Reason.OUT_OF_RANGE, path);
          }
        }
        case DECIMAL -> {
          BigDecimal number = new BigDecimal(value.toString());
          BigDecimal scaled = number.stripTrailingZeros();
          if (scaled.scale() > type.scale()
              || scaled.precision() - scaled.scale() > type.precision() - type.scale()) {
            throw new Misfit(Reason.OUT_OF_RANGE, path);
          }
        }
        case ENUM -> {
          if (!type.symbols().contains(value)) {
            throw new Misfit(Reason.UNKNOWN_SYMBOL, path);
          }
        }
        case DATE -> LocalDate.parse((String) value);
        case TIMESTAMP -> OffsetDateTime.parse((String) value);
        default -> {}
      }
    } catch (DateTimeException e) {
      throw new Misfit(Reason.TYPE_MISMATCH, path);
    }
  }

  private boolean holds(QualityRule rule, Map<String, @Nullable Object> fields) {
    List<Object> values = new ArrayList<>();
    find(fields, rule.field().names(), values);
    if (rule instanceof QualityRule.Required) {
      return !values.isEmpty() && !values.contains("");
    }
    if (rule instanceof QualityRule.Range range) {
      return values.stream()
          .allMatch(v ->
              range.min().map(min -> compare(v, min) >= 0).orElse(true)
                  && range.max().map(max -> compare(v, max) <= 0).orElse(true));
    }
    if (rule instanceof QualityRule.Allowed allowed) {
      return allowed.values().containsAll(values);
    }
    if (rule instanceof QualityRule.Matches matches) {
      return values.stream().allMatch(v -> ((String) v).matches(matches.pattern()));
    }
    QualityRule.Compare comparison = (QualityRule.Compare) rule;
    List<Object> others = new ArrayList<>();
    find(fields, comparison.other().names(), others);
    if (values.isEmpty() || others.isEmpty()) {
      return true;
    }
    int order = compare(values.get(0), others.get(0).toString());
    return switch (comparison.operator()) {
      case LESS -> order < 0;
      case LESS_OR_EQUAL -> order <= 0;
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER_OR_EQUAL -> order >= 0;
      case GREATER -> order > 0;
    };
  }

  private static int compare(Object value, String bound) {
    if (!(value instanceof String text)) {
      return new BigDecimal(value.toString()).compareTo(new BigDecimal(bound));
    }
    try {
      return Instant.parse(text).compareTo(Instant.parse(bound));
    } catch (DateTimeException e) {
      return text.compareTo(bound);
    }
  }

  private static void find(@Nullable Object value, List<String> names, List<Object> found) {
    if (value instanceof List<?> elements) {
      elements.forEach(element -> find(element, names, found));
    } else if (names.isEmpty()) {
      if (value != null) {
        found.add(value);
      }
    } else if (value instanceof Map<?, ?> map) {
      find(map.get(names.get(0)), names.subList(1, names.size()), found);
    }
  }

  /** The directory that a fitting record belongs to; values need no escapes here. */
  String directory(Map<String, @Nullable Object> fields) {
    StringJoiner path = new StringJoiner("/");
    for (PartitionField field : dataset.partitions().fields()) {
      String value = text(fields, field.source());
      if (field.transform() instanceof Transform.Time time) {
        ZonedDateTime at = Instant.parse(value).atZone(ZoneOffset.UTC);
        String pattern =
            switch (time.unit()) {
              case YEAR -> "uuuu";
              case MONTH -> time.relative() ? "MM" : "uuuu-MM";
              case DAY -> time.relative() ? "dd" : "uuuu-MM-dd";
              case HOUR -> time.relative() ? "HH" : "uuuu-MM-dd-HH";
            };
        value = DateTimeFormatter.ofPattern(pattern).format(at);
      } else if (!(field.transform() instanceof Transform.Identity)) {
        throw new AssertionError("No such transform is declared: " + field);
      }
      path.add(field.column() + "=" + value);
    }
    return path.toString();
  }

  private static String text(Map<String, @Nullable Object> fields, FieldPath path) {
    List<Object> values = new ArrayList<>();
    find(fields, path.names(), values);
    return values.get(0).toString();
  }
}
