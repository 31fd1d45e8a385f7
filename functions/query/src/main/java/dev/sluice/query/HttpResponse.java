package dev.sluice.query;

import dev.sluice.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param status HTTP's
 * @param headers by name
 * @param body text in UTF-8; may be empty
 */
record HttpResponse(int status, Map<String, String> headers, String body) {
  static final String JSON = "application/json";
  static final String CSV = "text/csv";
  static final String PROBLEM = "application/problem+json";
  static final String HTML = "text/html";

  static HttpResponse of(int status, String type, String body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", type + (type.startsWith("text/") ? "; charset=utf-8" : ""));
    headers.put("cache-control", "no-store");
    headers.put("x-content-type-options", "nosniff");
    return new HttpResponse(status, headers, body);
  }

  static HttpResponse json(int status, Map<String, ? extends @Nullable Object> body) {
    return of(status, JSON, Json.write(body));
  }

  static HttpResponse of(Problem problem) {
    HttpResponse answer = of(problem.kind().status(), PROBLEM, Json.write(problem.json()));
    return switch (problem.kind()) {
      case NOT_FINISHED -> answer.with("retry-after", "1");
      case THROTTLED, UNAVAILABLE -> answer.with("retry-after", "5");
      default -> answer;
    };
  }

  HttpResponse with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpResponse(status, more, body);
  }

  /** As HTTP APIs want it, payload version 2.0. */
  String json() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("statusCode", status);
    json.put("headers", headers);
    json.put("body", body);
    json.put("isBase64Encoded", false);
    return Json.write(json);
  }
}
