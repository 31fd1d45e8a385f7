package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.engines.Spark;
import dev.sluice.benchmarks.engines.SqlReader;
import dev.sluice.benchmarks.engines.Trino;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sums over every column, down to nested ones, that are the same number in every engine's SQL: how
 * many values there are, and the sum of what they are as whole numbers, of texts that of the first
 * 48 bits of their MD5.
 */
final class Checksums {
  private static final String WHOLE = "DECIMAL(38, 0)";

  /** How an engine spells what the others spell otherwise. */
  private enum Dialect {
    DUCKDB {
      @Override
      String quoted(String name) {
        return DuckDb.name(name);
      }

      @Override
      String text(String value) {
        return "('0x' || md5(" + value + ")[1:12])::BIGINT";
      }

      @Override
      String millis(String value) {
        return "epoch_ms(" + value + ")";
      }

      @Override
      String length(String array) {
        return "len(" + array + ")";
      }

      @Override
      String present(String array, String each) {
        return "len(list_filter(" + array + ", lambda e: " + each + " IS NOT NULL))";
      }

      @Override
      String sum(String array, String each) {
        return "list_sum(list_transform(" + array + ", lambda e: " + each + "))";
      }
    },

    SPARK {
      @Override
      String quoted(String name) {
        return "`" + name + "`";
      }

      @Override
      String text(String value) {
        return "CAST(conv(substr(md5(" + value + "), 1, 12), 16, 10) AS BIGINT)";
      }

      @Override
      String millis(String value) {
        return "unix_millis(" + value + ")";
      }

      @Override
      String length(String array) {
        return "size(" + array + ")";
      }

      @Override
      String present(String array, String each) {
        return "size(filter(" + array + ", e -> " + each + " IS NOT NULL))";
      }

      @Override
      String sum(String array, String each) {
        return "aggregate("
            + array
            + ", CAST(0 AS "
            + WHOLE
            + "), (s, e) -> CAST(s + coalesce("
            + each
            + ", 0) AS "
            + WHOLE
            + "))";
      }
    },

    TRINO {
      @Override
      String quoted(String name) {
        return '"' + name + '"';
      }

      @Override
      String text(String value) {
        return "from_base(substr(to_hex(md5(to_utf8(" + value + "))), 1, 12), 16)";
      }

      @Override
      String millis(String value) {
        return "date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00', " + value + ")";
      }

      @Override
      String length(String array) {
        return "cardinality(" + array + ")";
      }

      @Override
      String present(String array, String each) {
        return "cardinality(filter(" + array + ", e -> " + each + " IS NOT NULL))";
      }

      @Override
      String sum(String array, String each) {
        return "reduce("
            + array
            + ", CAST(0 AS "
            + WHOLE
            + "), (s, e) -> s + CAST(coalesce("
            + each
            + ", 0) AS "
            + WHOLE
            + "), s -> s)";
      }
    };

    abstract String quoted(String name);

    abstract String text(String value);

    abstract String millis(String value);

    abstract String length(String array);

    abstract String present(String array, String each);

    abstract String sum(String array, String each);

    /** A value as a whole number. */
    final String number(ScalarType type, String value) {
      return switch (type.kind()) {
        case INT, LONG -> value;
        case BOOLEAN -> "CASE WHEN " + value + " THEN 1 WHEN NOT " + value + " THEN 0 END";
        // The same multiplication of the same bits everywhere.
        case DOUBLE -> "CAST(floor(" + value + " * 1000000) AS BIGINT)";
        case STRING, ENUM -> text(value);
        case TIMESTAMP -> millis(value);
        default -> throw new IllegalArgumentException("No standard input has this: " + type.kind());
      };
    }
  }

  private final RecordType schema;

  Checksums(RecordType schema) {
    this.schema = schema;
  }

  /**
   * Compares what {@code reader} finds in the Parquet files below {@code folder} with what DuckDB
   * does.
   *
   * @return how many sums were compared
   * @throws Failure naming every column that differs
   */
  int check(DuckDb duck, SqlReader reader, Path folder) throws SQLException, IOException {
    Dialect dialect =
        switch (reader) {
          case Spark spark -> Dialect.SPARK;
          case Trino trino -> Dialect.TRINO;
          default -> throw new IllegalArgumentException("No such dialect: " + reader.name());
        };
    List<String> what = new ArrayList<>(sums(dialect).keySet());
    List<String> expected = duck.row(select(Dialect.DUCKDB, DuckDb.readParquet(folder)));
    reader.table("written", schema, folder);
    List<@Nullable Object> found = reader.rows(select(dialect, "written")).getFirst();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      if (!expected.get(i).equals(String.valueOf(found.get(i)))) {
        wrong.add(what.get(i) + ": " + found.get(i) + " instead of " + expected.get(i));
      }
    }
    if (!wrong.isEmpty()) {
      throw new Failure(
          "Cannot time a wrong answer: "
              + reader.name()
              + " reads other values than DuckDB:\n  "
              + String.join("\n  ", wrong));
    }
    return expected.size();
  }

  private String select(Dialect dialect, String from) {
    return "SELECT " + String.join(", ", sums(dialect).values()) + " FROM " + from;
  }

  /** Expressions over all rows, by what they are about; in the same order in every dialect. */
  private Map<String, String> sums(Dialect dialect) {
    Map<String, String> sums = new LinkedHashMap<>();
    sums.put("rows", "count(*)");
    for (Field field : schema.fields()) {
      collect(dialect, field.type(), dialect.quoted(field.name()), field.name(), sums);
    }
    return sums;
  }

  private static void collect(
      Dialect dialect, Type type, String value, String path, Map<String, String> sums) {
    switch (type) {
      case RecordType struct -> {
        for (Field field : struct.fields()) {
          String inner = value + "." + dialect.quoted(field.name());
          collect(dialect, field.type(), inner, path + "." + field.name(), sums);
        }
      }
      case ArrayType array -> {
        sums.put(path + " (lengths)", total(dialect.length(value)));
        elements(dialect, array.element(), value, "e", path + "[]", sums);
      }
      case MapType map -> throw new IllegalArgumentException("No standard input has maps: " + path);
      case ScalarType scalar -> {
        sums.put(path + " (values)", "count(" + value + ")");
        sums.put(path, total(dialect.number(scalar, value)));
      }
    }
  }

  private static void elements(
      Dialect dialect,
      Type type,
      String array,
      String each,
      String path,
      Map<String, String> sums) {
    switch (type) {
      case RecordType struct -> {
        for (Field field : struct.fields()) {
          String inner = each + "." + dialect.quoted(field.name());
          elements(dialect, field.type(), array, inner, path + "." + field.name(), sums);
        }
      }
      case ScalarType scalar -> {
        sums.put(path + " (values)", total(dialect.present(array, each)));
        sums.put(path, total(dialect.sum(array, dialect.number(scalar, each))));
      }
      default -> throw new IllegalArgumentException("No standard input nests arrays: " + path);
    }
  }

  private static String total(String value) {
    return "sum(CAST(" + value + " AS " + WHOLE + "))";
  }
}
