package dev.sluice.query;

import dev.sluice.model.json.Json;
import dev.sluice.query.Problem.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request as API Gateway's HTTP APIs hand it over, payload version 2.0.
 *
 * @param method in capital letters
 * @param path begins with a slash
 * @param query what stands behind the question mark, decoded
 * @param headers by name in lower case
 * @param body empty when there is none
 * @param caller who asks, when the deployment knows
 */
record HttpRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    String body,
    Optional<String> caller) {

  /**
   * @throws ProblemException {@code INVALID_REQUEST} when it is no such event
   */
  static HttpRequest of(String event) {
    Map<String, @Nullable Object> json;
    try {
      json = Json.parseObject(event);
    } catch (IllegalArgumentException e) {
      throw noEvent();
    }
    Map<?, ?> context = map(json.get("requestContext"));
    Map<?, ?> http = map(context.get("http"));
    if (!"2.0".equals(json.get("version"))
        || !(http.get("method") instanceof String method)
        || !(json.get("rawPath") instanceof String path)) {
      throw noEvent();
    }
    String stage = String.valueOf(context.get("stage"));
    String prefix = stage.equals("$default") ? "" : "/" + stage;
    if (!prefix.isEmpty() && (path.equals(prefix) || path.startsWith(prefix + "/"))) {
      path = path.substring(prefix.length());
    }
    String body = json.get("body") instanceof String text ? text : "";
    if (Boolean.TRUE.equals(json.get("isBase64Encoded"))) {
      try {
        body = new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw noEvent();
      }
    }
    Map<String, String> headers = new LinkedHashMap<>();
    texts(json.get("headers"))
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    return new HttpRequest(
        method,
        path.isEmpty() ? "/" : path,
        texts(json.get("queryStringParameters")),
        headers,
        body,
        caller(map(context.get("authorizer"))));
  }

  private static Optional<String> caller(Map<?, ?> authorizer) {
    Object arn = map(authorizer.get("iam")).get("userArn");
    Object subject = map(map(authorizer.get("jwt")).get("claims")).get("sub");
    return Optional.ofNullable(arn == null ? subject : arn).map(Object::toString);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /** The path's elements; none for the root. */
  List<String> elements() {
    return path.equals("/") ? List.of() : List.of(path.substring(1).split("/", -1));
  }

  /** The way from this request's address to another path of the API, wherever that has its root. */
  String relative(String to) {
    return "../".repeat((int) path.chars().filter(c -> c == '/').count() - 1) + to;
  }

  private static ProblemException noEvent() {
    return Problem.of(
            Kind.INVALID_REQUEST,
            "Cannot answer: this is no request of an HTTP API, payload version 2.0",
            "Call the function through its HTTP API.")
        .thrown();
  }

  private static Map<String, String> texts(@Nullable Object value) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(value)
        .forEach((name, text) -> {
          if (text != null) {
            texts.put(String.valueOf(name), text.toString());
          }
        });
    return texts;
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
