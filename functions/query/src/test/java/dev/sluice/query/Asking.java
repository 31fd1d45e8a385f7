package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.ScanPrice;
import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.model.registry.Registry;
import dev.sluice.testing.FakeQueryRuns;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The handler over a fake Athena, asked with events as API Gateway writes them. Every answer is
 * checked against the OpenAPI document, and that nothing of a statement is in the log.
 */
final class Asking {
  static final Path DATASETS = Path.of(System.getProperty("sluice.root"), "datasets");
  static final NamedQueries QUERIES = NamedQueries.load(DATASETS, Datasets.load(DATASETS));
  static final long SCAN_LIMIT = 1_000_000_000;

  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
  private static final Map<String, JsonSchema> COMPILED = new ConcurrentHashMap<>();

  final FakeQueryRuns athena = new FakeQueryRuns();
  final List<String> log = new ArrayList<>();
  final ManualClock clock = new ManualClock();
  private final Map<?, ?> document;
  private final String documentText;
  private final QueryHandler handler;
  private int requests;

  Asking() {
    this(true);
  }

  /**
   * @param sql whether statements of callers are run
   */
  Asking(boolean sql) {
    Runs runs = new Runs(athena, ScanPrice.STANDARD, clock, clock::pass);
    handler = new QueryHandler(new Api(QUERIES, runs, sql, SCAN_LIMIT, clock), clock, log::add);
    document = OpenApi.document(QUERIES.all(), sql, SCAN_LIMIT);
    documentText = Json.write(document);
  }

  /** A clock that moves when somebody waits. */
  static final class ManualClock extends Clock {
    private Instant now = Instant.parse("2026-11-20T12:00:00Z");
    Duration waited = Duration.ZERO;

    void pass(Duration time) {
      now = now.plus(time);
      waited = waited.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  /** An answer. */
  record Answer(int status, Map<String, String> headers, String body) {
    Map<String, @Nullable Object> json() {
      return Json.parseObject(body);
    }

    /** The value at that path of names and list positions. */
    @Nullable Object at(Object... path) {
      Object value = json();
      for (Object step : path) {
        value =
            step instanceof Integer index
                ? ((List<?>) Objects.requireNonNull(value)).get(index)
                : ((Map<?, ?>) Objects.requireNonNull(value)).get(step);
      }
      return value;
    }

    String code() {
      return String.valueOf(at("code"));
    }
  }

  /** A request that can be added to. */
  final class Request {
    private final String method;
    private final String path;
    private final Map<String, String> query = new LinkedHashMap<>();
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable String body;
    private String stage = "$default";

    Request(String method, String path) {
      this.method = method;
      int mark = path.indexOf('?');
      this.path = mark < 0 ? path : path.substring(0, mark);
      if (mark >= 0) {
        for (String part : path.substring(mark + 1).split("&")) {
          String[] both = part.split("=", 2);
          query.put(both[0], both[1]);
        }
      }
    }

    Request header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Request body(String text) {
      body = text;
      return this;
    }

    Request body(Object value) {
      body = Json.write(value);
      return this;
    }

    Request stage(String name) {
      stage = name;
      return this;
    }

    String event() {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("version", "2.0");
      json.put("routeKey", "$default");
      json.put("rawPath", path);
      json.put("rawQueryString", "");
      json.put("headers", headers);
      json.put("queryStringParameters", query);
      json.put(
          "requestContext",
          Map.of(
              "http",
              Map.of("method", method, "path", path, "sourceIp", "192.0.2.1"),
              "stage",
              stage,
              "requestId",
              "r"));
      json.put("body", body);
      json.put("isBase64Encoded", false);
      return Json.write(json);
    }

    Answer send() {
      return send(path);
    }

    /**
     * @param documented the path as the document has it
     */
    Answer send(String documented) {
      Answer answer = Asking.this.send(event());
      checked(method, documented, answer);
      return answer;
    }
  }

  Request request(String method, String path) {
    return new Request(method, path);
  }

  Answer get(String path) {
    return request("GET", path).send();
  }

  Answer post(String path, Object body) {
    return request("POST", path).header("content-type", "application/json").body(body).send();
  }

  Answer send(String event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int before = log.size();
    try {
      handler.handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          out,
          TestContexts.of("request-" + requests++));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(log).as("lines of an invocation").hasSize(before + 1);
    assertThat(log.get(before)).doesNotContain("SELECT", "select");
    Map<String, @Nullable Object> json = Json.parseObject(out.toString(StandardCharsets.UTF_8));
    Map<String, String> headers = new LinkedHashMap<>();
    ((Map<?, ?>) Objects.requireNonNull(json.get("headers")))
        .forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    return new Answer(
        ((Number) Objects.requireNonNull(json.get("statusCode"))).intValue(),
        headers,
        String.valueOf(json.get("body")));
  }

  /** What the document says of such an answer holds. */
  private void checked(String method, String path, Answer answer) {
    String type = answer.headers().get("content-type").split(";")[0];
    if (answer.status() >= 400) {
      assertThat(type).isEqualTo("application/problem+json");
      assertThat(answer.at("status")).isEqualTo((long) answer.status());
      assertThat(answer.body()).doesNotContain("\tat ", "Exception");
    }
    Optional<Map<?, ?>> operation = operation(method, path);
    if (operation.isEmpty()) {
      assertThat(answer.status()).isIn(403, 404, 405);
      valid("#/components/schemas/Problem", answer.body());
      return;
    }
    Map<?, ?> response =
        (Map<?, ?>)
            ((Map<?, ?>) operation.get().get("responses")).get(String.valueOf(answer.status()));
    assertThat(response).as("%s %s answers %s", method, path, answer.status()).isNotNull();
    Map<?, ?> content = (Map<?, ?>) ((Map<?, ?>) response.get("content")).get(type);
    assertThat(content).as("%s %s answers %s", method, path, type).isNotNull();
    if (type.endsWith("json")) {
      Map<?, ?> schema = (Map<?, ?>) content.get("schema");
      if (schema.get("$ref") instanceof String reference) {
        valid(reference, answer.body());
      } else {
        assertThat(answer.json()).isNotEmpty();
      }
    }
  }

  private Optional<Map<?, ?>> operation(String method, String path) {
    Map<?, ?> paths = (Map<?, ?>) document.get("paths");
    String name = method.toLowerCase(java.util.Locale.ROOT);
    if (paths.get(path) instanceof Map<?, ?> exact && exact.get(name) instanceof Map<?, ?> found) {
      return Optional.of(found);
    }
    for (HttpApiSpec.Route route : Registry.queryApi().routes()) {
      if (path.matches(route.path().replaceAll("\\{[a-z]+}", "[^/]+").replace(".", "\\."))
          && paths.get(route.path()) instanceof Map<?, ?> methods
          && methods.get(name) instanceof Map<?, ?> found
          && route.method().equals(method)) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** Valid by that part of the document. */
  void valid(String reference, String json) {
    JsonSchema schema =
        COMPILED.computeIfAbsent(
            reference,
            key ->
                SCHEMAS.getSchema(
                    "{\"$ref\":\"" + key + "\"," + documentText.substring(1), InputFormat.JSON));
    Set<ValidationMessage> wrong = schema.validate(json, InputFormat.JSON);
    assertThat(wrong).as(json).isEmpty();
  }
}
