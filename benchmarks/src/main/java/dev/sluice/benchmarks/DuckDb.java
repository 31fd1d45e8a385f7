package dev.sluice.benchmarks;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** DuckDB in this process, on as many threads as are asked for. */
public final class DuckDb implements AutoCloseable {
  private final Connection connection;
  private final Statement statement;

  public DuckDb(int threads) throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    statement = connection.createStatement();
    statement.execute("SET threads=" + threads);
    statement.execute("SET preserve_insertion_order=false");
  }

  /** What DuckDB says of itself. */
  public String version() throws SQLException {
    return text("SELECT version()");
  }

  public void execute(String sql) throws SQLException {
    statement.execute(sql);
  }

  /** The only value of the only row, as text. */
  public String text(String sql) throws SQLException {
    return row(sql).getFirst();
  }

  /** The only row, every value as text; {@code null} stands for null. */
  public List<String> row(String sql) throws SQLException {
    List<List<String>> rows = rows(sql);
    if (rows.size() != 1) {
      throw new SQLException(rows.size() + " rows instead of one: " + sql);
    }
    return rows.getFirst();
  }

  /** All rows, every value as text. */
  public List<List<String>> rows(String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      List<List<String>> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  @Override
  public void close() throws SQLException {
    statement.close();
    connection.close();
  }

  /** The type that a value of the declared type has in DuckDB. */
  public static String type(Type type) {
    return switch (type) {
      case RecordType struct ->
          struct.fields().stream()
              .map(field -> name(field.name()) + " " + type(field.type()))
              .collect(Collectors.joining(", ", "STRUCT(", ")"));
      case ArrayType array -> type(array.element()) + "[]";
      case MapType map -> "MAP(VARCHAR, " + type(map.values()) + ")";
      case ScalarType scalar ->
          switch (scalar.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT -> "INTEGER";
            case LONG -> "BIGINT";
            case FLOAT -> "FLOAT";
            case DOUBLE -> "DOUBLE";
            case STRING, ENUM -> "VARCHAR";
            case BYTES -> "BLOB";
            case DECIMAL -> "DECIMAL(" + scalar.precision() + ", " + scalar.scale() + ")";
            case DATE -> "DATE";
            case TIMESTAMP -> "TIMESTAMP";
          };
    };
  }

  /** A reader of NDJSON with the declared types; lines that do not fit are skipped. */
  public static String readJson(Path file, RecordType schema) {
    return "read_json("
        + literal(file.toString())
        + ", format='newline_delimited', columns="
        + columns(schema.fields())
        + ", ignore_errors=true)";
  }

  private static String columns(List<Field> fields) {
    return fields.stream()
        .map(field -> name(field.name()) + ": " + literal(type(field.type())))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** A reader of all Parquet files below a folder, with partition columns as text. */
  public static String readParquet(Path folder) {
    return "read_parquet("
        + literal(folder.resolve("**/*.parquet").toString())
        + ", hive_partitioning=true, hive_types_autocast=false)";
  }

  /** An SQL name in quotes. */
  public static String name(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** An SQL text in quotes. */
  public static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
