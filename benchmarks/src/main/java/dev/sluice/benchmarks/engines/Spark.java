package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.model.catalog.HiveTypes;
import dev.sluice.model.schema.RecordType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Spark on one core, in a process of its own. */
public final class Spark implements SqlReader {
  /** What Spark asks of every JVM. */
  static final List<String> OPENED = opened();

  private static final List<String> OPTIONS = options();

  private final Child child;

  /**
   * Starts it, which takes some seconds.
   *
   * @param root the folder of the checkout, in which {@code benchmarks/spark} was built
   * @param work a folder for its files
   */
  public Spark(Path root, Path work) throws IOException {
    child =
        new Child(
            "Spark",
            Program.command(
                root.resolve("benchmarks/spark"),
                OPTIONS,
                "dev.sluice.benchmarks.spark.SparkProgram",
                work.toString()),
            Map.of(),
            work.resolve("spark.log"));
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>(List.of("-XX:+UseSerialGC", "-Xmx2g"));
    options.addAll(OPENED);
    return List.copyOf(options);
  }

  private static List<String> opened() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Duser.timezone=UTC",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    // What Spark's own launcher opens.
    Stream.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar")
        .forEach(each -> options.add("--add-opens=java.base/" + each + "=ALL-UNNAMED"));
    return List.copyOf(options);
  }

  @Override
  public String name() {
    return "Spark";
  }

  @Override
  public String version() {
    return child.version();
  }

  @Override
  public void table(String table, RecordType schema, Path folder) throws IOException {
    child.ask(
        Map.of(
            "do",
            "table",
            "name",
            table,
            "schema",
            columns(schema),
            "folder",
            folder.toUri().toString()));
  }

  /** A schema in the spelling of Spark's DDL. */
  private static String columns(RecordType schema) {
    return schema.fields().stream()
        .map(field -> "`" + field.column() + "` " + HiveTypes.of(field.type()))
        .collect(Collectors.joining(", "));
  }

  @Override
  public List<List<@Nullable Object>> rows(String sql) throws IOException {
    return child.ask(Map.of("do", "rows", "sql", sql)).rows();
  }

  @Override
  public List<List<@Nullable Object>> values(String table, RecordType schema) throws IOException {
    List<List<@Nullable Object>> rows = rows("SELECT input_file_name(), * FROM " + table);
    rows.forEach(row -> row.set(0, URI.create(String.valueOf(row.get(0))).getPath()));
    return rows;
  }

  /**
   * Converts NDJSON to Parquet, a folder per partition; lines that do not fit are left out.
   *
   * @param partitions expressions of Spark's SQL by column
   * @return what it cost Spark's process
   */
  public Cpu convert(
      Path input, RecordType schema, Map<String, String> partitions, Path folder, String codec)
      throws IOException {
    return child
        .ask(
            Map.of(
                "do",
                "convert",
                "input",
                input.toUri().toString(),
                "schema",
                columns(schema),
                "partitions",
                partitions,
                "folder",
                folder.toUri().toString(),
                "codec",
                codec))
        .cost();
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
