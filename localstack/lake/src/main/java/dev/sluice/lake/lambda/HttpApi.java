package dev.sluice.lake.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.HttpApiSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP API as API Gateway has them: makes an event of payload version 2.0 of each request, and
 * an HTTP answer of what the function returns. It is found below a path, as if that were a host of
 * its own; nobody is asked who they are.
 */
public final class HttpApi implements HttpHandler {
  /** Below it are the APIs by name. No bucket has such a name. */
  public static final String ROOT = "/_api/";

  /** What Lambda takes. */
  private static final int LARGEST = 6 << 20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final System.Logger LOG = System.getLogger(HttpApi.class.getName());

  private final HttpApiSpec spec;
  private final FunctionPool function;
  private final String account;
  private final Clock clock;

  public HttpApi(HttpApiSpec spec, FunctionPool function, String account, Clock clock) {
    this.spec = spec;
    this.function = function;
    this.account = account;
    this.clock = clock;
  }

  /** Where it is found, without a slash at the end. */
  public static String path(HttpApiSpec spec) {
    return ROOT + spec.name();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String raw = exchange.getRequestURI().getRawPath().substring(path(spec).length());
    if (raw.isEmpty()) {
      // Links in pages are relative.
      exchange.getResponseHeaders().set("Location", path(spec) + "/");
      exchange.sendResponseHeaders(308, -1);
      return;
    }
    if (!raw.startsWith("/")) {
      message(exchange, 404, "Not Found");
      return;
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(LARGEST + 1);
    }
    if (body.length > LARGEST) {
      message(exchange, 413, "Request Entity Too Large");
      return;
    }
    Outcome outcome;
    try {
      outcome =
          function.invoke(Json.write(event(exchange, raw, body)).getBytes(StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    switch (outcome) {
      case Outcome.Returned(String id, String payload) -> answer(exchange, payload);
      case Outcome.Failed(String id, String type, String message) -> {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} failed on a request, {1}: {2}: {3}",
            function.function().name(),
            id,
            type,
            message);
        boolean late = type.equals("Sandbox.Timedout");
        message(exchange, late ? 503 : 500, late ? "Service Unavailable" : "Internal Server Error");
      }
    }
  }

  private Map<String, @Nullable Object> event(HttpExchange exchange, String raw, byte[] body) {
    String path = decoded(raw.replace("+", "%2B"));
    String method = exchange.getRequestMethod();
    Map<String, String> parameters = new LinkedHashMap<>();
    String key =
        spec.routes().stream()
            .filter(route -> route.method().equals(method))
            .filter(route -> match(route, raw, parameters))
            .findFirst()
            .map(HttpApiSpec.Route::key)
            .orElse("$default");
    Map<String, String> headers = new LinkedHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
    Instant now = clock.instant();
    Map<String, @Nullable Object> http = new LinkedHashMap<>();
    http.put("method", method);
    http.put("path", path);
    http.put("protocol", exchange.getProtocol());
    http.put("sourceIp", exchange.getRemoteAddress().getAddress().getHostAddress());
    http.put("userAgent", headers.getOrDefault("user-agent", ""));
    Map<String, @Nullable Object> context = new LinkedHashMap<>();
    context.put("accountId", account);
    context.put("apiId", spec.name());
    context.put("domainName", headers.getOrDefault("host", ""));
    context.put("domainPrefix", spec.name());
    context.put("http", http);
    context.put("requestId", UUID.randomUUID().toString());
    context.put("routeKey", key);
    context.put("stage", "$default");
    context.put("time", TIME.format(now));
    context.put("timeEpoch", now.toEpochMilli());
    Map<String, @Nullable Object> event = new LinkedHashMap<>();
    event.put("version", "2.0");
    event.put("routeKey", key);
    event.put("rawPath", path);
    String query = exchange.getRequestURI().getRawQuery();
    event.put("rawQueryString", query == null ? "" : query);
    event.put("headers", headers);
    Map<String, String> asked = query(query);
    if (!asked.isEmpty()) {
      event.put("queryStringParameters", asked);
    }
    if (!parameters.isEmpty()) {
      event.put("pathParameters", parameters);
    }
    event.put("requestContext", context);
    boolean text = isText(headers.getOrDefault("content-type", "text/plain"));
    Optional<String> asText = text ? text(body) : Optional.empty();
    if (body.length > 0) {
      event.put("body", asText.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
    }
    event.put("isBase64Encoded", body.length > 0 && asText.isEmpty());
    return event;
  }

  private static boolean match(
      HttpApiSpec.Route route, String path, Map<String, String> parameters) {
    String[] wanted = route.path().split("/", -1);
    String[] given = path.split("/", -1);
    if (wanted.length != given.length) {
      return false;
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].startsWith("{") && !given[i].isEmpty()) {
        found.put(
            wanted[i].substring(1, wanted[i].length() - 1), decoded(given[i].replace("+", "%2B")));
      } else if (!wanted[i].equals(given[i])) {
        return false;
      }
    }
    parameters.putAll(found);
    return true;
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String part : raw == null || raw.isEmpty() ? new String[0] : raw.split("&")) {
      int equals = part.indexOf('=');
      String name = decoded(equals < 0 ? part : part.substring(0, equals));
      String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
      query.merge(name, value, (a, b) -> a + "," + b);
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static boolean isText(String type) {
    String bare = type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip();
    return bare.startsWith("text/")
        || List.of("application/json", "application/javascript", "application/xml").contains(bare);
  }

  private static Optional<String> text(byte[] body) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static void answer(HttpExchange exchange, String payload) throws IOException {
    Map<String, @Nullable Object> json;
    try {
      json = Json.parseObject(payload);
    } catch (IllegalArgumentException e) {
      json = Map.of();
    }
    if (!(json.get("statusCode") instanceof Long status)) {
      // Without a status it is the body.
      exchange.getResponseHeaders().set("content-type", "application/json");
      send(exchange, 200, payload.getBytes(StandardCharsets.UTF_8));
      return;
    }
    if (json.get("headers") instanceof Map<?, ?> headers) {
      headers.forEach((name, value) ->
          exchange.getResponseHeaders().set(String.valueOf(name), String.valueOf(value)));
    }
    if (json.get("cookies") instanceof List<?> cookies) {
      cookies.forEach(
          each -> exchange.getResponseHeaders().add("set-cookie", String.valueOf(each)));
    }
    String body = json.get("body") instanceof String text ? text : "";
    send(
        exchange,
        status.intValue(),
        Boolean.TRUE.equals(json.get("isBase64Encoded"))
            ? Base64.getDecoder().decode(body)
            : body.getBytes(StandardCharsets.UTF_8));
  }

  private static void message(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getResponseHeaders().set("content-type", "application/json");
    send(exchange, status, Json.write(Map.of("message", text)).getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean bodiless = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, bodiless ? -1 : body.length);
    if (!bodiless) {
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }
}
