package dev.sluice.benchmarks.engines;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as {@link SqlReader#values} writes them, read by their declared types: {@link Boolean},
 * {@link Long}, {@link Float}, {@link Double}, {@link String}, {@link BigDecimal}, {@link
 * LocalDate}, {@link Instant}, bytes as {@code 0x…}, {@link List}, and {@link Map} for records (by
 * column) and maps.
 */
public final class Values {
  private Values() {}

  /** A record, from its fields in declared order. */
  public static Map<String, @Nullable Object> record(RecordType type, List<?> values) {
    if (values.size() != type.fields().size()) {
      throw new IllegalArgumentException(
          values.size() + " values of " + type.fields().size() + " fields: " + values);
    }
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      Field field = type.fields().get(i);
      row.put(field.column(), value(field.type(), values.get(i)));
    }
    return row;
  }

  private static @Nullable Object value(Type type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    return switch (type) {
      case RecordType struct -> record(struct, (List<?>) value);
      case ArrayType array -> {
        List<@Nullable Object> list = new ArrayList<>();
        ((List<?>) value).forEach(each -> list.add(value(array.element(), each)));
        yield list;
      }
      case MapType map -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        ((Map<?, ?>) value)
            .forEach((key, each) -> entries.put(String.valueOf(key), value(map.values(), each)));
        yield entries;
      }
      case ScalarType scalar -> scalar(scalar, (String) value);
    };
  }

  private static Object scalar(ScalarType type, String text) {
    return switch (type.kind()) {
      case BOOLEAN -> Boolean.valueOf(text);
      case INT, LONG -> Long.valueOf(text);
      case FLOAT -> Float.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      case STRING, ENUM -> text;
      case BYTES -> "0x" + text.toLowerCase(Locale.ROOT);
      case DECIMAL -> new BigDecimal(text);
      case DATE -> LocalDate.parse(text);
      case TIMESTAMP -> Instant.parse(text.endsWith("Z") ? text : text.replace(' ', 'T') + "Z");
    };
  }
}
