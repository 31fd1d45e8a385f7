package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.model.json.Json;
import dev.sluice.model.schema.ArrayType;
import dev.sluice.model.schema.MapType;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The local lake's Athena engine, without the lake: over local files, in a process of its own. */
public final class Trino implements SqlReader {
  private static final String LOCATION = "local://";
  private static final long MOST_SECONDS_TO_START = 120;
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xmx1g",
          "-Duser.timezone=UTC",
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final Thread killer;
  private final URI statements;
  private final String version;
  private int asked;

  /**
   * Starts it, which takes some seconds.
   *
   * @param root the folder of the checkout, in which {@code localstack/athena-engine} was built
   * @param work a folder for its files
   */
  public Trino(Path root, Path work) throws IOException {
    Path home = Folders.fresh(work.toAbsolutePath().resolve("trino"));
    Path port = home.resolve("port");
    ProcessBuilder builder =
        new ProcessBuilder(
                Program.command(
                    root.resolve("localstack/athena-engine"),
                    OPTIONS,
                    "dev.sluice.athena.Engine",
                    port.toString()))
            .redirectOutput(home.resolve("trino.out").toFile())
            .redirectError(home.resolve("trino.log").toFile())
            .directory(home.toFile());
    builder.environment().put("SLUICE_ENGINE_FOLDER", home.resolve("catalog").toString());
    process = builder.start();
    killer = new Thread(process::destroyForcibly, "end of Trino");
    Runtime.getRuntime().addShutdownHook(killer);
    statements = URI.create("http://127.0.0.1:" + port(port, home) + "/statements");
    rows("CREATE SCHEMA IF NOT EXISTS files");
    version = String.valueOf(rows("SELECT node_version FROM system.runtime.nodes").get(0).get(0));
  }

  private String port(Path file, Path home) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS_TO_START);
    try {
      while (!Files.exists(file)) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
          throw new Failure("Cannot start Trino: its own words are in " + home);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The wait for Trino was interrupted", e);
    }
    return Files.readString(file).strip();
  }

  @Override
  public String name() {
    return "Trino";
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public void table(String table, RecordType schema, Path folder) throws IOException {
    rows("DROP TABLE IF EXISTS " + table);
    rows(
        "CREATE TABLE "
            + table
            + schema.fields().stream()
                .map(field -> name(field.column()) + " " + type(field.type()))
                .collect(Collectors.joining(", ", " (", ")"))
            + " WITH (format = 'PARQUET', external_location = '"
            + LOCATION
            + folder.toAbsolutePath()
            + "')");
  }

  @Override
  public List<List<@Nullable Object>> rows(String sql) throws IOException {
    Map<String, String> request =
        Map.of("id", "statement-" + ++asked, "sql", sql, "schema", "files");
    HttpResponse<String> response;
    try {
      response =
          http.send(
              HttpRequest.newBuilder(statements)
                  .POST(HttpRequest.BodyPublishers.ofString(Json.write(request)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The wait for Trino was interrupted", e);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    boolean finished = false;
    for (String line : response.body().split("\n")) {
      if (line.startsWith("[")) {
        rows.add(Child.row(line));
      } else if (!line.isBlank()
          && Json.parseObject(line).get("end") instanceof Map<?, ?> end
          && String.valueOf(end.get("state")).equals("FINISHED")) {
        finished = true;
      }
    }
    if (!finished) {
      String body = response.body();
      throw new Failure(
          "Cannot go on: Trino says: "
              + body.substring(body.lastIndexOf('\n', body.length() - 2) + 1)
              + " to "
              + sql);
    }
    return rows;
  }

  @Override
  public List<List<@Nullable Object>> values(String table, RecordType schema) throws IOException {
    String columns =
        schema.fields().stream()
            .map(field -> json(field.type(), name(field.column()), 0))
            .collect(Collectors.joining(", "));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable Object> row :
        rows("SELECT \"$path\", json_format(CAST(ARRAY[" + columns + "] AS JSON)) FROM " + table)) {
      List<@Nullable Object> values = new ArrayList<>();
      values.add(String.valueOf(row.get(0)).substring(LOCATION.length()));
      values.addAll(Child.row(String.valueOf(row.get(1))));
      rows.add(values);
    }
    return rows;
  }

  /** A value as JSON in which all but records, arrays and maps is text, so that nothing is lost. */
  private static String json(Type type, String value, int depth) {
    String each = "e" + depth;
    return switch (type) {
      case RecordType struct ->
          "IF("
              + value
              + " IS NULL, NULL, CAST(ARRAY["
              + struct.fields().stream()
                  .map(field -> json(field.type(), value + "." + name(field.column()), depth))
                  .collect(Collectors.joining(", "))
              + "] AS JSON))";
      case ArrayType array ->
          "CAST(transform("
              + value
              + ", "
              + each
              + " -> "
              + json(array.element(), each, depth + 1)
              + ") AS JSON)";
      case MapType map ->
          "CAST(transform_values("
              + value
              + ", (k"
              + depth
              + ", "
              + each
              + ") -> "
              + json(map.values(), each, depth + 1)
              + ") AS JSON)";
      case ScalarType scalar ->
          "CAST("
              + switch (scalar.kind()) {
                case BYTES -> "to_hex(" + value + ")";
                case STRING, ENUM -> value;
                // As text, a REAL has fewer digits than it takes to tell it from the next.
                case FLOAT -> "CAST(CAST(" + value + " AS DOUBLE) AS VARCHAR)";
                default -> "CAST(" + value + " AS VARCHAR)";
              }
              + " AS JSON)";
    };
  }

  private static String type(Type type) {
    return switch (type) {
      case RecordType struct ->
          struct.fields().stream()
              .map(field -> name(field.column()) + " " + type(field.type()))
              .collect(Collectors.joining(", ", "ROW(", ")"));
      case ArrayType array -> "ARRAY(" + type(array.element()) + ")";
      case MapType map -> "MAP(VARCHAR, " + type(map.values()) + ")";
      case ScalarType scalar ->
          switch (scalar.kind()) {
            case BOOLEAN -> "BOOLEAN";
            case INT -> "INTEGER";
            case LONG -> "BIGINT";
            case FLOAT -> "REAL";
            case DOUBLE -> "DOUBLE";
            case STRING, ENUM -> "VARCHAR";
            case BYTES -> "VARBINARY";
            case DECIMAL -> "DECIMAL(" + scalar.precision() + ", " + scalar.scale() + ")";
            case DATE -> "DATE";
            case TIMESTAMP -> "TIMESTAMP(6)";
          };
    };
  }

  private static String name(String column) {
    return '"' + column + '"';
  }

  @Override
  public void close() {
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(killer);
    http.close();
  }
}
