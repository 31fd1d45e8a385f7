package dev.sluice.convert;

import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;
import org.duckdb.DuckDBStruct;

/**
 * Reads what was written through engines that share no code with the writer, as plain values:
 * {@link Boolean}, {@link Long}, {@link Float}, {@link Double}, {@link String}, {@link BigDecimal},
 * {@link LocalDate}, {@link Instant}, bytes as {@code 0x…}, {@link List}, and {@link Map} for
 * records (by column) and maps.
 */
final class Readers {
  private Readers() {}

  static List<Map<String, Object>> parquetJava(RecordType schema, Path file) {
    return parquetJava(schema, file, FilterCompat.NOOP);
  }

  static List<Map<String, Object>> parquetJava(
      RecordType schema, Path file, FilterCompat.Filter filter) {
    PlainParquetConfiguration configuration = new PlainParquetConfiguration();
    configuration.setBoolean("parquet.avro.add-list-element-records", false);
    configuration.setBoolean("parquet.page.verify-checksum.enabled", true);
    configuration.setBoolean(AvroReadSupport.READ_INT96_AS_FIXED, true);
    List<Map<String, Object>> rows = new ArrayList<>();
    try (ParquetReader<GenericRecord> reader =
        AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file), configuration)
            // Given, because otherwise each reader asks a Hadoop configuration for it.
            .withDataModel(GenericData.get())
            .usePageChecksumVerification(true)
            .withFilter(filter)
            .build()) {
      GenericRecord record;
      while ((record = reader.read()) != null) {
        rows.add(record(schema, record));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  private static Map<String, Object> record(RecordType schema, GenericRecord record) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Field field : schema.fields()) {
      row.put(field.column(), ofAvro(field.type(), record.get(field.column())));
    }
    return row;
  }

  private static Object ofAvro(Type type, Object value) {
    if (value == null) {
      return null;
    }
    if (type instanceof RecordType record) {
      return record(record, (GenericRecord) value);
    }
    if (type instanceof ArrayType array) {
      List<Object> list = new ArrayList<>();
      ((Iterable<?>) value).forEach(v -> list.add(ofAvro(array.element(), v)));
      return list;
    }
    if (type instanceof MapType map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((k, v) -> entries.put(k.toString(), ofAvro(map.values(), v)));
      return entries;
    }
    ScalarType scalar = (ScalarType) type;
    return switch (scalar.kind()) {
      case BOOLEAN, FLOAT, DOUBLE -> value;
      case INT, LONG -> ((Number) value).longValue();
      case STRING, ENUM -> value.toString();
      case BYTES -> hex(bytes((ByteBuffer) value));
      case DECIMAL ->
          value instanceof BigDecimal
              ? value
              : new BigDecimal(
                  value instanceof GenericFixed fixed
                      ? new BigInteger(fixed.bytes())
                      : BigInteger.valueOf(((Number) value).longValue()),
                  scalar.scale());
      case DATE ->
          value instanceof LocalDate ? value : LocalDate.ofEpochDay(((Number) value).longValue());
      case TIMESTAMP ->
          value instanceof Instant
              ? value
              : Instant.EPOCH.plus(((Number) value).longValue(), ChronoUnit.MICROS);
    };
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  /** An open DuckDB, in memory, one thread, UTC. */
  static Connection duckDb() {
    try {
      Connection connection = DriverManager.getConnection("jdbc:duckdb:");
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET threads = 1");
        statement.execute("SET TimeZone = 'UTC'");
      }
      return connection;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Map<String, Object>> duckDb(Connection connection, RecordType schema, Path file) {
    return duckDb(connection, schema, file, "true");
  }

  static List<Map<String, Object>> duckDb(
      Connection connection, RecordType schema, Path file, String where) {
    List<Map<String, Object>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT "
                    + schema.fields().stream()
                        .map(
                            f -> "CAST(\"%s\" AS %s) \"%1$s\"".formatted(f.column(), sql(f.type())))
                        .collect(Collectors.joining(", "))
                    + " FROM read_parquet('"
                    + file.toString().replace("'", "''")
                    + "', hive_partitioning = false) WHERE "
                    + where)) {
      while (result.next()) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (Field field : schema.fields()) {
          row.put(field.column(), ofDuckDb(field.type(), result.getObject(field.column())));
        }
        rows.add(row);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return rows;
  }

  /** Timestamps as text: the driver makes nested ones by way of the JVM's own time zone. */
  private static String sql(Type type) {
    if (type instanceof RecordType record) {
      return record.fields().stream()
          .map(f -> "\"" + f.column() + "\" " + sql(f.type()))
          .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }
    if (type instanceof ArrayType array) {
      return sql(array.element()) + "[]";
    }
    if (type instanceof MapType map) {
      return "MAP(VARCHAR, " + sql(map.values()) + ")";
    }
    ScalarType scalar = (ScalarType) type;
    return switch (scalar.kind()) {
      case BOOLEAN -> "BOOLEAN";
      case INT -> "INTEGER";
      case LONG -> "BIGINT";
      case FLOAT -> "REAL";
      case DOUBLE -> "DOUBLE";
      case STRING, ENUM, TIMESTAMP -> "VARCHAR";
      case BYTES -> "BLOB";
      case DECIMAL -> "DECIMAL(" + scalar.precision() + ", " + scalar.scale() + ")";
      case DATE -> "DATE";
    };
  }

  private static Object ofDuckDb(Type type, Object value) throws SQLException {
    if (value == null) {
      return null;
    }
    if (type instanceof RecordType record) {
      Map<String, Object> given = ((DuckDBStruct) value).getMap();
      Map<String, Object> row = new LinkedHashMap<>();
      for (Field field : record.fields()) {
        row.put(field.column(), ofDuckDb(field.type(), given.get(field.column())));
      }
      return row;
    }
    if (type instanceof ArrayType array) {
      List<Object> list = new ArrayList<>();
      for (Object element : (Object[]) ((java.sql.Array) value).getArray()) {
        list.add(ofDuckDb(array.element(), element));
      }
      return list;
    }
    if (type instanceof MapType map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        entries.put((String) entry.getKey(), ofDuckDb(map.values(), entry.getValue()));
      }
      return entries;
    }
    return switch (((ScalarType) type).kind()) {
      case BOOLEAN, FLOAT, DOUBLE, STRING, ENUM, DECIMAL -> value;
      case INT, LONG -> ((Number) value).longValue();
      case BYTES -> {
        Blob blob = (Blob) value;
        yield hex(blob.getBytes(1, (int) blob.length()));
      }
      case DATE -> value instanceof LocalDate ? value : ((java.sql.Date) value).toLocalDate();
      case TIMESTAMP ->
          Instant.parse(value.toString().replace(' ', 'T').replaceFirst("\\+00$", "Z"));
    };
  }
}
