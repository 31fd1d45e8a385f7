package dev.sluice.lake.lambda;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Lambda's Runtime API of version 2018-06-01, for one process of a function. */
final class RuntimeApi implements AutoCloseable {
  private static final String BASE = "/2018-06-01/runtime/";

  /** Lambda's limit on what a handler returns. */
  private static final int MAX_PAYLOAD = 6 << 20;

  private final HttpServer server;
  private final ExecutorService threads;
  private final String functionArn;
  private final BlockingQueue<Invocation> waiting = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile @Nullable Invocation current;

  /** One invocation on its way. */
  static final class Invocation {
    final String requestId = UUID.randomUUID().toString();
    final byte[] event;
    final Duration timeout;

    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Invocation(byte[] event, Duration timeout) {
      this.event = event;
      this.timeout = timeout;
    }
  }

  private RuntimeApi(HttpServer server, ExecutorService threads, String functionArn) {
    this.server = server;
    this.threads = threads;
    this.functionArn = functionArn;
  }

  static RuntimeApi start(String functionArn) {
    try {
      InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
      HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 0);
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      RuntimeApi api = new RuntimeApi(server, threads, functionArn);
      server.setExecutor(threads);
      server.createContext(BASE, api::handle);
      server.start();
      return api;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the process gets as {@code AWS_LAMBDA_RUNTIME_API}. */
  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Completes when the process asks for its first event; fails when it says it cannot start. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  void offer(Invocation invocation) {
    waiting.add(invocation);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(BASE.length());
      if (exchange.getRequestMethod().equals("GET") && path.equals("invocation/next")) {
        next(exchange);
      } else if (path.equals("init/error")) {
        Failure failure = failure(exchange);
        ready.completeExceptionally(
            new IllegalStateException(failure.type() + ": " + failure.message()));
        answer(exchange, 202, "{\"status\":\"OK\"}");
      } else if (path.startsWith("invocation/")) {
        end(exchange, path.substring("invocation/".length()));
      } else {
        answer(exchange, 404, error("NotFound", "No such path."));
      }
    }
  }

  private void next(HttpExchange exchange) throws IOException {
    ready.complete(null);
    Invocation invocation;
    try {
      invocation = waiting.take();
    } catch (InterruptedException e) {
      return;
    }
    current = invocation;
    Headers headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", invocation.requestId);
    headers.set(
        "Lambda-Runtime-Deadline-Ms",
        Long.toString(System.currentTimeMillis() + invocation.timeout.toMillis()));
    headers.set("Lambda-Runtime-Invoked-Function-Arn", functionArn);
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, invocation.event.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(invocation.event);
    }
  }

  private void end(HttpExchange exchange, String path) throws IOException {
    Invocation invocation = current;
    int slash = path.indexOf('/');
    String requestId = slash < 0 ? path : path.substring(0, slash);
    if (invocation == null || !invocation.requestId.equals(requestId)) {
      answer(exchange, 400, error("InvalidRequestID", "This invocation is not under way."));
      return;
    }
    switch (path.substring(requestId.length())) {
      case "/response" -> {
        byte[] payload;
        try (InputStream in = exchange.getRequestBody()) {
          payload = in.readNBytes(MAX_PAYLOAD + 1);
        }
        if (payload.length > MAX_PAYLOAD) {
          answer(exchange, 413, error("RequestEntityTooLarge", "The response is too large."));
          invocation.outcome.complete(
              new Outcome.Failed(
                  requestId,
                  "Function.ResponseSizeTooLarge",
                  "Response payload size exceeded maximum allowed payload size ("
                      + MAX_PAYLOAD
                      + " bytes)."));
          return;
        }
        answer(exchange, 202, "{\"status\":\"OK\"}");
        invocation.outcome.complete(
            new Outcome.Returned(requestId, new String(payload, StandardCharsets.UTF_8)));
      }
      case "/error" -> {
        Failure failure = failure(exchange);
        answer(exchange, 202, "{\"status\":\"OK\"}");
        invocation.outcome.complete(
            new Outcome.Failed(requestId, failure.type(), failure.message()));
      }
      default -> answer(exchange, 404, error("NotFound", "No such path."));
    }
  }

  private record Failure(String type, String message) {}

  private static Failure failure(HttpExchange exchange) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Lambda-Runtime-Function-Error-Type");
    String message = "";
    String body;
    try (InputStream in = exchange.getRequestBody()) {
      body = new String(in.readNBytes(MAX_PAYLOAD), StandardCharsets.UTF_8);
    }
    try {
      Map<String, @Nullable Object> error = Json.parseObject(body);
      type = error.get("errorType") instanceof String text ? text : type;
      message = error.get("errorMessage") instanceof String text ? text : "";
    } catch (IllegalArgumentException e) {
      // The header alone must do.
    }
    return new Failure(type == null ? "Unhandled" : type, message);
  }

  private static String error(String type, String message) {
    return Json.write(Map.of("errorType", type, "errorMessage", message));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
