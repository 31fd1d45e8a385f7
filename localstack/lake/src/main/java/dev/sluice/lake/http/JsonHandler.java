package dev.sluice.lake.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.json.SdkJson;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;

/** Answers requests of AWS's JSON protocol, which name their operation in a header. */
final class JsonHandler implements HttpHandler {
  static final String TARGET = "X-Amz-Target";

  /** More than any supported operation takes; SQS stops at 1 MiB. */
  private static final int MAX_BODY = 8 << 20;

  private static final System.Logger LOG = System.getLogger(JsonHandler.class.getName());

  private final Map<String, JsonService> services = new LinkedHashMap<>();

  JsonHandler(List<JsonService> services) {
    for (JsonService service : services) {
      if (this.services.put(service.target(), service) != null) {
        throw new IllegalArgumentException("Two services have the target " + service.target());
      }
    }
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String requestId = UUID.randomUUID().toString();
    Headers headers = exchange.getResponseHeaders();
    headers.set("x-amzn-requestid", requestId);
    headers.set("Content-Type", contentType(exchange));
    String target = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(TARGET), "");
    int dot = target.lastIndexOf('.');
    String name = target.substring(dot + 1);
    JsonService service = services.get(dot < 0 ? target : target.substring(0, dot));
    int status;
    String body;
    try {
      body = SdkJson.write(answer(exchange, service, target, name));
      status = 200;
    } catch (ServiceException e) {
      status = e.status();
      body = error(e.code(), Objects.requireNonNullElse(e.getMessage(), ""), e.details());
      headers.set("x-amzn-errortype", e.code());
      if (service instanceof QueryCompatible compatible) {
        headers.set(
            "x-amzn-query-error",
            compatible.queryErrorCode(e.code()) + (status < 500 ? ";Sender" : ";Receiver"));
      }
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "Request " + requestId + " failed: " + target, e);
      status = 500;
      body =
          error(
              "InternalFailure",
              "Cannot answer "
                  + target
                  + ": an error in the local lake; its log has the details under request "
                  + requestId
                  + ".",
              Map.of());
      headers.set("x-amzn-errortype", "InternalFailure");
    }
    Responses.send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
  }

  private SdkPojo answer(
      HttpExchange exchange, @Nullable JsonService service, String target, String name)
      throws IOException {
    if (service == null) {
      throw unknown(
          "Cannot answer " + target + ": the local lake has no such service; it has ",
          services.keySet());
    }
    JsonOperation<?, ?> operation = service.operations().get(name);
    if (operation == null) {
      throw unknown(
          "Cannot answer " + target + ": the local lake does not support this operation; it has ",
          service.operations().keySet());
    }
    byte[] body;
    try (InputStream in = exchange.getRequestBody()) {
      body = in.readNBytes(MAX_BODY + 1);
    }
    if (body.length > MAX_BODY) {
      throw new ServiceException(
          413,
          "RequestEntityTooLargeException",
          "Cannot answer " + target + ": the request is larger than " + MAX_BODY + " bytes.");
    }
    return call(operation, new String(body, StandardCharsets.UTF_8));
  }

  @SuppressWarnings("unchecked") // the supplier makes builders of the function's own class
  private static SdkPojo call(JsonOperation<?, ?> operation, String body) {
    return ((Function<SdkPojo, SdkPojo>) operation.call())
        .apply(SdkJson.read(body, operation.request()));
  }

  private static ServiceException unknown(String why, Iterable<String> known) {
    TreeSet<String> names = new TreeSet<>();
    known.forEach(names::add);
    return new ServiceException(
        400, "UnknownOperationException", why + String.join(", ", names) + ".");
  }

  private static String contentType(HttpExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return type != null && type.startsWith("application/x-amz-json-1.0")
        ? "application/x-amz-json-1.0"
        : "application/x-amz-json-1.1";
  }

  private static String error(String code, String message, Map<String, String> details) {
    Map<String, @Nullable Object> error = new LinkedHashMap<>(new TreeMap<>(details));
    error.put("__type", code);
    error.put("message", message);
    return Json.write(error);
  }
}
