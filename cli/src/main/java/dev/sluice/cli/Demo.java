package dev.sluice.cli;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.registry.Registry;
import dev.sluice.simulate.Answer;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import dev.sluice.simulate.Truth;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * The main job once, against a lake that runs and is empty: simulate, upload, wait, query, compare;
 * then run the jobs, and compare what they wrote.
 */
final class Demo {
  private static final int LEAST_OBJECTS = 5;
  private static final int MOST_RECORDS_PER_OBJECT = 50_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long SEED = 42;

  /**
   * What to do.
   *
   * @param records how many records of each dataset, good and bad
   * @param bad the part of them that is bad
   * @param jobs whether to run the jobs, too
   */
  record Plan(long records, double bad, boolean jobs) {}

  /**
   * Something that must agree.
   *
   * @param name what was asked
   * @param rows how many rows the answer had
   * @param took from asking to the last row
   * @param problem how it differs from the truth; empty when it agrees
   */
  record Check(String name, int rows, Duration took, String problem) {
    boolean agrees() {
      return problem.isEmpty();
    }
  }

  private final Console console;
  private final Aws aws;
  private final Path datasets;
  private final Path scratch;
  private final JobCode code;
  private final Plan plan;
  private final boolean quiet;
  private final UnaryOperator<Truth> truths;
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final List<Check> checks = new ArrayList<>();

  /**
   * @param datasets the folder of the declarations
   * @param code the jar of the jobs, and their declarations
   * @param scratch a folder for the simulated files
   * @param quiet whether to print nothing, for {@code --json}
   * @param truths what to compare with instead of the truth; tests pass a lie
   */
  Demo(
      Console console,
      Aws aws,
      Path datasets,
      JobCode code,
      Path scratch,
      Plan plan,
      boolean quiet,
      UnaryOperator<Truth> truths) {
    this.console = console;
    this.aws = aws;
    this.datasets = datasets;
    this.code = code;
    this.scratch = scratch;
    this.plan = plan;
    this.quiet = quiet;
    this.truths = truths;
  }

  /** One dataset's part in the demo. */
  private static final class Share {
    private final List<Path> files = new ArrayList<>();
    private final List<Long> latencies = new ArrayList<>();
    private @Nullable Truth truth;
    private long bytesPlain;
    private long bytesUploaded;
    private long bytesOut;
    private long read;
    private long written;
    private long quarantined;

    Truth truth() {
      if (truth == null) {
        throw new IllegalStateException("Nothing was simulated yet");
      }
      return truth;
    }

    Duration latency(double quantile) {
      List<Long> sorted = latencies.stream().sorted().toList();
      int index = (int) Math.ceil(quantile * sorted.size()) - 1;
      return sorted.isEmpty() ? Duration.ZERO : Duration.ofNanos(sorted.get(Math.max(0, index)));
    }
  }

  /**
   * Runs it all.
   *
   * @return whether everything agreed
   */
  boolean run() throws IOException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Athena athena = new Athena(aws);
        S3Client s3 = aws.s3();
        SqsClient sqs = aws.sqs()) {
      // The engine starts when first asked: let it, while there is other work to do.
      Future<Duration> first =
          threads.submit(() -> {
            long asked = System.nanoTime();
            athena.query("SELECT 1");
            return since(asked);
          });
      simulate(threads);
      ingest(threads, s3, sqs);
      Duration firstAnswer = get(first);
      step("Athena's engine gave its first answer", firstAnswer);
      query(athena);
      if (plan.jobs()) {
        gold(athena);
      }
    }
    table();
    return checks.stream().allMatch(Check::agrees);
  }

  private void simulate(ExecutorService threads) throws InterruptedException {
    long start = System.nanoTime();
    Map<String, Future<Share>> running = new LinkedHashMap<>();
    for (String dataset : Simulators.names()) {
      running.put(dataset, threads.submit(() -> simulate(dataset)));
    }
    for (Map.Entry<String, Future<Share>> each : running.entrySet()) {
      shares.put(each.getKey(), get(each.getValue()));
    }
    long bad = shares.values().stream().mapToLong(share -> share.truth().bad()).sum();
    step(
        "simulated "
            + shares.size()
            + " workloads of "
            + Units.count(plan.records())
            + " records, "
            + Units.count(bad)
            + " of them bad",
        since(start));
  }

  private Share simulate(String dataset) throws IOException {
    Share share = new Share();
    Simulation simulation =
        Simulators.start(
            dataset, new SimulationOptions(plan.records(), seed(dataset), plan.bad(), 0.01));
    long objects =
        Math.max(
            Math.min(LEAST_OBJECTS, plan.records()),
            (plan.records() + MOST_RECORDS_PER_OBJECT - 1) / MOST_RECORDS_PER_OBJECT);
    for (int i = 0; i < objects; i++) {
      boolean last = i == objects - 1;
      boolean zipped = i % 2 == 1;
      Path file = scratch.resolve(dataset + "-" + (i + 1) + (zipped ? ".ndjson.gz" : ".ndjson"));
      try (Counter plain = new Counter(open(file, zipped))) {
        simulation.writeTo(plain, last ? Long.MAX_VALUE : plan.records() / objects);
        share.bytesPlain += plain.bytes;
      }
      share.files.add(file);
      share.bytesUploaded += Files.size(file);
    }
    share.truth = truths.apply(simulation.truth());
    return share;
  }

  // Each its own, or the same places in each workload would be bad.
  private static long seed(String dataset) {
    return SEED + Simulators.names().indexOf(dataset);
  }

  private static OutputStream open(Path file, boolean zipped) throws IOException {
    OutputStream plain = new java.io.BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    return zipped ? new GZIPOutputStream(plain, 1 << 16) : plain;
  }

  private void ingest(ExecutorService threads, S3Client s3, SqsClient sqs)
      throws InterruptedException {
    long start = System.nanoTime();
    Map<String, Long> uploaded = new java.util.concurrent.ConcurrentHashMap<>();
    List<Callable<Void>> uploads = new ArrayList<>();
    shares.forEach((dataset, share) ->
        uploads.add(() -> {
          for (Path file : share.files) {
            String key = dataset + "/demo/" + file.getFileName();
            s3.putObject(put -> put.bucket(LocalLake.LAYOUT.rawBucket()).key(key), file);
            uploaded.put(key, System.nanoTime());
          }
          return null;
        }));
    List<Future<Void>> running = new ArrayList<>();
    uploads.forEach(upload -> running.add(threads.submit(upload)));
    CompletableFuture<Duration> sent =
        CompletableFuture.supplyAsync(
            () -> {
              for (Future<Void> upload : running) {
                getQuietly(upload);
              }
              return since(start);
            },
            threads);
    long objects = shares.values().stream().mapToLong(share -> share.files.size()).sum();
    Map<String, LedgerEntry> entries = await(s3, sqs, uploaded, sent, objects);
    step(
        "uploaded "
            + objects
            + " objects, "
            + Units.bytes(shares.values().stream().mapToLong(share -> share.bytesUploaded).sum()),
        get(sent));
    entries.forEach((key, entry) -> {
      Share share = shares.get(entry.dataset());
      if (share == null || !entry.status().loaded()) {
        checks.add(
            new Check(
                "upload " + key, 0, entry.duration(), entry.status() + ": " + entry.message()));
        return;
      }
      share.read += entry.recordsRead();
      share.written += entry.recordsWritten();
      share.quarantined += entry.recordsQuarantined();
      share.bytesOut += entry.bytesOut();
    });
    step("ingested all of them, from the first upload on", since(start));
  }

  // Entries by key. The time until an entry is there is the time until its rows are: it is written
  // last.
  private Map<String, LedgerEntry> await(
      S3Client s3,
      SqsClient sqs,
      Map<String, Long> uploaded,
      CompletableFuture<Duration> sent,
      long objects)
      throws InterruptedException {
    LedgerWatch ledger =
        new LedgerWatch(s3, LocalLake.LAYOUT.lakeBucket(), LocalLake.LAYOUT.ledgerPrefix());
    Map<String, LedgerEntry> entries = new HashMap<>();
    long progress = System.nanoTime();
    while (entries.size() < objects || !queueIsEmpty(sqs)) {
      if (sent.isCompletedExceptionally()) {
        get(sent);
      }
      for (LedgerEntry entry : ledger.news()) {
        progress = System.nanoTime();
        if (entries.put(entry.sourceKey(), entry) == null) {
          Long at = uploaded.get(entry.sourceKey());
          Share share = shares.get(entry.dataset());
          if (at != null && share != null) {
            share.latencies.add(System.nanoTime() - at);
          }
        }
      }
      if (!quiet) {
        console.status("  … ingesting: " + entries.size() + " of " + objects + " objects");
      }
      if (since(progress).compareTo(PATIENCE) > 0) {
        List<String> missing =
            uploaded.keySet().stream().filter(key -> !entries.containsKey(key)).sorted().toList();
        throw new Failure(
            "Cannot finish the demo: nothing was ingested for "
                + PATIENCE.toSeconds()
                + " s, and "
                + missing.size()
                + " of "
                + objects
                + " objects are missing in the ledger: "
                + String.join(", ", missing.subList(0, Math.min(3, missing.size())))
                + (missing.size() > 3 ? ", …" : "")
                + ". The function's log is in the data folder (see --keep and --data).");
      }
      Thread.sleep(50);
    }
    return entries;
  }

  private static boolean queueIsEmpty(SqsClient sqs) {
    for (String name : List.of(Registry.INGEST_QUEUE, Registry.INGEST_DEAD_QUEUE)) {
      String url = sqs.getQueueUrl(get -> get.queueName(name)).queueUrl();
      Map<QueueAttributeName, String> counts =
          sqs.getQueueAttributes(get ->
                  get.queueUrl(url)
                      .attributeNames(
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE))
              .attributes();
      long waiting = counts.values().stream().mapToLong(Long::parseLong).sum();
      if (waiting > 0 && name.equals(Registry.INGEST_DEAD_QUEUE)) {
        throw new Failure(
            "Cannot finish the demo: "
                + waiting
                + " messages could not be ingested and are in the queue "
                + name
                + ". The function's log is in the data folder (see --keep and --data).");
      }
      if (waiting > 0) {
        return false;
      }
    }
    return true;
  }

  private void query(Athena athena) {
    long start = System.nanoTime();
    NamedQueries queries = NamedQueries.load(datasets, Datasets.load(datasets));
    for (Map.Entry<String, Share> each : shares.entrySet()) {
      Truth truth = each.getValue().truth();
      for (Map.Entry<String, Answer> known : truth.answers().entrySet()) {
        NamedQuery query = queries.get(each.getKey() + "/" + known.getKey());
        check(
            each.getKey() + ": " + known.getKey(),
            () -> athena.query(query.positionalSql(), query.literals(Map.of())),
            known.getValue());
      }
    }
    List<List<@Nullable Object>> counts = new ArrayList<>();
    StringBuilder sql = new StringBuilder();
    shares.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> {
          counts.add(List.of(each.getKey(), each.getValue().truth().good()));
          sql.append(sql.isEmpty() ? "" : "UNION ALL ")
              .append("SELECT '%1$s', count(*) FROM silver.%1$s\n".formatted(each.getKey()));
        });
    check(
        athena,
        "every good record is in its table once",
        sql + "ORDER BY 1",
        new Answer(List.of("dataset", "records"), counts));
    check(
        athena,
        "every bad record is in quarantine, with its reason",
        "SELECT dataset, reason, count(*) FROM ops.quarantine GROUP BY 1, 2 ORDER BY 1, 2",
        new Answer(List.of("dataset", "reason", "records"), reasons()));
    List<List<@Nullable Object>> books = new ArrayList<>();
    shares.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each -> {
          Truth truth = each.getValue().truth();
          books.add(List.of(each.getKey(), truth.records(), truth.good(), truth.bad()));
        });
    check(
        athena,
        "the ledger's books balance",
        "SELECT dataset, sum(records_read), sum(records_written), sum(records_quarantined)"
            + " FROM ops.ledger GROUP BY 1 ORDER BY 1",
        new Answer(List.of("dataset", "read", "written", "quarantined"), books));
    step("asked " + checks.size() + " questions over the Athena API", since(start));
  }

  /** Runs all jobs that have a schedule, as one step, and asks the tables that they wrote. */
  private void gold(Athena athena) throws InterruptedException {
    List<JobDeclaration> jobs =
        Jobs.load(datasets, Datasets.load(datasets)).all().stream()
            .filter(job -> job.schedule().isPresent())
            .toList();
    long start = System.nanoTime();
    Optional<String> problem;
    try (EmrClient emr = aws.emr()) {
      problem =
          new DemoStep(emr)
              .run(
                  jobs,
                  code,
                  LocalLake.LAYOUT,
                  EmrSettings.load(datasets).release(),
                  this::executing);
    }
    Set<String> written = new HashSet<>();
    jobs.forEach(job -> job.tables().forEach(table -> written.add(table.name())));
    step(
        "ran an EMR step of " + jobs.size() + " jobs, which wrote " + written.size() + " tables",
        since(start));
    checks.add(new Check("the EMR step has completed", 0, since(start), problem.orElse("")));
    if (problem.isPresent()) {
      return;
    }
    long asked = System.nanoTime();
    int before = checks.size();
    for (GoldChecks.GoldCheck each : GoldChecks.ALL) {
      Share share = shares.get(each.dataset());
      if (share == null || !written.contains(each.table())) {
        continue;
      }
      check(
          athena,
          "gold." + each.table() + ": " + each.answer(),
          each.sql(),
          share.truth().answers().get(each.answer()));
    }
    step("asked " + (checks.size() - before) + " questions about gold tables", since(asked));
  }

  private void executing(String state) {
    if (!quiet) {
      console.status("  … the EMR step is " + state);
    }
  }

  private List<List<@Nullable Object>> reasons() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    shares.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(each ->
            each.getValue().truth().reasons().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(java.util.Comparator.comparing(Reason::name)))
                .forEach(reason ->
                    rows.add(List.of(each.getKey(), reason.getKey().name(), reason.getValue()))));
    return rows;
  }

  private void check(Athena athena, String name, String sql, Answer known) {
    check(name, () -> athena.query(sql), known);
  }

  private void check(String name, Supplier<Athena.Answer> question, Answer known) {
    long start = System.nanoTime();
    if (!quiet) {
      console.status("  … " + name);
    }
    try {
      Athena.Answer answer = question.get();
      checks.add(
          new Check(
              name,
              answer.rows().size(),
              since(start),
              known.difference(answer.rows()).orElse("")));
    } catch (Failure e) {
      checks.add(new Check(name, 0, since(start), String.valueOf(e.getMessage())));
    }
  }

  private void table() {
    if (quiet) {
      return;
    }
    console.status("");
    Table sizes =
        new Table(
            "dataset",
            ">objects",
            ">JSON",
            ">uploaded",
            ">Parquet",
            ">smaller",
            ">read",
            ">in table",
            ">quarantined",
            ">queryable p50",
            ">max");
    shares.forEach((dataset, share) ->
        sizes.row(
            dataset,
            Units.count(share.files.size()),
            Units.bytes(share.bytesPlain),
            Units.bytes(share.bytesUploaded),
            Units.bytes(share.bytesOut),
            Units.ratio(share.bytesPlain, share.bytesOut),
            Units.count(share.read),
            Units.count(share.written),
            Units.count(share.quarantined),
            Units.duration(share.latency(0.5)),
            Units.duration(share.latency(1))));
    Table answers = new Table("question", ">rows", ">time", "answer");
    for (Check check : checks) {
      answers.row(
          check.name(),
          Units.count(check.rows()),
          Units.duration(check.took()),
          check.agrees() ? "agrees with the truth" : "WRONG: " + check.problem());
    }
    console.out().println();
    sizes.lines().forEach(console.out()::println);
    console.out().println();
    for (String line : answers.lines()) {
      console.out().println(line.contains("WRONG: ") ? console.bad(line) : line);
    }
    console.out().println();
  }

  /** What was found, as JSON. */
  Map<String, @Nullable Object> json() {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("agreed", checks.stream().allMatch(Check::agrees));
    List<Map<String, @Nullable Object>> parts = new ArrayList<>();
    shares.forEach((dataset, share) -> {
      Map<String, @Nullable Object> part = new LinkedHashMap<>();
      part.put("dataset", dataset);
      part.put("objects", share.files.size());
      part.put("bytes_json", share.bytesPlain);
      part.put("bytes_uploaded", share.bytesUploaded);
      part.put("bytes_out", share.bytesOut);
      part.put("read", share.read);
      part.put("written", share.written);
      part.put("quarantined", share.quarantined);
      part.put("queryable_p50_ms", share.latency(0.5).toMillis());
      part.put("queryable_max_ms", share.latency(1).toMillis());
      parts.add(part);
    });
    object.put("datasets", parts);
    List<Map<String, @Nullable Object>> questions = new ArrayList<>();
    for (Check check : checks) {
      Map<String, @Nullable Object> question = new LinkedHashMap<>();
      question.put("question", check.name());
      question.put("agrees", check.agrees());
      question.put("rows", check.rows());
      question.put("ms", check.took().toMillis());
      question.put("problem", check.problem());
      questions.add(question);
    }
    object.put("questions", questions);
    return object;
  }

  /** How many answers there are, and how many of them are wrong. */
  List<Check> checks() {
    return List.copyOf(checks);
  }

  private void step(String what, Duration took) {
    if (!quiet) {
      console.status("");
      console.out().println(DemoCommand.step(console, what, took));
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private static <T> T getQuietly(Future<T> future) {
    try {
      return get(future);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("Cannot finish the demo: it was interrupted.", e);
    }
  }

  private static <T> T get(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new Failure("Cannot finish the demo: " + Main.sentence(e.getCause()), e);
    }
  }

  /** Counts what passes. */
  private static final class Counter extends java.io.FilterOutputStream {
    private long bytes;

    Counter(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      bytes++;
    }

    @Override
    public void write(byte[] b, int from, int length) throws IOException {
      out.write(b, from, length);
      bytes += length;
    }
  }
}
