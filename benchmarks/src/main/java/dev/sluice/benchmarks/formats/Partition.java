package dev.sluice.benchmarks.formats;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import dev.sluice.model.dataset.Transform;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One partition as a condition: on the partition's columns, or on the fields that they come from.
 *
 * @param spec the layout
 * @param values the partition's values by column, unescaped
 */
record Partition(PartitionSpec spec, Map<String, String> values) {

  /** Reads {@code a=x/b=y}, with Hive's escapes. */
  static Partition of(PartitionSpec spec, String directory) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String level : directory.split("/")) {
      int equals = level.indexOf('=');
      // Hive escapes as URLs do, except that a plus sign is a plus sign.
      String value = level.substring(equals + 1).replace("+", "%2B");
      values.put(level.substring(0, equals), URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return new Partition(spec, values);
  }

  private String value(PartitionField level) {
    String value = values.get(level.column());
    if (value == null) {
      throw new IllegalArgumentException("No value of " + level.column() + " in " + values);
    }
    return value;
  }

  /** For a table with partition columns. */
  String onColumns() {
    return String.join(
        " AND ",
        spec.fields().stream()
            .map(level -> DuckDb.name(level.column()) + " = " + DuckDb.literal(value(level)))
            .toList());
  }

  /**
   * For a table without: equality, and for times a range, as people write it.
   *
   * @param expression the SQL of a field by its path with dots
   * @param zoned whether instants carry a zone
   */
  String onFields(Function<String, String> expression, boolean zoned) {
    List<String> conditions = new ArrayList<>();
    Map<String, String> times = new LinkedHashMap<>();
    for (PartitionField level : spec.fields()) {
      String path = level.source().toString();
      if (level.transform() instanceof Transform.Identity) {
        conditions.add(expression.apply(path) + " = " + DuckDb.literal(value(level)));
      } else if (level.transform() instanceof Transform.Time time) {
        times.merge(
            path, value(level), (coarse, fine) -> time.relative() ? coarse + "-" + fine : fine);
      } else {
        throw new IllegalArgumentException("No shipped dataset has this: " + level.transform());
      }
    }
    times.forEach((path, written) -> {
      LocalDateTime from = from(written);
      conditions.add(expression.apply(path) + " >= " + instant(from, zoned));
      conditions.add(expression.apply(path) + " < " + instant(to(written, from), zoned));
    });
    return String.join(" AND ", conditions);
  }

  private static LocalDateTime from(String written) {
    String[] parts = written.split("-");
    return LocalDateTime.of(
        Integer.parseInt(parts[0]),
        parts.length > 1 ? Integer.parseInt(parts[1]) : 1,
        parts.length > 2 ? Integer.parseInt(parts[2]) : 1,
        parts.length > 3 ? Integer.parseInt(parts[3]) : 0,
        0);
  }

  private static LocalDateTime to(String written, LocalDateTime from) {
    return switch (written.split("-").length) {
      case 1 -> from.plusYears(1);
      case 2 -> from.plusMonths(1);
      case 3 -> from.plusDays(1);
      default -> from.plusHours(1);
    };
  }

  private static String instant(LocalDateTime at, boolean zoned) {
    String text = at.toString().replace('T', ' ') + ":00";
    return zoned ? "TIMESTAMPTZ '" + text + "+00'" : "TIMESTAMP '" + text + "'";
  }
}
