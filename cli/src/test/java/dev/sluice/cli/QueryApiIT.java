package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.lambda.HttpApi;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.registry.Registry;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The query function over real HTTP on the local lake: the deployable jar, Athena's API, Trino. */
class QueryApiIT {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"));
  private static final Path DATASETS = ROOT.resolve("datasets");
  private static final int RECORDS = 2_000;
  private static final int DIGITS = 12;
  private static final long SEED = Long.getLong("sluice.query.seed", 20_261_121L);

  /** How many values are asked for through Athena, and of DuckDB. */
  private static final int CASES = Integer.getInteger("sluice.query.athena", 20);

  /** One of so many declared queries is asked in both ways; {@link QueryAnswersIT} asks all. */
  private static final int EACH = Integer.getInteger("sluice.query.each", 6);

  @TempDir static Path folder;

  private static LocalLake lake;
  private static String api;
  private static HttpClient http;

  @BeforeAll
  static void start() throws Exception {
    lake = LocalLake.start(new Recorder().console(), folder.resolve("lake"), 0, DATASETS);
    api = lake.aws().address() + HttpApi.path(Registry.queryApi());
    http = HttpClient.newHttpClient();
    List<String> datasets = List.of("sensors", "receipts", "transactions", "clickstream");
    try (S3Client s3 = lake.aws().s3()) {
      for (String dataset : datasets) {
        Simulation simulation =
            Simulators.start(
                dataset, SimulationOptions.defaults().withRecords(RECORDS).withSeed(SEED));
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder();
        while (simulation.next(line)) {
          text.append(line).append('\n');
        }
        s3.putObject(
            put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(dataset + "/all.json"),
            RequestBody.fromBytes(text.toString().getBytes(StandardCharsets.UTF_8)));
      }
    }
    assertThat(Lakes.awaitLedger(lake, datasets.size()))
        .allSatisfy(entry -> assertThat(entry.recordsWritten()).isPositive());
  }

  @AfterAll
  static void stop() {
    http.close();
    lake.close();
  }

  private record Answer(int status, String type, String body) {
    Map<String, @Nullable Object> json() {
      return Json.parseObject(body);
    }

    @Nullable Object at(String... path) {
      Object value = json();
      for (String name : path) {
        value = ((Map<?, ?>) Objects.requireNonNull(value)).get(name);
      }
      return value;
    }

    List<List<@Nullable Object>> rows() {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      for (Object row : (List<?>) Objects.requireNonNull(json().get("rows"), body)) {
        rows.add(new ArrayList<>((List<?>) Objects.requireNonNull(row)));
      }
      return rows;
    }
  }

  private static Answer send(
      String method, String path, Map<String, String> headers, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : api + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          answer.statusCode(),
          answer.headers().firstValue("content-type").orElse(""),
          answer.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Answer get(String path) {
    return send("GET", path, Map.of(), null);
  }

  private static Answer post(String path, Object body) {
    return send("POST", path, Map.of("Content-Type", "application/json"), Json.write(body));
  }

  private static Answer sql(String sql) {
    return post("/sql", Map.of("sql", sql));
  }

  @Test
  void declaredQueriesAnswerWhatAthenaAnswers() {
    List<NamedQuery> all = List.copyOf(NamedQueries.load(DATASETS, Datasets.load(DATASETS)).all());
    try (Athena athena = new Athena(lake.aws())) {
      for (int i = 0; i < all.size(); i += EACH) {
        NamedQuery query = all.get(i);
        if (query.group().equals(NamedQueries.OPS)) {
          assertThat(post("/queries/" + query.name() + "/runs", Map.of()).status()).isEqualTo(200);
          continue;
        }
        Athena.Answer direct = athena.query(query.positionalSql(), query.literals(Map.of()));
        Answer answer = post("/queries/" + query.name() + "/runs", Map.of("waitSeconds", 25));
        assertThat(answer.status()).as("%s: %s", query.name(), answer.body()).isEqualTo(200);
        assertThat(texts(answer.rows())).as(query.name()).isEqualTo(numbers(direct.rows()));
      }
    }
  }

  /** Numbers by their value, 1.0 is 1, to the digits that do not depend on the order of sums. */
  private static List<List<@Nullable String>> texts(List<List<@Nullable Object>> rows) {
    List<List<@Nullable String>> texts = new ArrayList<>();
    for (List<@Nullable Object> row : rows) {
      List<@Nullable String> line = new ArrayList<>();
      row.forEach(value -> line.add(value == null ? null : plain(value.toString())));
      texts.add(line);
    }
    return texts;
  }

  private static List<List<@Nullable String>> numbers(List<List<@Nullable String>> rows) {
    List<List<@Nullable Object>> values = new ArrayList<>();
    rows.forEach(row -> values.add(new ArrayList<>(row)));
    return texts(values);
  }

  private static String plain(String text) {
    try {
      BigDecimal number = new BigDecimal(text).round(new MathContext(DIGITS));
      return number.signum() == 0 ? "0" : number.stripTrailingZeros().toString();
    } catch (NumberFormatException e) {
      return text;
    }
  }

  @Test
  void noValueMeansAnythingButItself() throws Exception {
    Path files = Files.createDirectory(folder.resolve("parquet"));
    try (S3Client s3 = lake.aws().s3()) {
      int number = 0;
      for (var page :
          s3.listObjectsV2Paginator(
              list -> list.bucket(LocalLake.LAYOUT.lakeBucket()).prefix("silver/sensors/"))) {
        for (var object : page.contents()) {
          Path file = files.resolve(number++ + ".parquet");
          s3.getObject(get -> get.bucket(LocalLake.LAYOUT.lakeBucket()).key(object.key()), file);
        }
      }
      assertThat(number).isPositive();
    }
    Random random = new Random(SEED);
    long internal = 0;
    long extra = 0;
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        PreparedStatement theirs =
            duck.prepareStatement(
                "SELECT ? AS v, count(*) AS n, min(sensor_id) AS s FROM read_parquet('"
                    + files
                    + "/*.parquet') WHERE location = ? OR sensor_id LIKE ?")) {
      for (int i = 0; i < CASES; i++) {
        String value = value(random);
        Answer ours =
            post(
                "/sql",
                Map.of(
                    "sql",
                    "SELECT :v AS v, count(*) AS n, min(sensor_id) AS s FROM silver.sensors WHERE"
                        + " location = :v OR sensor_id LIKE :v",
                    "parameters",
                    Map.of("v", Map.of("type", "string", "value", value))));
        String what = "seed " + SEED + ", case " + i + ": " + Json.write(value);
        internal += ours.status() >= 500 ? 1 : 0;
        assertThat(ours.status()).as("%s: %s", what, ours.body()).isEqualTo(200);
        for (int p = 1; p <= 3; p++) {
          theirs.setString(p, value);
        }
        try (ResultSet row = theirs.executeQuery()) {
          assertThat(row.next()).isTrue();
          List<@Nullable Object> expected =
              Arrays.asList(row.getString(1), row.getLong(2), row.getString(3));
          extra += ours.rows().size() - 1;
          assertThat(ours.rows()).as(what).isEqualTo(List.of(expected));
        }
      }
    }
    System.out.printf(
        "%,d hostile values through Athena and DuckDB: %d internal errors, %d extra rows%n",
        CASES, internal, extra);
  }

  private static String value(Random random) {
    List<String> pieces =
        List.of(
            "'",
            "''",
            "\"",
            "\\",
            "--",
            "/*",
            "*/",
            ";",
            "%",
            "_",
            "?",
            ":v",
            "\n",
            "\t",
            " ",
            "roof",
            "sensor-0001",
            "OR",
            "1=1",
            "é",
            "\ud83d\ude00",
            "' OR '1'='1",
            "') OR (1=1",
            "'; DROP TABLE silver.sensors; --",
            "' UNION SELECT reason, 1, 'x' FROM ops.quarantine --");
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(4); n >= 0; n--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @Test
  void typedValuesArriveAsTheyAre() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("i", Map.of("type", "integer", "value", Long.MIN_VALUE));
    parameters.put("d", Map.of("type", "decimal", "value", "12345678901234567890.123456789"));
    parameters.put("t", Map.of("type", "timestamp", "value", "2024-03-01T12:00:00.123456+02:00"));
    parameters.put("day", Map.of("type", "date", "value", "2024-02-29"));
    parameters.put("b", Map.of("type", "boolean", "value", true));
    Answer answer =
        post(
            "/sql",
            Map.of(
                "sql",
                "SELECT :i AS i, :d AS d, CAST(:t AS varchar) AS t, :day AS day, :b AS b",
                "parameters",
                parameters));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.rows())
        .isEqualTo(
            List.of(
                Arrays.asList(
                    Long.MIN_VALUE,
                    new BigDecimal("12345678901234567890.123456789"),
                    "2024-03-01 10:00:00.123456",
                    "2024-02-29",
                    true)));
  }

  @Test
  void whatDoesMoreThanReadingChangesNothing() {
    Object before = sql("SELECT count(*) FROM silver.sensors").rows().getFirst().getFirst();
    for (String sql :
        List.of(
            "DELETE FROM silver.sensors",
            "DROP TABLE silver.sensors",
            "CREATE TABLE silver.x AS SELECT 1 AS a",
            "SELECT * FROM information_schema.tables",
            "SELECT * FROM system.runtime.queries",
            "SELECT * FROM \"silver\".\"sensors$partitions\"",
            "EXPLAIN ANALYZE DROP TABLE silver.sensors")) {
      Answer answer = sql(sql);
      assertThat(answer.status()).as(sql).isEqualTo(403);
      assertThat(answer.type()).isEqualTo("application/problem+json");
    }
    assertThat(sql("SELECT count(*) FROM silver.sensors").rows().getFirst().getFirst())
        .isEqualTo(before);
    Answer failed = sql("SELECT nothing\nFROM silver.sensors");
    assertThat(failed.status()).isEqualTo(422);
    assertThat(failed.at("detail").toString()).contains("line 1:8").contains("nothing");
  }

  @Test
  void aLongQueryIsPolledAndCancelled() {
    Answer started =
        post(
            "/sql",
            Map.of(
                "sql",
                "SELECT sum(a * b % 7) FROM UNNEST(sequence(1, 10000)) AS x (a) CROSS JOIN"
                    + " UNNEST(sequence(1, 10000)) AS y (b) CROSS JOIN UNNEST(sequence(1, 10000))"
                    + " AS z (c)",
                "waitSeconds",
                0));
    assertThat(started.status()).as(started.body()).isEqualTo(202);
    String run = String.valueOf(started.at("run", "id"));
    assertThat(get("/runs/" + run + "/results").status()).isEqualTo(409);
    assertThat(send("DELETE", "/runs/" + run, Map.of(), null).at("run", "state"))
        .isEqualTo("CANCELLED");
    assertThat(get("/runs/" + run).at("run", "problem", "code")).isEqualTo("cancelled");
  }

  @Test
  void aResultIsGivenInPagesAndAgain() {
    String sql = "SELECT n FROM UNNEST(sequence(1, 2500)) AS t (n) ORDER BY n";
    Answer page = sql(sql);
    String run = String.valueOf(page.at("run", "id"));
    List<Object> seen = new ArrayList<>();
    while (true) {
      page.rows().forEach(row -> seen.add(row.getFirst()));
      Object token = page.json().get("nextToken");
      if (token == null) {
        break;
      }
      page = get("/runs/" + run + "/results?token=" + token);
    }
    assertThat(seen).hasSize(2_500).doesNotHaveDuplicates();

    Answer again = post("/sql", Map.of("sql", sql, "reuseMinutes", 60));
    assertThat(again.at("run", "cost", "reusedResult")).isEqualTo(true);
    assertThat(again.at("run", "cost", "dollars")).isEqualTo(0L);
  }

  @Test
  void aRunOfAnotherWorkgroupIsNotFound() {
    try (var athena = lake.aws().athena()) {
      String id =
          athena.startQueryExecution(s -> s.queryString("SELECT 'theirs'")).queryExecutionId();
      assertThat(get("/runs/" + id).status()).isEqualTo(404);
      assertThat(get("/runs/" + id + "/results").body()).doesNotContain("theirs");
    }
  }

  @Test
  void aSmallResultComesAgainAndAgain() {
    String path = "/queries/sensors/average_by_location/runs";
    for (int i = 0; i < 3; i++) {
      post(path, Map.of());
    }
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      long begin = System.nanoTime();
      Answer answer = post(path, Map.of());
      millis.add((System.nanoTime() - begin) / 1_000_000);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("\"rows\"");
    }
    millis.sort(null);
    System.out.printf(
        "A declared query over %,d rows, over HTTP, warm: median %d ms, slowest of 9 %d ms%n",
        RECORDS, millis.get(4), millis.getLast());
  }

  @Test
  void thePageIsFoundWithoutItsSlash() {
    Answer redirect = get("");
    assertThat(redirect.status()).isEqualTo(308);
    Answer page = get("/");
    assertThat(page.type()).isEqualTo("text/html; charset=utf-8");
    assertThat(page.body()).contains("Questions to the lake");
    assertThat(get("/openapi.json").json()).containsEntry("openapi", "3.1.0");
    assertThat(get("/nothing").at("code")).isEqualTo("unknown-route");
    assertThat(get("x").status()).isEqualTo(404);
  }

  /** Every curl command of the guide, with the statuses that it says. */
  @Test
  void theGuidesCommandsAnswerAsItSays() throws IOException {
    String guide = Files.readString(ROOT.resolve("docs/query-api.md"));
    Matcher command =
        Pattern.compile("(?m)^curl ((?:[^\\n]*\\\\\\n)*[^\\n]*)\\n(?:# (\\d{3})\\b)?")
            .matcher(guide);
    int tried = 0;
    String run = "";
    while (command.find()) {
      List<String> words = words(command.group(1).replace("\\\n", " "));
      String method = "GET";
      String path = "";
      String body = null;
      Map<String, String> headers = new LinkedHashMap<>();
      for (int i = 0; i < words.size(); i++) {
        switch (words.get(i)) {
          case "-s", "-i" -> {}
          case "-X" -> method = words.get(++i);
          case "-H" -> {
            String[] header = words.get(++i).split(": *", 2);
            headers.put(header[0], header[1]);
          }
          case "-d" -> {
            body = words.get(++i);
            method = "POST";
          }
          default -> path = words.get(i);
        }
      }
      assertThat(path).as(command.group()).startsWith("$API/");
      Answer answer = send(method, path.replace("$API", api).replace("$RUN", run), headers, body);
      String expected = command.group(2) == null ? "200" : command.group(2);
      assertThat(String.valueOf(answer.status()))
          .as("%s%n%s", command.group(), answer.body())
          .isEqualTo(expected);
      if (answer.type().equals("application/json") && answer.json().containsKey("run")) {
        run = String.valueOf(answer.at("run", "id"));
      }
      tried++;
    }
    assertThat(tried).isGreaterThan(8);
  }

  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)").matcher(command);
    while (word.find()) {
      for (int g = 1; g <= 3; g++) {
        if (word.group(g) != null) {
          words.add(word.group(g));
        }
      }
    }
    return words;
  }
}
