package dev.sluice.benchmarks.reliability;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.aws.AwsClients;
import dev.sluice.aws.AwsSettings;
import dev.sluice.benchmarks.Failure;
import dev.sluice.books.Attempt;
import dev.sluice.books.Findings;
import dev.sluice.books.Ingest;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.Shelf;
import dev.sluice.books.Storm;
import dev.sluice.books.Truth;
import dev.sluice.books.World;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/**
 * Kills real ingest processes, the deployable jar in a JVM of its own each, while others work on
 * the same objects. Most are killed at a chosen request of theirs to S3, which is then carried out
 * or not; the others at a chosen time of their lives.
 */
public final class KillRun {
  private static final int WORKERS = 2;
  private static final int BATCH = 6;
  private static final int MOST_REQUESTS = 120;
  private static final int MOST_MILLIS = 2500;
  private static final int INVOCATION_MILLIS = 60_000;

  private final Path home;
  private final Path work;

  /**
   * What it came to.
   *
   * @param kills processes killed
   * @param moments of them, by what they were asking for
   * @param deliveries messages handed to processes
   * @param objects keys
   * @param uploads versions of them
   */
  public record Count(
      long kills,
      Map<String, Long> moments,
      long deliveries,
      long objects,
      long uploads,
      Findings findings) {}

  /**
   * @param home the folder of the Sluice checkout, built
   * @param work an empty folder
   */
  public KillRun(Path home, Path work) {
    this.home = home;
    this.work = work;
  }

  /** Kills that many. */
  public Count run(int kills, long seed, LongConsumer progress)
      throws IOException, InterruptedException {
    Path jar = home.resolve("functions/ingest/target/sluice-ingest.jar");
    if (!Files.isRegularFile(jar)) {
      throw new Failure("Cannot kill ingest: not built: " + jar + ". Build it: ./sluice build");
    }
    Path declared = World.declarations(Files.createDirectories(work.resolve("datasets")));
    Datasets datasets = Datasets.load(declared);
    Shelf shelf = new Shelf();
    Truth truth = new Truth(shelf, World.RAW, List.of(datasets.get("readings")));
    Mail mail = new Mail(new Random(seed));
    try (KillLake lake =
        new KillLake(work.resolve("lake"), datasets, (queue, body) -> mail.send(body))) {
      Run run = new Run(jar, declared, lake, truth, mail, kills, seed, progress);
      run.killAll();
      run.drain();
      Findings drained = withoutIntents(truth, lake.look());
      if (!drained.none()) {
        return run.count(drained);
      }
      run.sweep(shelf, datasets);
      return run.count(truth.compare(lake.look()));
    }
  }

  /** Until the sweep, intents of killed attempts lie where they were. */
  private static Findings withoutIntents(Truth truth, Truth.Lake lake) {
    Map<String, byte[]> others = new TreeMap<>(lake.lake());
    others.keySet().removeIf(key -> key.startsWith("ops/intents/"));
    return truth.compare(new Truth.Lake(lake.newest(), others, lake.locations()));
  }

  private record Message(String id, String body, int receives) {}

  /**
   * A queue that hands messages out in any order, some of them twice. What was not handled comes
   * again at once, as if it had been delivered twice from the beginning; after some times it is a
   * dead letter, and is sent anew.
   */
  private static final class Mail {
    private static final int MOST_RECEIVES = 3;

    private final Random random;
    private final List<Message> messages = new ArrayList<>();
    private long serial;
    private long delivered;

    Mail(Random random) {
      this.random = random;
    }

    synchronized void send(String body) {
      if (!body.contains("\"Records\"")) {
        return;
      }
      for (int copies = random.nextInt(4) == 0 ? 2 : 1; copies > 0; copies--) {
        messages.add(new Message("m" + ++serial, body, 0));
      }
    }

    synchronized List<Message> receive(int most) {
      List<Message> batch = new ArrayList<>();
      while (batch.size() < most && !messages.isEmpty()) {
        batch.add(messages.remove(random.nextInt(messages.size())));
      }
      delivered += batch.size();
      return batch;
    }

    synchronized void again(List<Message> batch) {
      for (Message message : batch) {
        messages.add(
            message.receives() + 1 < MOST_RECEIVES
                ? new Message(message.id(), message.body(), message.receives() + 1)
                : new Message("m" + ++serial, message.body(), 0));
      }
    }

    synchronized int size() {
      return messages.size();
    }
  }

  /** When a process is to die. */
  private record Plan(int request, boolean carriedOut, long millis) {
    static final Plan NEVER = new Plan(0, false, 0);

    static Plan drawn(Random random) {
      return random.nextInt(5) == 0
          ? new Plan(0, false, 1 + random.nextInt(MOST_MILLIS))
          : new Plan(1 + random.nextInt(MOST_REQUESTS), random.nextBoolean(), 0);
    }
  }

  private static final class Run {
    private final Path jar;
    private final Path declared;
    private final KillLake lake;
    private final Truth truth;
    private final Mail mail;
    private final int target;
    private final Random random;
    private final LongConsumer progress;
    private final AtomicInteger planned = new AtomicInteger();
    private final AtomicLong invocations = new AtomicLong();
    private final Map<String, Long> moments = new TreeMap<>();
    private final Map<String, ObjectEvent> last = new LinkedHashMap<>();
    private long kills;
    private int uploads;

    Run(
        Path jar,
        Path declared,
        KillLake lake,
        Truth truth,
        Mail mail,
        int target,
        long seed,
        LongConsumer progress) {
      this.jar = jar;
      this.declared = declared;
      this.lake = lake;
      this.truth = truth;
      this.mail = mail;
      this.target = target;
      this.random = new Random(seed);
      this.progress = progress;
    }

    Count count(Findings findings) {
      return new Count(kills, moments, mail.delivered, last.size(), uploads, findings);
    }

    void killAll() throws InterruptedException {
      ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
          all.add(
              threads.submit(() -> {
                while (planned.incrementAndGet() <= target) {
                  try (Child child = new Child(drawnPlan())) {
                    while (child.works(this::batch)) {
                      // It does until it is killed.
                    }
                  }
                }
                return null;
              }));
        }
        for (Future<?> each : all) {
          each.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }

    private synchronized Plan drawnPlan() {
      return Plan.drawn(random);
    }

    /** Enough to do, also of what the other worker has in hand. */
    private synchronized List<Message> batch() throws IOException, InterruptedException {
      while (mail.size() < 2 * BATCH) {
        use();
      }
      return mail.receive(BATCH);
    }

    private void use() throws IOException, InterruptedException {
      int sent = mail.size();
      int what = random.nextInt(20);
      List<String> keys = List.copyOf(last.keySet());
      String old =
          keys.isEmpty()
              ? ""
              : keys.get(keys.size() - 1 - random.nextInt(Math.min(10, keys.size())));
      if (what == 0 && !old.isEmpty() && last.get(old).kind() == ObjectEvent.Kind.CREATED) {
        lake.remove(old);
        last.put(old, event(ObjectEvent.Kind.DELETED, old, new KillLake.Uploaded("", "")));
      } else {
        String key = what < 7 && !old.isEmpty() ? old : "readings/" + last.size() + ".json";
        byte[] content = Storm.content(random, ++uploads);
        KillLake.Uploaded uploaded = lake.upload(key, content);
        truth.uploaded(new Truth.Upload(key, uploaded.versionId(), content));
        last.put(key, event(ObjectEvent.Kind.CREATED, key, uploaded));
      }
      for (int waited = 0; mail.size() == sent; waited++) {
        if (waited == 10_000) {
          throw new Failure("Cannot go on: the lake announced no upload for ten seconds");
        }
        Thread.sleep(1);
      }
    }

    private static ObjectEvent event(
        ObjectEvent.Kind kind, String key, KillLake.Uploaded uploaded) {
      return new ObjectEvent(
          kind,
          kind.name(),
          World.raw(key),
          uploaded.versionId(),
          uploaded.etag(),
          "",
          -1,
          Optional.empty());
    }

    void drain() throws IOException, InterruptedException {
      for (int batches = 0; mail.size() > 0; ) {
        try (Child child = new Child(Plan.NEVER)) {
          while (mail.size() > 0 && child.works(() -> mail.receive(BATCH))) {
            if (++batches > 10_000) {
              throw new Failure("Cannot drain the queue: " + mail.size() + " messages stay");
            }
          }
        }
      }
    }

    /**
     * What killed attempts left is found by whoever handles the object when they are surely over.
     */
    void sweep(Shelf shelf, Datasets datasets) throws IOException {
      Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
      try (AwsClients clients =
          new AwsClients(
              new AwsSettings(Region.US_EAST_1, Optional.of(lake.uri())),
              StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))) {
        Ingest ingest =
            new Ingest(
                clients.objects(),
                clients.partitions(later),
                shelf,
                datasets,
                new Ingest.Config(
                    KillLake.LAYOUT, "silver", Files.createTempDirectory("sluice-sweep-"), "sweep"),
                later);
        int number = 0;
        for (ObjectEvent event : last.values()) {
          Instant now = later.instant();
          Instant end = now.plus(Duration.ofMinutes(5));
          ingest.handle(event, new Attempt("sweep-" + ++number, "", 1, now, end, end));
        }
      }
    }

    private synchronized void killed(String moment) {
      moments.merge(moment, 1L, Long::sum);
      progress.accept(++kills);
    }

    private interface Work {
      List<Message> next() throws IOException, InterruptedException;
    }

    /** A process and its own way to S3. */
    private final class Child implements AutoCloseable, HttpHandler {
      private final Plan plan;
      private final AtomicInteger requests = new AtomicInteger();
      private final Endpoint endpoint;
      private final Process process;
      private final Path errors;
      private final BufferedReader answers;
      private volatile @Nullable String moment;
      private HttpHandler objects = exchange -> {};

      Child(Plan plan) throws IOException {
        this.plan = plan;
        endpoint =
            lake.open(handler -> {
              objects = handler;
              return this;
            });
        errors = Files.createTempFile("sluice-victim-", ".err");
        ProcessBuilder builder =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xshare:auto",
                    "-Xmx256m",
                    "-cp",
                    jar + java.io.File.pathSeparator + ownClasses(),
                    Victim.class.getName(),
                    Integer.toString(INVOCATION_MILLIS))
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder
            .environment()
            .putAll(
                Map.of(
                    "AWS_REGION",
                    "us-east-1",
                    "AWS_ACCESS_KEY_ID",
                    "test",
                    "AWS_SECRET_ACCESS_KEY",
                    "test",
                    "AWS_ENDPOINT_URL",
                    endpoint.uri().toString(),
                    "SLUICE_DATASETS",
                    declared.toString(),
                    "SLUICE_RAW_BUCKET",
                    World.RAW,
                    "SLUICE_LAKE_BUCKET",
                    World.LAKE,
                    "SLUICE_SCRATCH",
                    declared.resolveSibling("scratch").toString()));
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        if (plan.millis() > 0) {
          Thread.ofVirtual()
              .start(() -> {
                try {
                  if (!process.waitFor(plan.millis(), TimeUnit.MILLISECONDS)) {
                    kill("at a time, after " + (requests.get() == 0 ? "no" : "some") + " requests");
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
        }
      }

      private static String ownClasses() {
        try {
          return Path.of(Victim.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString();
        } catch (java.net.URISyntaxException e) {
          throw new IllegalStateException(e);
        }
      }

      /** SIGKILL; returns when the process is no more. */
      private void kill(String at) throws InterruptedException {
        moment = at;
        process.toHandle().destroyForcibly();
        process.waitFor();
      }

      @Override
      public void handle(HttpExchange exchange) throws IOException {
        int number = requests.incrementAndGet();
        if (number == plan.request()) {
          try {
            kill(
                (plan.carriedOut() ? "before the answer to " : "before ")
                    + exchange.getRequestMethod()
                    + " "
                    + kind(exchange.getRequestURI().toString()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
        if (moment == null || (number == plan.request() && plan.carriedOut())) {
          objects.handle(exchange);
        } else {
          exchange.close();
        }
      }

      private static String kind(String path) {
        for (String kind : List.of("silver", "ops/quarantine", "ops/ledger", "ops/intents")) {
          if (path.contains(kind.replace("/", "%2F")) || path.contains(kind)) {
            return kind;
          }
        }
        return path.contains(World.RAW) ? "upload" : "other";
      }

      /** One batch; false when the process died over it. */
      boolean works(Work work) throws IOException, InterruptedException {
        List<Message> batch = work.next();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("id", "invocation-" + invocations.incrementAndGet());
        List<Map<String, Object>> messages = new ArrayList<>();
        for (Message message : batch) {
          messages.add(Map.of("id", message.id(), "body", message.body()));
        }
        request.put("messages", messages);
        String answer = null;
        try {
          process
              .outputWriter(StandardCharsets.UTF_8)
              .append(Json.write(request))
              .append('\n')
              .flush();
          do {
            answer = answers.readLine();
          } while (answer != null && !answer.startsWith(Victim.ANSWER));
        } catch (IOException e) {
          // Its end of the pipe is gone.
          answer = null;
        }
        if (answer != null) {
          List<String> failed = List.of(answer.substring(Victim.ANSWER.length()).split(" "));
          mail.again(batch.stream().filter(m -> failed.contains(m.id())).toList());
          return true;
        }
        mail.again(batch);
        process.waitFor();
        if (moment == null) {
          throw new Failure(
              "Cannot go on: ingest ended of itself with "
                  + process.exitValue()
                  + ": "
                  + Files.readString(errors));
        }
        killed(moment);
        return false;
      }

      @Override
      public void close() throws IOException {
        process.toHandle().destroyForcibly();
        process.onExit().join();
        endpoint.close();
        Files.deleteIfExists(errors);
      }
    }
  }
}
