package dev.sluice.query;

import dev.sluice.model.json.Json;
import dev.sluice.model.query.ParameterType;
import dev.sluice.model.query.QueryParameter;
import dev.sluice.query.Problem.Kind;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the JSON that runs are started with; gathers every problem. */
final class Body {
  /** What a run may be told. */
  static final List<String> OPTIONS =
      List.of("parameters", "waitSeconds", "maxScanBytes", "reuseMinutes", "rows");

  /** The longest that a request waits; API Gateway waits for 30 seconds. */
  static final int MOST_WAIT = 25;

  /** How long a request waits that does not say. */
  static final int WAIT = 10;

  /** Athena's limit: seven days. */
  static final int MOST_REUSE = 10_080;

  /** The most rows of a page. */
  static final int MOST_ROWS = 1_000;

  /** The longest statement of a caller, in characters. */
  static final int LONGEST_SQL = 32_768;

  private static final int LONGEST_BODY = 256 << 10;
  private static final int LONGEST_NUMBER = 100;

  private final Map<String, @Nullable Object> json;
  private final List<String> problems = new ArrayList<>();

  private Body(Map<String, @Nullable Object> json) {
    this.json = json;
  }

  /**
   * @throws ProblemException when it is no JSON object, or too large
   */
  static Body of(HttpRequest request) {
    if (request.body().length() > LONGEST_BODY) {
      throw Problem.of(
              Kind.TOO_LARGE,
              "Cannot read the request: its body is larger than " + LONGEST_BODY + " characters",
              "Pass fewer or shorter values.")
          .thrown();
    }
    String type = request.header("content-type").orElse(HttpResponse.JSON);
    if (!request.body().isBlank()
        && !type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip().equals(HttpResponse.JSON)) {
      throw Problem.of(
              Kind.UNSUPPORTED_MEDIA_TYPE,
              "Cannot read the request: its body is not declared to be JSON",
              "Send JSON with the header Content-Type: application/json.")
          .thrown();
    }
    try {
      return new Body(request.body().isBlank() ? Map.of() : Json.parseObject(request.body()));
    } catch (IllegalArgumentException e) {
      throw Problem.of(
              Kind.INVALID_REQUEST,
              "Cannot read the request: its body is no JSON object: "
                  + Texts.shortened(String.valueOf(e.getMessage()), 200),
              "Send a JSON object; see openapi.json.")
          .thrown();
    }
  }

  /**
   * How a run is to be.
   *
   * @param patience how long to wait for its end
   * @param maxScanBytes the most that it may read
   * @param reuse how old a result may be to be given again
   * @param rows the most rows of a page
   */
  record Options(Duration patience, long maxScanBytes, Duration reuse, int rows) {}

  /** What is not known is a problem. */
  void know(List<String> names) {
    json.keySet().stream()
        .filter(name -> !names.contains(name))
        .forEach(name ->
            problems.add(
                "there is no '"
                    + Texts.shortened(name, 40)
                    + "' (known are "
                    + String.join(", ", names)
                    + ")"));
  }

  Options options(long scanLimit) {
    return new Options(
        Duration.ofSeconds(number("waitSeconds", 0, MOST_WAIT, WAIT)),
        number("maxScanBytes", 1, scanLimit, scanLimit),
        Duration.ofMinutes(number("reuseMinutes", 0, MOST_REUSE, 0)),
        (int) number("rows", 1, MOST_ROWS, MOST_ROWS));
  }

  /** Parameters of a declared query, as texts. */
  Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    parameters().forEach((name, value) -> value(name, value).ifPresent(v -> values.put(name, v)));
    return values;
  }

  /** Parameters of a caller's own statement: {@code {"name": {"type": …, "value": …}}}. */
  List<QueryParameter> typed() {
    List<QueryParameter> typed = new ArrayList<>();
    List<String> types =
        Arrays.stream(ParameterType.values()).map(t -> t.name().toLowerCase(Locale.ROOT)).toList();
    parameters()
        .forEach((name, value) -> {
          if (!name.matches("[a-z][a-z0-9_]{0,63}")) {
            problems.add("a parameter's name has lower-case letters, digits and _");
          } else if (!(value instanceof Map<?, ?> map)
              || !(map.get("type") instanceof String type)
              || !types.contains(type)
              || map.size() != 2) {
            problems.add(
                "the parameter '"
                    + name
                    + "' is to be an object with a type ("
                    + String.join(", ", types)
                    + ") and a value");
          } else {
            value(name, map.get("value"))
                .ifPresent(text ->
                    typed.add(
                        new QueryParameter(
                            name, ParameterType.valueOf(type.toUpperCase(Locale.ROOT)), text, "")));
          }
        });
    return typed;
  }

  String sql() {
    if (json.get("sql") instanceof String sql && !sql.isBlank()) {
      if (sql.length() > LONGEST_SQL) {
        problems.add("sql is longer than " + LONGEST_SQL + " characters");
      }
      String bare = sql.strip();
      return bare.endsWith(";") ? bare.substring(0, bare.length() - 1) : bare;
    }
    problems.add("sql is missing");
    return "";
  }

  String oneOf(String name, List<String> known, String instead) {
    Object value = json.get(name);
    if (value == null || known.contains(value)) {
      return value == null ? instead : value.toString();
    }
    problems.add(name + " is not one of " + String.join(", ", known));
    return instead;
  }

  /**
   * @throws ProblemException naming all problems
   */
  void check() {
    if (!problems.isEmpty()) {
      throw Problem.of(
              Kind.INVALID_REQUEST,
              "Cannot start a run: " + String.join("; ", problems),
              "Correct the request's body; see openapi.json.")
          .thrown();
    }
  }

  private Map<String, @Nullable Object> parameters() {
    Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
    Object value = json.get("parameters");
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, each) -> parameters.put(String.valueOf(name), each));
    } else if (value != null) {
      problems.add("parameters is no object");
    }
    return parameters;
  }

  private Optional<String> value(String name, @Nullable Object value) {
    if (value instanceof String || value instanceof Boolean || value instanceof Long) {
      return Optional.of(value.toString());
    }
    // Written out, a number with a large exponent would have as many digits.
    if (value instanceof BigDecimal number
        && Math.abs((long) number.scale()) <= LONGEST_NUMBER
        && number.precision() <= LONGEST_NUMBER) {
      return Optional.of(number.toPlainString());
    }
    problems.add(
        "the value of '"
            + Texts.shortened(name, 64)
            + "' is to be a text, a number, true or false");
    return Optional.empty();
  }

  private long number(String name, long least, long most, long instead) {
    Object value = json.get(name);
    if (value == null) {
      return instead;
    }
    if (value instanceof Long number && number >= least && number <= most) {
      return number;
    }
    problems.add(name + " is to be a whole number from " + least + " to " + most);
    return instead;
  }
}
