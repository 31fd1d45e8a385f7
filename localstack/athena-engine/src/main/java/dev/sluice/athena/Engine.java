package dev.sluice.athena;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.json.Json;
import io.airlift.log.Level;
import io.airlift.log.Logger;
import io.airlift.log.Logging;
import io.trino.plugin.hive.HivePlugin;
import io.trino.plugin.iceberg.IcebergPlugin;
import io.trino.server.testing.TestingTrinoServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The engine's process. It opens a port on loopback, writes the port's number to a file when it is
 * ready, and then answers:
 *
 * <ul>
 *   <li>{@code POST /statements} with {@code {"id", "sql", "catalog", "schema", "properties",
 *       "prepared"}}: the result as lines of JSON, streamed, the last one telling how it ended;
 *   <li>{@code DELETE /statements/<id>}: ends a statement, 204, or 404 when it is not under way;
 *   <li>{@code POST /syntax} with {@code {"sql", "values"}}: what {@link Syntax#of} tells.
 * </ul>
 */
public final class Engine implements AutoCloseable {
  static final String HIVE_CATALOG = "awsdatacatalog";
  static final String ICEBERG_CATALOG = "iceberg";
  private static final String STATEMENTS = "/statements";
  private static final String SYNTAX = "/syntax";

  private static final Logger LOG = Logger.get(Engine.class);

  private final TestingTrinoServer trino;
  private final HttpServer server;

  private Engine(TestingTrinoServer trino, HttpServer server) {
    this.trino = trino;
    this.server = server;
  }

  /**
   * Starts the engine from the environment's settings.
   *
   * @param args the file that the port is written to when the engine is ready; or {@code --train},
   *     to run a few statements and exit, so that the JVM can archive the classes they load
   */
  public static void main(String[] args) throws IOException {
    EngineSettings settings;
    try {
      if (args.length != 1) {
        throw new IllegalArgumentException(
            "Cannot start the SQL engine: one argument is expected, the file for the port.");
      }
      settings = EngineSettings.from(System.getenv());
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    boolean train = args[0].equals("--train");
    if (train) {
      endWithStandardInput();
    }
    Logging.initialize().setLevel("", Level.WARN);
    Engine engine;
    try {
      engine = start(settings);
    } catch (RuntimeException | IOException e) {
      LOG.error(e, "Cannot start the SQL engine");
      // Trino's threads would keep the process.
      System.exit(1);
      return;
    }
    if (train) {
      engine.train();
      System.exit(0);
    }
    Path ready = Path.of(args[0]);
    // For clients that speak Trino's own protocol.
    Files.writeString(ready.resolveSibling("trino.url"), engine.trino.getBaseUrl() + "\n");
    Path unfinished = ready.resolveSibling(ready.getFileName() + ".new");
    Files.writeString(unfinished, Integer.toString(engine.port()));
    Files.move(unfinished, ready, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Nothing is said on standard input; its end says that nobody waits for this any more. */
  private static void endWithStandardInput() {
    Thread.ofPlatform()
        .daemon()
        .name("parent-watch")
        .start(() -> {
          try {
            while (System.in.read() >= 0) {
              // Only the end counts.
            }
          } catch (IOException e) {
            // As good as the end.
          }
          Runtime.getRuntime().halt(1);
        });
  }

  /** Runs what needs neither catalog nor objects. */
  private void train() throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port() + STATEMENTS).toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    Map<String, String> request =
        Map.of(
            "id",
            "train",
            "sql",
            "SELECT k, count(*), sum(x), max(CAST(x AS VARCHAR)) FROM (SELECT x, x % 3 AS k FROM"
                + " UNNEST(SEQUENCE(1, 100)) AS t(x)) GROUP BY k ORDER BY k LIMIT 2");
    connection.getOutputStream().write(Json.write(request).getBytes(StandardCharsets.UTF_8));
    connection.getInputStream().readAllBytes();
  }

  /** Starts Trino with its two catalogs, and the port. */
  public static Engine start(EngineSettings settings) throws IOException {
    TestingTrinoServer trino =
        TestingTrinoServer.builder()
            .setProperties(
                Map.of(
                    "query.max-execution-time", "30m",
                    "query.max-history", "20",
                    "query.client.timeout", "5m",
                    "query-manager.required-workers", "1"))
            .build();
    trino.installPlugin(new HivePlugin());
    trino.createCatalog(HIVE_CATALOG, "hive", settings.hiveCatalog());
    if (!settings.icebergCatalog().isEmpty()) {
      trino.installPlugin(new IcebergPlugin());
      trino.createCatalog(ICEBERG_CATALOG, "iceberg", settings.icebergCatalog());
    }
    Statements statements = new Statements(trino);
    InetAddress loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback, 0), 64);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(STATEMENTS, exchange -> answer(exchange, statements));
    server.createContext(SYNTAX, Engine::syntax);
    server.start();
    return new Engine(trino, server);
  }

  /** The TCP port on 127.0.0.1. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() throws IOException {
    server.stop(0);
    trino.close();
  }

  private static void answer(HttpExchange exchange, Statements statements) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      switch (exchange.getRequestMethod()) {
        case "POST" -> run(exchange, statements);
        case "DELETE" -> {
          boolean found =
              path.startsWith(STATEMENTS + "/")
                  && statements.cancel(path.substring(STATEMENTS.length() + 1));
          exchange.sendResponseHeaders(found ? 204 : 404, -1);
        }
        default -> exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  private static void syntax(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      String answer;
      try {
        Map<String, @Nullable Object> request =
            Json.parseObject(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        List<String> values =
            request.get("values") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        answer = Json.write(Syntax.of(required(request, "sql"), values));
      } catch (IllegalArgumentException e) {
        status = 400;
        answer = String.valueOf(e.getMessage());
      }
      byte[] body = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void run(HttpExchange exchange, Statements statements) throws IOException {
    Statements.Statement statement;
    try {
      statement =
          statement(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      byte[] message = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(400, message.length);
      exchange.getResponseBody().write(message);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = new BufferedOutputStream(exchange.getResponseBody(), 1 << 16)) {
      statements.run(statement, out);
    } catch (RuntimeException e) {
      // Without its last line the answer is incomplete, which the caller sees.
      LOG.warn(e, "A statement failed: %s", statement.id());
    }
  }

  private static Statements.Statement statement(String body) {
    Map<String, @Nullable Object> request = Json.parseObject(body);
    Object schema = request.get("schema");
    return new Statements.Statement(
        required(request, "id"),
        required(request, "sql"),
        request.get("catalog") instanceof String catalog ? catalog : HIVE_CATALOG,
        schema == null ? null : schema.toString(),
        texts(request, "properties"),
        texts(request, "prepared"));
  }

  private static String required(Map<String, @Nullable Object> request, String name) {
    if (request.get(name) instanceof String value && !value.isEmpty()) {
      return value;
    }
    throw new IllegalArgumentException("Cannot run the statement: " + name + " is missing.");
  }

  private static Map<String, String> texts(Map<String, @Nullable Object> request, String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (request.get(name) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }
}
