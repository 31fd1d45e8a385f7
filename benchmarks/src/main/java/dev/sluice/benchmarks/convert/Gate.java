package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The correctness gate: DuckDB reads the Parquet files, and reads the JSON itself. Rows, the values
 * of each column down to nested ones, the partition of each row, and which values stand together in
 * a row must be equal.
 */
public final class Gate {
  private final DuckDb duck;
  private final Dataset dataset;
  private final String json;
  private final long records;

  /** What the JSON says, by whether partitions count too; it is the same for every peer. */
  private final Map<Boolean, Map<String, String>> expectations = new HashMap<>();

  /**
   * @param input NDJSON
   * @param records how many it holds
   */
  public Gate(DuckDb duck, Dataset dataset, Path input, long records) {
    this.duck = duck;
    this.dataset = dataset;
    this.json = DuckDb.readJson(input, dataset.schema());
    this.records = records;
  }

  /** A set of sums over one relation, by what they are about. */
  private record Sums(String from, Map<String, String> expressions) {}

  /**
   * Compares.
   *
   * @param who wrote {@code folder}
   * @param partitions whether the directories must be named as the declaration says
   * @return how many sums were compared
   * @throws Failure naming every column that differs
   */
  public int check(String who, Path folder, boolean partitions) throws SQLException {
    String parquet = DuckDb.readParquet(folder);
    String rows = duck.text("SELECT count(*) FROM " + parquet);
    List<String> wrong = new ArrayList<>();
    if (!rows.equals(Long.toString(records))) {
      wrong.add("rows: " + rows + " instead of " + records);
    }
    Map<String, String> expected = expected(partitions);
    Map<String, String> found = sums(parquet, partitions, false);
    expected.forEach((what, value) -> {
      if (!value.equals(found.get(what))) {
        wrong.add(what + ": " + found.get(what) + " instead of " + value);
      }
    });
    if (!wrong.isEmpty()) {
      throw new Failure(
          "Cannot time a wrong answer: what "
              + who
              + " wrote for "
              + dataset.name()
              + " differs from its input:\n  "
              + String.join("\n  ", wrong));
    }
    return expected.size() + 1;
  }

  private Map<String, String> expected(boolean partitions) throws SQLException {
    Map<String, String> expected = expectations.get(partitions);
    if (expected == null) {
      expected = sums(json, partitions, true);
      expectations.put(partitions, expected);
    }
    return expected;
  }

  private Map<String, String> sums(String relation, boolean partitions, boolean isJson)
      throws SQLException {
    List<Sums> all = new ArrayList<>();
    Sums top = new Sums(relation, new LinkedHashMap<>());
    all.add(top);
    for (Field field : dataset.schema().fields()) {
      collect(field.type(), DuckDb.name(field.name()), field.name(), top, all);
    }
    top.expressions.put("whole rows", "sum(hash(" + wholeRow() + ")::HUGEINT)");
    if (partitions) {
      for (PartitionField level : dataset.partitions().fields()) {
        String value = isJson ? rendered(level) : DuckDb.name(level.column());
        top.expressions.put("partition " + level.column(), checksum(value));
      }
    }
    Map<String, String> results = new LinkedHashMap<>();
    for (Sums sums : all) {
      List<String> row =
          duck.row("SELECT " + String.join(", ", sums.expressions.values()) + " FROM " + sums.from);
      int i = 0;
      for (String what : sums.expressions.keySet()) {
        results.put(what, row.get(i++));
      }
    }
    return results;
  }

  private static void collect(
      Type type, String expression, String path, Sums sums, List<Sums> all) {
    switch (type) {
      case RecordType struct -> {
        for (Field field : struct.fields()) {
          String inner = expression + "." + DuckDb.name(field.name());
          collect(field.type(), inner, path + "." + field.name(), sums, all);
        }
      }
      case ArrayType array -> {
        sums.expressions.put(path + " (lengths)", checksum("len(" + expression + ")"));
        Sums elements =
            new Sums(
                "(SELECT unnest(" + expression + ") AS e FROM " + sums.from + ")",
                new LinkedHashMap<>());
        all.add(elements);
        collect(array.element(), "e", path + "[]", elements, all);
      }
      case MapType map -> throw new IllegalArgumentException("No standard input has maps: " + path);
      case ScalarType scalar ->
          sums.expressions.put(path, checksum(comparable(scalar, expression)));
    }
  }

  private static String comparable(ScalarType type, String expression) {
    // One reader answers instants with a zone, the other without.
    return type.kind() == ScalarType.Kind.TIMESTAMP ? "epoch_us(" + expression + ")" : expression;
  }

  private static String checksum(String expression) {
    return "count(" + expression + ") || ' values, sum ' || sum(hash(" + expression + ")::HUGEINT)";
  }

  private String wholeRow() {
    return dataset.schema().fields().stream()
        .map(field ->
            field.type() instanceof ScalarType scalar
                ? comparable(scalar, DuckDb.name(field.name()))
                : DuckDb.name(field.name()))
        .collect(Collectors.joining(", "));
  }

  /** The partition value of a record, computed by DuckDB from the JSON. */
  static String rendered(PartitionField level) {
    String source = expression(level.source());
    return switch (level.transform()) {
      case Transform.Identity identity -> source + "::VARCHAR";
      case Transform.Time time -> "strftime(" + source + ", '" + format(time) + "')";
      case Transform.Truncate truncate -> source + "[1:" + truncate.width() + "]";
      case Transform.Bucket bucket ->
          throw new IllegalArgumentException("DuckDB has no such hash: bucket");
    };
  }

  private static String format(Transform.Time time) {
    if (time.relative()) {
      return switch (time.unit()) {
        case YEAR -> "%Y";
        case MONTH -> "%m";
        case DAY -> "%d";
        case HOUR -> "%H";
      };
    }
    return switch (time.unit()) {
      case YEAR -> "%Y";
      case MONTH -> "%Y-%m";
      case DAY -> "%Y-%m-%d";
      case HOUR -> "%Y-%m-%d-%H";
    };
  }

  /** A path through records as an SQL expression. */
  public static String expression(FieldPath path) {
    return path.names().stream().map(DuckDb::name).collect(Collectors.joining("."));
  }
}
