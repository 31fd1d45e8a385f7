package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.engines.Child;
import dev.sluice.benchmarks.engines.Spark;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Peers that run in processes of their own, and count their own cost there. */
final class Elsewhere {
  private Elsewhere() {}

  /** A conversion in another process. */
  @FunctionalInterface
  private interface Remote {
    Cpu convert(Path input, Path out) throws IOException;
  }

  private static Peer peer(Remote remote) {
    return new Peer() {
      @Override
      public void convert(Path input, Path out) throws IOException {
        measure(input, out);
      }

      @Override
      public Cpu measure(Path input, Path out) throws IOException {
        return remote.convert(input, out);
      }
    };
  }

  private static String name(Codec codec) {
    return codec == Codec.NONE ? "uncompressed" : codec.name().toLowerCase(Locale.ROOT);
  }

  // ---- Spark

  static Peer spark(Spark spark, Dataset dataset, Codec codec) {
    Map<String, String> partitions = new LinkedHashMap<>();
    for (PartitionField level : dataset.partitions().fields()) {
      String source =
          level.source().names().stream()
              .map(name -> "`" + name + "`")
              .collect(Collectors.joining("."));
      partitions.put(
          level.column(),
          level.transform() instanceof Transform.Time time
              ? unit(time) + "(" + source + ")"
              : source);
    }
    return peer(
        (input, out) -> spark.convert(input, dataset.schema(), partitions, out, name(codec)));
  }

  private static String unit(Transform.Time time) {
    return time.unit().name().toLowerCase(Locale.ROOT);
  }

  // ---- Polars

  static Peer polars(Child child, Dataset dataset, Codec codec) {
    List<Object> partitions = new ArrayList<>();
    for (PartitionField level : dataset.partitions().fields()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("column", level.column());
      one.put("path", level.source().names());
      if (level.transform() instanceof Transform.Time time) {
        one.put("unit", unit(time));
      }
      partitions.add(one);
    }
    Object schema = polars(dataset.schema());
    return peer((input, out) ->
        child
            .ask(
                Map.of(
                    "input",
                    input.toString(),
                    "folder",
                    out.toString(),
                    "schema",
                    schema,
                    "partitions",
                    partitions,
                    "codec",
                    name(codec)))
            .cost());
  }

  private static Object polars(Type type) {
    return switch (type) {
      case RecordType struct ->
          Map.of(
              "fields",
              struct.fields().stream()
                  .map(field -> Map.of("name", field.name(), "type", polars(field.type())))
                  .toList());
      case ArrayType array -> Map.of("items", polars(array.element()));
      case MapType map -> throw new IllegalArgumentException("No standard input has maps");
      case ScalarType scalar ->
          Map.of(
              "name",
              switch (scalar.kind()) {
                case BOOLEAN -> "Bool";
                case INT -> "Int32";
                case LONG -> "Int64";
                case FLOAT -> "Float32";
                case DOUBLE -> "Float64";
                case STRING, ENUM -> "Utf8";
                case TIMESTAMP -> "Datetime";
                default -> throw new IllegalArgumentException("No standard input has " + scalar);
              });
    };
  }

  // ---- ClickHouse

  static Peer clickHouse(Child child, Dataset dataset, Codec codec) {
    String key =
        dataset.partitions().fields().stream()
            .map(level ->
                literal("/" + level.column() + "=") + ", toString(" + clickHouse(level) + ")")
            .collect(Collectors.joining(", "))
            // The first slash stands in the path already.
            .replaceFirst("'/", "'");
    String columns =
        dataset.schema().fields().stream()
            .map(field -> "`" + field.name() + "` " + clickHouse(field))
            .collect(Collectors.joining(", "));
    return peer((input, out) ->
        child
            .ask(
                Map.of(
                    "sql",
                    "INSERT INTO FUNCTION file("
                        + literal(out + "/{_partition_id}/part.parquet")
                        + ", 'Parquet') PARTITION BY concat("
                        + key
                        + ") SELECT * FROM file("
                        + literal(input.toString())
                        + ", 'JSONEachRow', "
                        + literal(columns)
                        + ") SETTINGS max_threads=1, max_insert_threads=1, max_parsing_threads=1,"
                        + " input_format_parallel_parsing=0,"
                        + " output_format_parquet_parallel_encoding=0,"
                        + " engine_file_truncate_on_insert=1,"
                        + " date_time_input_format='best_effort',"
                        + " input_format_allow_errors_ratio=1,"
                        + " output_format_parquet_compression_method="
                        + literal(codec == Codec.NONE ? "none" : name(codec))))
            .cost());
  }

  private static String clickHouse(PartitionField level) {
    String source = "";
    for (String name : level.source().names()) {
      source =
          source.isEmpty()
              ? "`" + name + "`"
              : "tupleElement(" + source + ", " + literal(name) + ")";
    }
    if (!(level.transform() instanceof Transform.Time time)) {
      return source;
    }
    String function =
        switch (time.unit()) {
          case YEAR -> "toYear";
          case MONTH -> "toMonth";
          case DAY -> "toDayOfMonth";
          case HOUR -> "toHour";
        };
    return function + "(" + source + ")";
  }

  private static String clickHouse(Field field) {
    String type = clickHouse(field.type());
    return field.nullable() && field.type() instanceof ScalarType ? "Nullable(" + type + ")" : type;
  }

  private static String clickHouse(Type type) {
    return switch (type) {
      case RecordType struct ->
          struct.fields().stream()
              .map(field -> "`" + field.name() + "` " + clickHouse(field))
              .collect(Collectors.joining(", ", "Tuple(", ")"));
      case ArrayType array -> "Array(" + clickHouse(array.element()) + ")";
      case MapType map -> throw new IllegalArgumentException("No standard input has maps");
      case ScalarType scalar ->
          switch (scalar.kind()) {
            case BOOLEAN -> "Bool";
            case INT -> "Int32";
            case LONG -> "Int64";
            case FLOAT -> "Float32";
            case DOUBLE -> "Float64";
            case STRING, ENUM -> "String";
            case TIMESTAMP -> "DateTime64(3, 'UTC')";
            default -> throw new IllegalArgumentException("No standard input has " + scalar);
          };
    };
  }

  private static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
