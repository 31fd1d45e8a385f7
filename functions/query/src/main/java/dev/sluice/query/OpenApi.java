package dev.sluice.query;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.ParameterType;
import dev.sluice.model.query.QueryParameter;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.registry.HttpApiSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document, made from the routes, the kinds of problems and the declared queries. */
final class OpenApi {
  private static final String RESULT = "Result";

  private OpenApi() {}

  /**
   * @param sql whether statements of callers are run
   * @param scanLimit the most bytes that a call may read
   */
  static Map<String, Object> document(Collection<NamedQuery> queries, boolean sql, long scanLimit) {
    Map<String, Object> paths = new LinkedHashMap<>();
    add(paths, Routes.PAGE, operation("A page to try it out").answer(200, HttpResponse.HTML));
    add(
        paths,
        Routes.OPENAPI,
        operation("This document").answer(200, HttpResponse.JSON, Map.of("type", "object")));
    add(
        paths,
        Routes.QUERIES,
        operation("All declared queries, with their parameters")
            .answer(200, HttpResponse.JSON, ref("QueryList")));
    add(
        paths,
        Routes.QUERY,
        operation("A declared query, with its statement")
            .answer(200, HttpResponse.JSON, ref("Query"))
            .problems(404));
    add(
        paths,
        Routes.RUN_QUERY,
        starting(operation("Run a declared query, and wait for its result"))
            .body("RunRequest")
            .problems(404));
    if (sql) {
      add(
          paths,
          Routes.RUN_SQL,
          starting(operation("Run a statement that only reads, and wait for its result"))
              .body("SqlRequest")
              .problems(403));
    }
    add(
        paths,
        Routes.RUN,
        operation("How far a run is, and what it has cost")
            .query("waitSeconds", integer(0, Body.MOST_WAIT), "Wait so long for its end")
            .answer(200, HttpResponse.JSON, ref("RunAnswer"))
            .problems(400, 404));
    add(
        paths,
        Routes.CANCEL,
        operation("Cancel a run; nothing happens when it has ended")
            .answer(200, HttpResponse.JSON, ref("RunAnswer"))
            .problems(404));
    add(
        paths,
        Routes.RESULTS,
        operation("A page of a run's result")
            .query("waitSeconds", integer(0, Body.MOST_WAIT), "Wait so long for the run's end")
            .query("rows", integer(1, Body.MOST_ROWS), "The most rows of a page")
            .query("token", text(), "nextToken of the page before")
            .query("format", Map.of("enum", List.of("json", "csv")), "Instead of Accept")
            .answer(200, HttpResponse.JSON, ref(RESULT))
            .answer(200, HttpResponse.CSV)
            .problems(400, 404, 406, 408, 409, 410, 413, 422));
    for (NamedQuery query : queries) {
      paths.put(
          Routes.RUN_QUERY.path().replace("{dataset}/{name}", query.name()),
          Map.of("post", declared(query, scanLimit)));
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        Map.of(
            "title",
            "Questions to the lake",
            "version",
            "1",
            "description",
            "Runs declared queries"
                + (sql ? " and statements that only read" : "")
                + " in Athena. Errors have one shape, application/problem+json."));
    document.put("servers", List.of(Map.of("url", ".")));
    document.put("paths", paths);
    document.put("components", Map.of("schemas", schemas(scanLimit)));
    return stable(document);
  }

  /** The same document every time: maps without an order of their own are sorted. */
  private static Map<String, Object> stable(Map<?, ?> map) {
    Map<String, Object> stable =
        map instanceof LinkedHashMap ? new LinkedHashMap<>() : new TreeMap<>();
    map.forEach((key, value) -> stable.put(String.valueOf(key), stable(value)));
    return stable;
  }

  private static Object stable(Object value) {
    return switch (value) {
      case Map<?, ?> map -> stable(map);
      case List<?> list -> list.stream().map(each -> stable((Object) each)).toList();
      default -> value;
    };
  }

  private static void add(Map<String, Object> paths, HttpApiSpec.Route route, Operation operation) {
    Map<String, Object> methods = new LinkedHashMap<>();
    if (paths.get(route.path()) instanceof Map<?, ?> earlier) {
      earlier.forEach((method, each) -> methods.put(String.valueOf(method), each));
    }
    methods.put(route.method().toLowerCase(Locale.ROOT), operation.json(route));
    paths.put(route.path(), methods);
  }

  private static Operation operation(String summary) {
    return new Operation(summary);
  }

  private static Operation starting(Operation operation) {
    return operation
        .header("Idempotency-Key", "A repeated request with the same key starts nothing new")
        .query("format", Map.of("enum", List.of("json", "csv")), "Instead of Accept")
        .answer(200, HttpResponse.JSON, ref(RESULT))
        .answer(200, HttpResponse.CSV)
        .answer(202, HttpResponse.JSON, ref("RunAnswer"))
        .problems(400, 406, 408, 409, 413, 415, 422);
  }

  private static Map<String, Object> declared(NamedQuery query, long scanLimit) {
    Operation operation = starting(operation(query.title())).problems(404);
    Map<String, Object> json = operation.json(null);
    json.put("description", query.question() + " " + query.description());
    json.put("operationId", query.name().replace('/', '_'));
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (QueryParameter parameter : query.parameters()) {
      Map<String, Object> schema = new LinkedHashMap<>(schema(parameter.type()));
      schema.put("description", parameter.description());
      schema.put("default", parameter.defaultValue());
      parameters.put(parameter.name(), schema);
    }
    Map<String, Object> body = new LinkedHashMap<>(options(scanLimit));
    body.put("parameters", object(parameters, List.of()));
    json.put(
        "requestBody",
        Map.of("content", Map.of(HttpResponse.JSON, Map.of("schema", object(body, List.of())))));
    return json;
  }

  private static Map<String, Object> schema(ParameterType type) {
    return switch (type) {
      case STRING -> Map.of("type", "string");
      case DAY, DATE -> Map.of("type", "string", "format", "date");
      case TIMESTAMP -> Map.of("type", "string", "format", "date-time");
      case INTEGER -> Map.of("type", List.of("integer", "string"));
      case DECIMAL -> Map.of("type", List.of("number", "string"));
      case BOOLEAN -> Map.of("type", List.of("boolean", "string"));
    };
  }

  private static final class Operation {
    private final String summary;
    private final List<Object> parameters = new ArrayList<>();
    private final Map<String, Object> responses = new TreeMap<>();
    private Map<String, Object> body = Map.of();

    Operation(String summary) {
      this.summary = summary;
      // Everywhere.
      problems(429, 500, 503);
    }

    Operation query(String name, Map<String, Object> schema, String description) {
      return parameter("query", name, schema, description);
    }

    Operation header(String name, String description) {
      return parameter("header", name, text(), description);
    }

    private Operation parameter(
        String in, String name, Map<String, Object> schema, String description) {
      parameters.add(Map.of("in", in, "name", name, "schema", schema, "description", description));
      return this;
    }

    Operation answer(int status, String type) {
      return answer(status, type, text());
    }

    Operation answer(int status, String type, Map<String, Object> schema) {
      Map<String, Object> content = new LinkedHashMap<>();
      if (responses.get(String.valueOf(status)) instanceof Map<?, ?> earlier
          && earlier.get("content") instanceof Map<?, ?> earlierContent) {
        earlierContent.forEach((name, each) -> content.put(String.valueOf(name), each));
      }
      content.put(type, Map.of("schema", schema));
      responses.put(
          String.valueOf(status), Map.of("description", description(status), "content", content));
      return this;
    }

    Operation problems(int... statuses) {
      for (int status : statuses) {
        answer(status, HttpResponse.PROBLEM, ref("Problem"));
      }
      return this;
    }

    Operation body(String schema) {
      body =
          Map.of(
              "required",
              schema.equals("SqlRequest"),
              "content",
              Map.of(HttpResponse.JSON, Map.of("schema", ref(schema))));
      return this;
    }

    Map<String, Object> json(HttpApiSpec.@Nullable Route route) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("summary", summary);
      List<Object> all = new ArrayList<>();
      if (route != null) {
        for (String element : route.path().split("/")) {
          if (element.startsWith("{")) {
            all.add(
                Map.of(
                    "in",
                    "path",
                    "name",
                    element.substring(1, element.length() - 1),
                    "required",
                    true,
                    "schema",
                    text()));
          }
        }
      }
      all.addAll(parameters);
      json.put("parameters", all);
      if (!body.isEmpty()) {
        json.put("requestBody", body);
      }
      json.put("responses", responses);
      return json;
    }

    private static String description(int status) {
      return switch (status) {
        case 200 -> "The answer";
        case 202 -> "The run has not ended yet; ask for it at Location";
        default ->
            Arrays.stream(Problem.Kind.values())
                .filter(kind -> kind.status() == status)
                .map(Problem.Kind::title)
                .reduce((a, b) -> a + "; " + b)
                .orElseThrow();
      };
    }
  }

  // Schemas.

  private static Map<String, Object> schemas(long scanLimit) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("type", Map.of("type", "string", "pattern", "^urn:sluice:problem:"));
    problem.put("title", text());
    problem.put("status", integer(400, 599));
    problem.put("detail", described(text(), "Why"));
    problem.put(
        "code",
        Map.of("enum", Arrays.stream(Problem.Kind.values()).map(Problem.Kind::code).toList()));
    problem.put("hint", described(text(), "What to do about it"));
    problem.put("run", described(text(), "The run it is about"));

    Map<String, Object> parameter = new LinkedHashMap<>();
    parameter.put("name", text());
    parameter.put(
        "type",
        Map.of(
            "enum",
            Arrays.stream(ParameterType.values())
                .map(type -> type.name().toLowerCase(Locale.ROOT))
                .toList()));
    parameter.put("accepts", text());
    parameter.put("default", text());
    parameter.put("description", text());

    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("name", text());
    summary.put("title", text());
    summary.put("question", text());
    summary.put("description", text());
    summary.put("parameters", list(ref("Parameter")));
    Map<String, Object> query = new LinkedHashMap<>(summary);
    query.put("sql", described(text(), "With :name for parameters"));

    Map<String, Object> cost = new LinkedHashMap<>();
    cost.put("scannedBytes", integer());
    cost.put("billedBytes", integer());
    cost.put("dollars", Map.of("type", "number", "minimum", 0));
    cost.put("dollarsPerTerabyte", Map.of("type", "number", "minimum", 0));
    cost.put("reusedResult", Map.of("type", "boolean"));

    Map<String, Object> run = new LinkedHashMap<>();
    run.put("id", text());
    run.put(
        "state", Map.of("enum", Arrays.stream(QueryRun.State.values()).map(Enum::name).toList()));
    run.put("query", described(textOrNull(), "The declared query, if it is one"));
    run.put("submittedAt", text());
    run.put("completedAt", textOrNull());
    run.put("queuedMillis", integer());
    run.put("engineMillis", integer());
    run.put("maxScanBytes", integer());
    run.put("cost", ref("Cost"));
    List<String> runs = List.copyOf(run.keySet());
    run.put("problem", ref("Problem"));

    Map<String, Object> result = new LinkedHashMap<>();
    result.put("run", ref("Run"));
    result.put(
        "columns", list(object(Map.of("name", text(), "type", text()), List.of("name", "type"))));
    result.put("rows", list(list(Map.of("type", List.of("string", "number", "boolean", "null")))));
    result.put("nextToken", described(textOrNull(), "Names the page that follows"));

    Map<String, Object> request = new LinkedHashMap<>(options(scanLimit));
    request.put(
        "parameters",
        Map.of(
            "type",
            "object",
            "additionalProperties",
            Map.of("type", List.of("string", "number", "boolean"))));
    Map<String, Object> statement = new LinkedHashMap<>(options(scanLimit));
    statement.put(
        "sql",
        Map.of(
            "type",
            "string",
            "maxLength",
            Body.LONGEST_SQL,
            "description",
            "One query, with :name for parameters"));
    statement.put(
        "database",
        Map.of("enum", Catalog.refined(), "description", "What names without a database refer to"));
    statement.put(
        "parameters",
        Map.of(
            "type",
            "object",
            "additionalProperties",
            object(
                Map.of(
                    "type",
                    parameter.get("type"),
                    "value",
                    Map.of("type", List.of("string", "number", "boolean"))),
                List.of("type", "value"))));

    Map<String, Object> schemas = new LinkedHashMap<>();
    schemas.put("Problem", object(problem, keys(problem, "run")));
    schemas.put("Parameter", object(parameter, keys(parameter)));
    schemas.put("QuerySummary", object(summary, keys(summary)));
    schemas.put("Query", object(query, keys(query)));
    schemas.put(
        "QueryList",
        object(
            Map.of(
                "queries",
                list(ref("QuerySummary")),
                "sql",
                described(Map.of("type", "boolean"), "Whether statements of callers are run"),
                "maxScanBytes",
                integer()),
            List.of("queries", "sql", "maxScanBytes")));
    schemas.put("Cost", object(cost, keys(cost)));
    schemas.put("Run", object(run, runs));
    schemas.put("RunAnswer", object(Map.of("run", ref("Run")), List.of("run")));
    schemas.put(RESULT, object(result, keys(result)));
    schemas.put("RunRequest", object(request, List.of()));
    schemas.put("SqlRequest", object(statement, List.of("sql")));
    return schemas;
  }

  private static Map<String, Object> options(long scanLimit) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put(
        "waitSeconds",
        described(
            integer(0, Body.MOST_WAIT),
            "Wait so long for the result; " + Body.WAIT + " if left out"));
    options.put("maxScanBytes", described(integer(1, scanLimit), "The most that the run may read"));
    options.put(
        "reuseMinutes",
        described(
            integer(0, Body.MOST_REUSE),
            "How old a result of the same run may be to be given again; 0 if left out"));
    options.put("rows", described(integer(1, Body.MOST_ROWS), "The most rows of a page"));
    return options;
  }

  private static List<String> keys(Map<String, Object> properties, String... without) {
    return properties.keySet().stream()
        .filter(name -> !Arrays.asList(without).contains(name))
        .toList();
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        required,
        "additionalProperties",
        false);
  }

  private static Map<String, Object> list(Map<String, Object> items) {
    return Map.of("type", "array", "items", items);
  }

  private static Map<String, Object> ref(String schema) {
    return Map.of("$ref", "#/components/schemas/" + schema);
  }

  private static Map<String, Object> text() {
    return Map.of("type", "string");
  }

  private static Map<String, Object> textOrNull() {
    return Map.of("type", List.of("string", "null"));
  }

  private static Map<String, Object> integer() {
    return Map.of("type", "integer", "minimum", 0);
  }

  private static Map<String, Object> integer(long least, long most) {
    return Map.of("type", "integer", "minimum", least, "maximum", most);
  }

  private static Map<String, Object> described(Map<String, Object> schema, String description) {
    Map<String, Object> described = new LinkedHashMap<>(schema);
    described.put("description", description);
    return described;
  }
}
