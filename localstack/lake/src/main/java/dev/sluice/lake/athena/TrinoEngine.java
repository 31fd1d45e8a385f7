package dev.sluice.lake.athena;

import dev.sluice.lake.process.ChildJvm;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Trino in a child JVM, started when first needed and started again when it has died. Safe for use
 * by many threads.
 */
public final class TrinoEngine implements SqlEngine {
  private static final Duration TIME_TO_START = Duration.ofSeconds(120);
  private static final System.Logger LOG = System.getLogger(TrinoEngine.class.getName());

  /**
   * System property: {@code true} has the engine compile with the quick compiler only, for tests,
   * whose engines end before anything is worth more.
   */
  public static final String QUICK = "sluice.engine.quick";

  /**
   * System property: for how many seconds nothing must have been asked before the archive of the
   * engine's classes is made, by default {@value #DEFAULT_IDLE}: making it takes a core for half a
   * minute, which whoever waits for answers needs more.
   */
  public static final String IDLE = "sluice.engine.idle";

  private static final int DEFAULT_IDLE = 120;

  private static final List<Path> NICE = List.of(Path.of("/usr/bin/nice"), Path.of("/bin/nice"));

  /** What decides how classes are loaded has to be the same when they are archived. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          // What the quick compiler alone is given would be collected for, with the whole heap.
          "-XX:ReservedCodeCacheSize=240m",
          "-Duser.timezone=UTC",
          "-Duser.language=en",
          "-Duser.country=US",
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // An archive that does not fit is passed over; that is nobody's concern.
          "-Xlog:cds=off",
          "-Xlog:aot=off");

  private final Settings settings;
  private final Supplier<URI> endpoint;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private @Nullable ChildJvm child;
  private @Nullable Process trainer;
  private int port;
  private volatile String state = "stopped";
  private volatile boolean closed;
  private final AtomicInteger running = new AtomicInteger();
  private volatile long lastAsked = System.nanoTime();

  /**
   * What is needed to start the engine.
   *
   * @param javaHome a JDK of version 25 or later
   * @param classpath the engine's jars
   * @param folder where the process works and logs; created
   * @param region the AWS region
   * @param accessKey signs the engine's requests to the lake
   * @param secretKey signs the engine's requests to the lake
   * @param heapMegabytes the heap's limit
   */
  public record Settings(
      Path javaHome,
      List<Path> classpath,
      Path folder,
      String region,
      String accessKey,
      String secretKey,
      int heapMegabytes) {
    public Settings {
      classpath = List.copyOf(classpath);
    }
  }

  /**
   * An engine that is not started yet.
   *
   * @param endpoint where S3 and Glue are, asked for when the engine starts
   */
  public TrinoEngine(Settings settings, Supplier<URI> endpoint) {
    this.settings = settings;
    this.endpoint = endpoint;
  }

  /**
   * The class path of the engine from its build.
   *
   * @param module the engine's module folder, which was built by {@code ./mvnw package}
   * @throws IOException when it was not built
   */
  public static List<Path> classpath(Path module) throws IOException {
    Path list = module.resolve("target/classpath.txt");
    List<Path> jars = new ArrayList<>();
    if (Files.isDirectory(module.resolve("target"))) {
      try (Stream<Path> files = Files.list(module.resolve("target"))) {
        files
            .filter(
                file -> file.getFileName().toString().matches("sluice-athena-engine-[^-]*\\.jar"))
            .forEach(jars::add);
      }
    }
    if (jars.isEmpty() || !Files.exists(list)) {
      throw new IOException(
          "Cannot find the SQL engine: it is not built in: "
              + module
              + ". Build it with ./mvnw package.");
    }
    for (String jar : Files.readString(list).strip().split(File.pathSeparator)) {
      jars.add(Path.of(jar));
    }
    return jars;
  }

  @Override
  public String state() {
    return state;
  }

  /** Starts the engine in the background, so that the first statement need not wait for it. */
  public void warmUp() {
    Thread.ofVirtual()
        .name("engine-start")
        .start(() -> {
          try {
            ready();
          } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
          }
        });
  }

  @Override
  public End run(Statement statement, Sink sink) throws IOException {
    running.incrementAndGet();
    try {
      return run(ready(), statement, sink);
    } finally {
      lastAsked = System.nanoTime();
      running.decrementAndGet();
    }
  }

  private End run(int target, Statement statement, Sink sink) throws IOException {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("id", statement.id());
    request.put("sql", statement.sql());
    request.put("catalog", statement.catalog());
    request.put("schema", statement.schema());
    request.put("properties", statement.properties());
    request.put("prepared", statement.prepared());
    try {
      HttpResponse<InputStream> response =
          http.send(
              HttpRequest.newBuilder(statements(target, ""))
                  .POST(HttpRequest.BodyPublishers.ofString(Json.write(request)))
                  .build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        if (response.statusCode() != 200) {
          throw new IllegalStateException(
              "The SQL engine refused a statement: " + lines.readLine());
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("[")) {
            sink.row(texts(Json.parse(line)));
          } else if (!line.isBlank()) {
            Map<String, @Nullable Object> object = Json.parseObject(line);
            if (object.get("columns") instanceof List<?> columns) {
              sink.columns(columns.stream().map(TrinoEngine::column).toList());
            } else if (object.get("end") instanceof Map<?, ?> end) {
              return end(end);
            }
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The wait for the SQL engine was interrupted", e);
    } catch (IOException e) {
      throw lost(e);
    }
    throw lost(null);
  }

  @Override
  public Syntax syntax(String sql, List<String> values) throws IOException {
    int target = ready();
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + target + "/syntax"))
                  .timeout(Duration.ofSeconds(30))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          Json.write(Map.of("sql", sql, "values", values))))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IllegalStateException("The SQL engine refused a text: " + response.body());
      }
      Map<String, @Nullable Object> answer = Json.parseObject(response.body());
      return new Syntax(
          answer.get("error") instanceof String error ? error : null,
          (int) number(answer, "parameters"),
          answer.get("expressions") instanceof List<?> list
              ? list.stream().map(Boolean.TRUE::equals).toList()
              : List.of());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("The wait for the SQL engine was interrupted", e);
    } catch (IOException e) {
      throw lost(e);
    }
  }

  /**
   * Where the engine answers clients of Trino, while it runs.
   *
   * @throws IOException when it cannot be started
   */
  public URI trino() throws IOException {
    ready();
    return URI.create(Files.readString(settings.folder().resolve("trino.url")).strip());
  }

  private IOException lost(@Nullable IOException cause) {
    return new IOException(
        "The SQL engine ended while the statement ran, the reason may be in its log: "
            + log()
            + ". It is started again by the next statement.",
        cause);
  }

  @Override
  public void cancel(String id) {
    int target;
    synchronized (this) {
      if (child == null || !child.isAlive() || port == 0) {
        return;
      }
      target = port;
    }
    try {
      http.send(
          HttpRequest.newBuilder(statements(target, "/" + id))
              .timeout(Duration.ofSeconds(10))
              .DELETE()
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException e) {
      // When it is gone, so is the statement.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The port of the engine, which is started first when it does not run. */
  private synchronized int ready() throws IOException {
    if (closed) {
      throw new IOException("Cannot run SQL: the local lake is stopping.");
    }
    if (child != null && child.isAlive() && port != 0) {
      return port;
    }
    port = 0;
    state = "starting";
    try {
      port = start();
      state = "ready";
      return port;
    } catch (RuntimeException | IOException e) {
      state = "failed";
      if (child != null) {
        child.kill();
        child = null;
      }
      throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
    }
  }

  private int start() throws IOException {
    long begin = System.nanoTime();
    Path folder = settings.folder();
    Path temporary = folder.resolve("tmp");
    // What an engine that was killed has left behind.
    deleteAll(temporary);
    Files.createDirectories(temporary);
    Path portFile = folder.resolve("port");
    Files.deleteIfExists(portFile);
    Files.deleteIfExists(folder.resolve("trino.url"));
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_ENDPOINT_URL", endpoint.get().toString());
    environment.put("AWS_REGION", settings.region());
    environment.put("AWS_ACCESS_KEY_ID", settings.accessKey());
    environment.put("AWS_SECRET_ACCESS_KEY", settings.secretKey());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    for (String name : List.of("PATH", "HOME", "LANG")) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    List<String> options =
        new ArrayList<>(
            List.of(
                "-Xmx" + settings.heapMegabytes() + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.io.tmpdir=" + temporary.toAbsolutePath()));
    options.addAll(JVM);
    if (Boolean.getBoolean(QUICK)) {
      options.add("-XX:TieredStopAtLevel=1");
    }
    if (archived()) {
      options.add("-XX:SharedArchiveFile=" + archive());
    }
    child =
        ChildJvm.start(
            new ChildJvm.Spec(
                "the SQL engine",
                settings.javaHome(),
                options,
                settings.classpath(),
                "dev.sluice.athena.Engine",
                List.of(portFile.toAbsolutePath().toString()),
                environment,
                log(),
                folder));
    while (!Files.exists(portFile)) {
      if (!child.isAlive()) {
        throw new IOException("Cannot start the SQL engine: it ended at once. " + tail());
      }
      if (closed) {
        throw new IOException("Cannot run SQL: the local lake is stopping.");
      }
      if (System.nanoTime() - begin > TIME_TO_START.toNanos()) {
        throw new IOException(
            "Cannot start the SQL engine: it was not ready after "
                + TIME_TO_START.toSeconds()
                + " s. "
                + tail());
      }
      try {
        Thread.sleep(25);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Cannot start the SQL engine: interrupted", e);
      }
    }
    LOG.log(
        System.Logger.Level.INFO,
        "The SQL engine was ready after {0} ms",
        (System.nanoTime() - begin) / 1_000_000);
    if (!archived() && trainer == null) {
      trainWhenIdle(environment);
    }
    return Integer.parseInt(Files.readString(portFile).strip());
  }

  /** The archive of loaded classes, which halves the time to start; it lies beside the jar. */
  private Path archive() {
    return settings.classpath().getFirst().toAbsolutePath().resolveSibling("engine.jsa");
  }

  private boolean archived() throws IOException {
    if (!Files.exists(archive())) {
      return false;
    }
    FileTime made = Files.getLastModifiedTime(archive());
    for (Path jar : settings.classpath()) {
      if (Files.getLastModifiedTime(jar).compareTo(made) > 0) {
        return false;
      }
    }
    return true;
  }

  private void trainWhenIdle(Map<String, String> environment) {
    Duration idle = Duration.ofSeconds(Integer.getInteger(IDLE, DEFAULT_IDLE));
    lastAsked = System.nanoTime();
    Thread.ofVirtual()
        .name("engine-archive")
        .start(() -> {
          try {
            while (!idle.isZero()
                && !closed
                && (running.get() > 0 || System.nanoTime() - lastAsked < idle.toNanos())) {
              Thread.sleep(1_000);
            }
            synchronized (this) {
              if (!closed && trainer == null) {
                train(environment);
              }
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException e) {
            // The engine starts without, only slower.
            LOG.log(System.Logger.Level.DEBUG, "No archive of classes was made", e);
          }
        });
  }

  /**
   * Makes the archive for the next time, in a process beside the engine that ends with this one. It
   * is not started by the guard, whose jar would be on the class path and lies elsewhere each time.
   */
  private void train(Map<String, String> environment) throws IOException {
    Path unfinished = settings.folder().resolve("engine.jsa").toAbsolutePath();
    List<String> command = new ArrayList<>();
    // Whatever else there is to do comes first.
    NICE.stream()
        .filter(Files::isExecutable)
        .findFirst()
        .ifPresent(nice -> command.addAll(List.of(nice.toString(), "-n", "19")));
    command.add(settings.javaHome().resolve("bin").resolve("java").toString());
    command.addAll(JVM);
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:ActiveProcessorCount=1",
            "-XX:ArchiveClassesAtExit=" + unfinished,
            "-cp",
            settings.classpath().stream()
                .map(jar -> jar.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)),
            "dev.sluice.athena.Engine",
            "--train"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(settings.folder().resolve("train.log").toFile());
    Process process = builder.start();
    trainer = process;
    process
        .onExit()
        .thenAccept(ended -> {
          try {
            if (ended.exitValue() == 0 && Files.exists(unfinished)) {
              Path copy = archive().resolveSibling("engine.jsa." + ended.pid());
              Files.copy(unfinished, copy);
              Files.move(
                  copy,
                  archive(),
                  StandardCopyOption.ATOMIC_MOVE,
                  StandardCopyOption.REPLACE_EXISTING);
            }
            Files.deleteIfExists(unfinished);
          } catch (IOException e) {
            // The engine starts without, only slower.
            LOG.log(System.Logger.Level.DEBUG, "No archive of classes was kept", e);
          }
        });
  }

  private Path log() {
    return settings.folder().resolve("engine.log");
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log());
      List<String> last = lines.subList(Math.max(0, lines.size() - 5), lines.size());
      return "Its log " + log() + " ends: " + String.join(" | ", last);
    } catch (IOException e) {
      return "Its log is " + log();
    }
  }

  /** The engine's process, while there is one. */
  synchronized @Nullable ChildJvm process() {
    return child;
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      state = "stopped";
      if (trainer != null) {
        trainer.destroyForcibly();
      }
      if (child != null) {
        // It holds nothing that a slower end would save.
        child.kill();
        child.close();
        child = null;
      }
    }
    http.shutdownNow();
  }

  private static URI statements(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + "/statements" + path);
  }

  private static List<@Nullable String> texts(@Nullable Object row) {
    Object[] values = ((List<?>) row).toArray();
    return Arrays.asList(Arrays.copyOf(values, values.length, String[].class));
  }

  private static Column column(Object json) {
    Map<?, ?> column = (Map<?, ?>) json;
    return new Column(
        String.valueOf(column.get("name")),
        String.valueOf(column.get("type")),
        (int) number(column, "precision"),
        (int) number(column, "scale"));
  }

  private static End end(Map<?, ?> end) {
    Failure failure = null;
    if (end.get("error") instanceof Map<?, ?> error) {
      failure =
          new Failure(
              error.get("name") == null ? "GENERIC_INTERNAL_ERROR" : error.get("name").toString(),
              error.get("type") == null ? "INTERNAL_ERROR" : error.get("type").toString(),
              error.get("message") == null ? "No message." : error.get("message").toString());
    }
    Map<?, ?> statistics = end.get("statistics") instanceof Map<?, ?> map ? map : Map.of();
    return new End(
        String.valueOf(end.get("queryId")),
        String.valueOf(end.get("state")),
        end.get("updateType") instanceof String type ? type : null,
        failure,
        new Statistics(
            number(statistics, "scannedBytes"),
            number(statistics, "scannedRows"),
            number(statistics, "outputBytes"),
            number(statistics, "outputRows"),
            number(statistics, "queuedMillis"),
            number(statistics, "planningMillis"),
            number(statistics, "executionMillis")));
  }

  private static long number(Map<?, ?> map, String name) {
    return map.get(name) instanceof Number number ? number.longValue() : 0;
  }

  private static void deleteAll(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> found;
    try (Stream<Path> files = Files.walk(folder)) {
      found = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : found) {
      Files.deleteIfExists(file);
    }
  }
}
