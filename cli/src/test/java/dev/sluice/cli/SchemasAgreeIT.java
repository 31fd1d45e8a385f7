package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.catalog.TrinoTypes;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.Views;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * For every shipped dataset: the columns that {@link Catalog} derives are those that Glue keeps,
 * that a file of the ingest function has, and that Trino sees, by name, order and type down to the
 * last nested field. That Spark has them, too, is held by {@code StructTypesIT} of the jobs,
 * against the same {@link Catalog}.
 */
class SchemasAgreeIT {
  private static final Path DATASETS =
      Path.of(System.getProperty("sluice.root")).resolve("datasets");

  @TempDir static Path folder;
  private static LocalLake lake;

  static List<Dataset> shipped() {
    return List.copyOf(Datasets.load(DATASETS).all());
  }

  @BeforeAll
  static void start() throws Exception {
    lake = LocalLake.start(new Recorder().console(), folder.resolve("lake"), 0, DATASETS);
    try (S3Client s3 = lake.aws().s3()) {
      for (Dataset dataset : shipped()) {
        s3.putObject(
            put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(dataset.name() + "/sample.ndjson"),
            RequestBody.fromFile(DATASETS.resolve(dataset.name()).resolve("sample.ndjson")));
      }
    }
    Lakes.awaitLedger(lake, shipped().size());
  }

  @AfterAll
  static void stop() {
    lake.close();
  }

  /** Names with their types as Hive spells them. */
  private static List<String> derived(Dataset dataset, boolean keys) {
    TableDefinition table = new Catalog(LocalLake.LAYOUT).silver(dataset);
    List<String> columns = new ArrayList<>();
    for (Column column : keys ? table.partitionKeys() : table.columns()) {
      columns.add(column.name() + " " + column.type());
    }
    return columns;
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void glueKeepsThem(Dataset dataset) throws Exception {
    Map<?, ?> table =
        (Map<?, ?>)
            Objects.requireNonNull(
                glue("GetTable", Map.of("DatabaseName", Catalog.SILVER, "Name", dataset.name()))
                    .get("Table"));
    Map<?, ?> storage = (Map<?, ?>) Objects.requireNonNull(table.get("StorageDescriptor"));

    assertThat(glueColumns(storage.get("Columns"))).isEqualTo(derived(dataset, false));
    assertThat(glueColumns(table.get("PartitionKeys"))).isEqualTo(derived(dataset, true));
  }

  private static Map<String, ?> glue(String operation, Map<String, ?> request)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(lake.aws().address()))
                  .header("Content-Type", "application/x-amz-json-1.1")
                  .header("X-Amz-Target", "AWSGlue." + operation)
                  .POST(HttpRequest.BodyPublishers.ofString(Json.write(request)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return Json.parseObject(answer.body());
    }
  }

  private static List<String> glueColumns(Object columns) {
    return ((List<?>) Objects.requireNonNull(columns))
        .stream()
            .map(column -> (Map<?, ?>) Objects.requireNonNull(column))
            .map(column -> column.get("Name") + " " + column.get("Type"))
            .toList();
  }

  /** The files hold the columns of identity partitions, too, with the type they were declared. */
  @ParameterizedTest
  @MethodSource("shipped")
  void filesHaveThem(Dataset dataset) throws Exception {
    List<String> keys =
        dataset.partitions().fields().stream().map(level -> level.column()).toList();
    Map<String, String> columns = parquetColumns(oneFile(dataset));

    assertThat(columns.keySet())
        .containsExactlyElementsOf(
            dataset.schema().fields().stream().map(field -> field.column()).toList());
    assertThat(
            columns.entrySet().stream()
                .filter(column -> !keys.contains(column.getKey()))
                .map(column -> column.getKey() + " " + column.getValue()))
        .containsExactlyElementsOf(derived(dataset, false));
  }

  private static Path oneFile(Dataset dataset) throws IOException {
    Path file = folder.resolve(dataset.name() + ".parquet");
    try (S3Client s3 = lake.aws().s3()) {
      List<S3Object> objects =
          s3.listObjectsV2(list ->
                  list.bucket(LocalLake.LAYOUT.lakeBucket())
                      .prefix(LocalLake.LAYOUT.silverPrefix(dataset.name())))
              .contents();
      assertThat(objects).isNotEmpty();
      s3.getObject(
          get -> get.bucket(LocalLake.LAYOUT.lakeBucket()).key(objects.getFirst().key()), file);
    }
    return file;
  }

  /** An element of a file's schema. */
  private record Element(String name, String hive, String group, int children) {}

  private static Map<String, String> parquetColumns(Path file) throws SQLException {
    List<Element> elements = new ArrayList<>();
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT name, type, converted_type, logical_type, precision, scale, num_children"
                    + " FROM parquet_schema('"
                    + file
                    + "')")) {
      while (rows.next()) {
        String converted = Objects.requireNonNullElse(rows.getString("converted_type"), "");
        String logical = Objects.requireNonNullElse(rows.getString("logical_type"), "");
        int children = rows.getInt("num_children");
        elements.add(
            new Element(
                rows.getString("name"),
                children > 0
                    ? ""
                    : hive(
                        rows.getString("type"),
                        converted,
                        logical,
                        rows.getInt("precision"),
                        rows.getInt("scale")),
                converted,
                children));
      }
    }
    Map<String, String> columns = new LinkedHashMap<>();
    int[] next = {1};
    for (int i = 0; i < elements.getFirst().children(); i++) {
      String name = elements.get(next[0]).name();
      columns.put(name, hive(elements, next));
    }
    assertThat(next[0]).isEqualTo(elements.size());
    return columns;
  }

  private static String hive(
      String physical, String converted, String logical, int precision, int scale) {
    String annotation = converted.isEmpty() ? "" : " " + converted;
    if (logical.startsWith("TimestampType")) {
      assertThat(logical).contains("isAdjustedToUTC=1").contains("MICROS");
    }
    return switch (physical + annotation) {
      case "BOOLEAN" -> "boolean";
      case "INT32" -> "int";
      case "INT64" -> "bigint";
      case "FLOAT" -> "float";
      case "DOUBLE" -> "double";
      case "BYTE_ARRAY UTF8" -> "string";
      case "BYTE_ARRAY" -> "binary";
      case "INT32 DATE" -> "date";
      case "INT64 TIMESTAMP_MICROS" -> "timestamp";
      case "INT32 DECIMAL", "INT64 DECIMAL", "FIXED_LEN_BYTE_ARRAY DECIMAL" ->
          "decimal(" + precision + "," + scale + ")";
      default -> throw new AssertionError(physical + annotation + " " + logical);
    };
  }

  /** The type of the element at {@code next}, which is moved behind it. */
  private static String hive(List<Element> elements, int[] next) {
    Element element = elements.get(next[0]++);
    if (element.children() == 0) {
      return element.hive();
    }
    if (element.group().equals("LIST")) {
      assertThat(elements.get(next[0]++))
          .extracting(Element::name, Element::children)
          .containsExactly("list", 1);
      return "array<" + hive(elements, next) + ">";
    }
    if (element.group().equals("MAP")) {
      assertThat(elements.get(next[0]++))
          .extracting(Element::name, Element::children)
          .containsExactly("key_value", 2);
      return "map<" + hive(elements, next) + "," + hive(elements, next) + ">";
    }
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < element.children(); i++) {
      fields.add(elements.get(next[0]).name() + ":" + hive(elements, next));
    }
    return "struct<" + String.join(",", fields) + ">";
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void trinoSeesThem(Dataset dataset) {
    List<String> expected = new ArrayList<>(derived(dataset, false));
    expected.addAll(derived(dataset, true));
    List<String> seen = new ArrayList<>();
    try (Athena athena = new Athena(lake.aws())) {
      Athena.Answer answer =
          athena.query(
              "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema ="
                  + " 'silver' AND table_name = '"
                  + dataset.name()
                  + "' ORDER BY ordinal_position");
      for (var row : answer.rows()) {
        seen.add(row.get(0) + " " + new TrinoType(Objects.requireNonNull(row.get(1))).hive());
      }
      assertThat(athena.query("SELECT * FROM silver." + dataset.name() + " LIMIT 3").rows())
          .isNotEmpty();
    }
    assertThat(seen).isEqualTo(expected);
  }

  static List<ViewDefinition> views() {
    return Views.load(DATASETS, Datasets.load(DATASETS));
  }

  /** What is declared is what its statement gives, what Glue keeps, and what readers see. */
  @ParameterizedTest
  @MethodSource("views")
  void viewsHaveTheColumnsThatAreDeclared(ViewDefinition view) throws Exception {
    List<String> names = view.columns().stream().map(Column::name).toList();
    List<String> types =
        view.columns().stream()
            .map(column -> TrinoTypes.of(column.type()).orElseThrow().replace(",", ", "))
            .toList();
    String typesOf =
        names.stream()
            .map(name -> "typeof(" + name + ")")
            .collect(Collectors.joining(", ", "SELECT ", " FROM "));
    try (Athena athena = new Athena(lake.aws())) {
      for (String from :
          List.of("(" + view.sql() + ") LIMIT 1", view.database() + "." + view.name())) {
        Athena.Answer answer = athena.query("SELECT * FROM " + from);
        assertThat(answer.columns()).as(from).isEqualTo(names);
        assertThat(answer.rows()).as(from).isNotEmpty();
        assertThat(
                athena.query(typesOf + from).rows().getFirst().stream()
                    .map(type -> Objects.requireNonNull(type).replaceAll(", ?", ", ")))
            .as(from)
            .containsExactlyElementsOf(types);
      }
      assertThat(athena.query("SHOW CREATE VIEW " + view.database() + "." + view.name()).rows())
          .isNotEmpty();
      assertThat(athena.query("SHOW VIEWS IN " + view.database()).rows())
          .contains(List.of(view.name()));
    }
    Map<?, ?> table =
        (Map<?, ?>)
            Objects.requireNonNull(
                glue("GetTable", Map.of("DatabaseName", view.database(), "Name", view.name()))
                    .get("Table"));
    assertThat(table.get("TableType")).isEqualTo("VIRTUAL_VIEW");
    Map<?, ?> storage = (Map<?, ?>) Objects.requireNonNull(table.get("StorageDescriptor"));
    assertThat(glueColumns(storage.get("Columns")))
        .isEqualTo(view.columns().stream().map(c -> c.name() + " " + c.type()).toList());
  }

  /** Uploads are read by the SerDe of their table: every value as it was written. */
  @ParameterizedTest
  @MethodSource("shipped")
  void uploadsAreReadAsTheyArrived(Dataset dataset) throws IOException {
    List<String> expected = new ArrayList<>();
    for (String line :
        Files.readAllLines(DATASETS.resolve(dataset.name()).resolve("sample.ndjson"))) {
      Map<String, @Nullable Object> record = Json.parseObject(line);
      List<@Nullable Object> row = new ArrayList<>();
      dataset.schema().fields().forEach(field -> row.add(record.get(field.keys().getFirst())));
      expected.add(row.stream().map(SchemasAgreeIT::canonical).toList().toString());
    }
    List<String> seen = new ArrayList<>();
    try (Athena athena = new Athena(lake.aws())) {
      for (var row : athena.query("SELECT * FROM bronze." + dataset.name()).rows()) {
        seen.add(row.stream().map(SchemasAgreeIT::canonical).toList().toString());
      }
    }
    assertThat(seen).isNotEmpty().containsExactlyInAnyOrderElementsOf(expected);
  }

  /** Numbers by their value, objects with their keys in order, as values or as JSON. */
  private static String canonical(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, String> sorted = new TreeMap<>();
      map.forEach((key, each) -> sorted.put(String.valueOf(key), canonical(each)));
      return sorted.toString();
    } else if (value instanceof List<?> list) {
      return list.stream().map(SchemasAgreeIT::canonical).toList().toString();
    }
    String text = String.valueOf(value);
    if (text.startsWith("{") || text.startsWith("[")) {
      return canonical(Json.parse(text));
    }
    try {
      return new BigDecimal(text).stripTrailingZeros().toPlainString();
    } catch (NumberFormatException e) {
      return text;
    }
  }

  /** Reads {@code array(row(a varchar, "b" decimal(12,2)))}. */
  private static final class TrinoType {
    private final String text;
    private int at;

    TrinoType(String text) {
      this.text = text;
    }

    String hive() {
      String word = word();
      return switch (word) {
        case "varchar" -> "string";
        case "varbinary" -> "binary";
        case "integer" -> "int";
        case "real" -> "float";
        case "boolean", "bigint", "double", "date" -> word;
        case "timestamp" -> {
          numbers();
          yield "timestamp";
        }
        case "decimal" -> "decimal(" + numbers() + ")";
        case "array" -> {
          expect('(');
          String element = hive();
          expect(')');
          yield "array<" + element + ">";
        }
        case "map" -> {
          expect('(');
          String key = hive();
          expect(',');
          String value = hive();
          expect(')');
          yield "map<" + key + "," + value + ">";
        }
        case "row" -> {
          List<String> fields = new ArrayList<>();
          do {
            at++;
            fields.add(word() + ":" + hive());
          } while (text.charAt(at) == ',');
          expect(')');
          yield "struct<" + String.join(",", fields) + ">";
        }
        default -> throw new AssertionError(word + " in " + text);
      };
    }

    private String word() {
      while (text.charAt(at) == ' ') {
        at++;
      }
      if (text.charAt(at) == '"') {
        int end = text.indexOf('"', at + 1);
        String name = text.substring(at + 1, end);
        at = end + 1;
        return name;
      }
      int from = at;
      while (at < text.length()
          && (text.charAt(at) == '_' || Character.isLetterOrDigit(text.charAt(at)))) {
        at++;
      }
      return text.substring(from, at);
    }

    private String numbers() {
      expect('(');
      int end = text.indexOf(')', at);
      String numbers = text.substring(at, end).replace(" ", "");
      at = end + 1;
      return numbers;
    }

    private void expect(char c) {
      assertThat(text.charAt(at)).as("%s at %d", text, at).isEqualTo(c);
      at++;
    }
  }
}
