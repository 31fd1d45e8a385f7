package dev.sluice.lake.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.schedule.JobSchedules;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The endpoint that AWS clients talk to, on 127.0.0.1 only. Requests that carry {@code
 * X-Amz-Target} go to the {@link JsonService} of that name, {@value #HEALTH} answers how the parts
 * are, requests that are signed for another service are refused by name, all others are S3's.
 */
public final class Endpoint implements AutoCloseable {
  /** The path that answers the state of the parts, as JSON. */
  public static final String HEALTH = "/_sluice/health";

  /** The path of the clock of the schedules. */
  public static final String CLOCK = "/_sluice/clock";

  private static final Pattern SIGNED_SERVICE =
      Pattern.compile("Credential=[^/,\\s]+/\\d{8}/[^/,\\s]*/([^/,\\s]+)/aws4_request");
  private static final System.Logger LOG = System.getLogger(Endpoint.class.getName());

  static {
    // The server reads these once. Without the first, small answers wait for a delayed
    // acknowledgement; with its own idle time of 30 s it would close connections that the SDK's
    // pools, which keep them for 60 s, still hold to be good.
    setDefault("sun.net.httpserver.nodelay", "true");
    setDefault("sun.net.httpserver.idleInterval", "120");
    setDefault("sun.net.httpserver.maxIdleConnections", "1000");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * How the lake is.
   *
   * @param ready whether everything is set up; answered as status 200, otherwise 503
   * @param components the parts and a word on the state of each
   */
  public record Health(boolean ready, Map<String, String> components) {}

  private Endpoint(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts to listen.
   *
   * @param port the TCP port, or 0 for any free one
   * @param services the services that speak the JSON protocol
   * @param objects answers everything that is S3's
   * @param health how the lake is
   * @throws SluiceException when the port is in use
   */
  public static Endpoint start(
      int port, List<JsonService> services, HttpHandler objects, Supplier<Health> health) {
    return start(port, services, objects, health, Optional::empty);
  }

  /**
   * Starts to listen, with a clock.
   *
   * @param schedules whose clock {@value #CLOCK} tells and advances; empty before they run
   */
  public static Endpoint start(
      int port,
      List<JsonService> services,
      HttpHandler objects,
      Supplier<Health> health,
      Supplier<Optional<JobSchedules>> schedules) {
    JsonHandler json = new JsonHandler(services);
    try {
      InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
      HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), 1024);
      ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
      server.setExecutor(threads);
      server.createContext("/", exchange -> route(exchange, json, objects));
      server.createContext(HEALTH, exchange -> health(exchange, health));
      server.createContext(CLOCK, new ClockHandler(schedules));
      server.start();
      return new Endpoint(server, threads);
    } catch (BindException e) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot start the local lake: port "
              + port
              + " on 127.0.0.1 is in use. Stop the other program, or choose another port with"
              + " --port (0 takes any free one).",
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets everything below that path be answered by this handler. */
  public void add(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "A request failed below " + path, e);
            throw e;
          }
        });
  }

  /** The TCP port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** What clients set as {@code AWS_ENDPOINT_URL}. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** Stops to listen; requests under way have a second to end. */
  @Override
  public void close() {
    server.stop(1);
    threads.shutdownNow();
  }

  private static void route(HttpExchange exchange, JsonHandler json, HttpHandler objects)
      throws IOException {
    try (exchange) {
      if (exchange.getRequestHeaders().containsKey(JsonHandler.TARGET)) {
        json.handle(exchange);
        return;
      }
      String service = signedService(exchange);
      if (service.isEmpty() || service.equals("s3")) {
        objects.handle(exchange);
      } else {
        refuse(exchange, service);
      }
    } catch (RuntimeException | Error e) {
      // The server itself would drop the connection without a word anywhere.
      LOG.log(
          System.Logger.Level.ERROR,
          "A request failed: " + exchange.getRequestMethod() + " " + exchange.getRequestURI(),
          e);
      throw e;
    }
  }

  private static String signedService(HttpExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization == null) {
      return "";
    }
    Matcher matcher = SIGNED_SERVICE.matcher(authorization);
    return matcher.find() ? matcher.group(1) : "";
  }

  private static void refuse(HttpExchange exchange, String service) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    boolean query = type != null && type.startsWith("application/x-www-form-urlencoded");
    String message =
        query && service.equals("sqs")
            ? "Cannot answer SQS's query protocol: the local lake speaks its JSON protocol. Use"
                + " an SDK or CLI of December 2023 or later."
            : "Cannot answer a request for the service "
                + service
                + ": the local lake does not support it.";
    if (query) {
      exchange.getResponseHeaders().set("Content-Type", "text/xml");
      Responses.send(
          exchange,
          400,
          ("<ErrorResponse><Error><Type>Sender</Type><Code>UnknownOperationException</Code>"
                  + "<Message>"
                  + message
                  + "</Message></Error></ErrorResponse>")
              .getBytes(StandardCharsets.UTF_8));
    } else {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("x-amzn-errortype", "UnknownOperationException");
      Map<String, Object> error = new LinkedHashMap<>();
      error.put("__type", "UnknownOperationException");
      error.put("message", message);
      Responses.send(exchange, 400, Json.write(error).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void health(HttpExchange exchange, Supplier<Health> health) throws IOException {
    try (exchange) {
      Health now = health.get();
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("status", now.ready() ? "ready" : "starting");
      body.put("components", now.components());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      Responses.send(
          exchange, now.ready() ? 200 : 503, Json.write(body).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void setDefault(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
