package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.job.GoldTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/** One run of one {@link GoldJob}. */
final class GoldRun {
  /** How often the input may change under a result before somebody has to look. */
  private static final int ATTEMPTS = 3;

  private final JobContext context;
  private final GoldJob job;
  private final Silver silver;
  private final Gold gold;
  private final Small small;
  private final Map<String, GoldTable> declared = new LinkedHashMap<>();
  private final Map<List<Object>, CompletableFuture<Dataset<Row>>> shared =
      new ConcurrentHashMap<>();

  /** What was said of each result, in their order. */
  private final Map<String, CompletableFuture<String>> refreshed = new LinkedHashMap<>();

  GoldRun(JobContext context, GoldJob job) {
    this.context = context;
    this.job = job;
    this.silver = new Silver(context.spark(), context.lake());
    this.gold = new Gold(context);
    this.small = new Small(context.spark());
    context.declaration().tables().forEach(table -> declared.put(table.name(), table));
  }

  /** Refreshes all results, or those before the first that cannot be. */
  List<String> run() {
    check();
    job.results().forEach(result -> refreshed.put(result.table(), new CompletableFuture<>()));
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      int atOnce = Math.min(atOnce(), job.results().size());
      Queue<Result> left = new ConcurrentLinkedQueue<>(job.results());
      for (int i = 1; i < atOnce; i++) {
        threads.execute(() -> {
          SparkSession.setActiveSession(context.spark());
          work(left);
        });
      }
      work(left);
      List<String> lines = new ArrayList<>();
      for (CompletableFuture<String> each : refreshed.values()) {
        lines.add(each.get());
      }
      return lines;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(
          ErrorCode.INTERNAL,
          "Cannot finish " + context.declaration().name() + ": it was interrupted.",
          e);
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } finally {
      // Those in hand come to their end, so that no table is written by a job that has failed.
      threads.shutdown();
      await(threads);
      release();
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException failure
        ? failure
        : new IllegalStateException(String.valueOf(thrown), thrown);
  }

  private static void await(ExecutorService threads) {
    try {
      threads.awaitTermination(1, TimeUnit.DAYS);
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** How many results are refreshed at a time. */
  private int atOnce() {
    try {
      return small.is(job.inputs().stream().map(context.lake()::files).toList())
          ? job.mostAtOnce()
          : 1;
    } catch (RuntimeException e) {
      // Whoever needs them will say why.
      return 1;
    }
  }

  private void work(Queue<Result> left) {
    for (Result next = left.poll(); next != null; next = left.poll()) {
      complete(next);
    }
  }

  /** Refreshes a result, unless an earlier one could not be. */
  private void complete(Result result) {
    CompletableFuture<String> done = refreshed.get(result.table());
    try {
      if (refreshed.values().stream().anyMatch(CompletableFuture::isCompletedExceptionally)) {
        done.cancel(false);
        return;
      }
      long began = System.nanoTime();
      String what = refresh(result);
      done.complete(
          String.format(
              Locale.ROOT,
              "gold.%s: %s; %.1f s",
              result.table(),
              what,
              (System.nanoTime() - began) / 1e9));
    } catch (Throwable e) {
      // Whatever it is, somebody waits.
      done.completeExceptionally(e);
    }
  }

  private void check() {
    Set<String> made = job.results().stream().map(Result::table).collect(Collectors.toSet());
    if (!made.equals(declared.keySet())) {
      throw new SluiceException(
          ErrorCode.INVALID_DECLARATION,
          "Cannot run "
              + context.declaration().name()
              + ": it makes other tables than its declaration says: "
              + String.join(", ", new java.util.TreeSet<>(made))
              + " instead of "
              + String.join(", ", new java.util.TreeSet<>(declared.keySet()))
              + ". Correct one of them.");
    }
  }

  private String refresh(Result result) {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(result);
      } catch (Exception e) {
        ReadFailure failure = ReadFailure.of(e, context);
        if (!failure.outdated() || attempt == ATTEMPTS) {
          throw failure.exception("compute gold." + result.table());
        }
        // An upload was replaced, and the files of its older version are withdrawn.
        release();
        job.inputs().forEach(context.lake()::forget);
      }
    }
  }

  private String once(Result result) throws NoSuchTableException {
    GoldTable table = declared.get(result.table());
    Optional<Table> found = gold.find(table.name());
    if (found.isPresent() && gold.isDone(found.get())) {
      return "written for " + context.slot() + " before";
    }
    Mark now = mark();
    Plan plan =
        Plan.of(
            result.refresh(),
            context.datasets(),
            now,
            found.flatMap(there -> gold.mark(table, there)),
            context.full());
    if (plan instanceof Plan.Nothing) {
      return "nothing changed";
    }
    Selected selected = new Selected(table.name(), now, plan);
    Dataset<Row> rows = result.transformation().apply(selected);
    boolean fits = found.isPresent() && gold.fits(found.get(), table, rows.schema());
    if (!fits && plan instanceof Plan.Parts) {
      // Its columns are others than those of the table, so that all rows have to be made anew.
      plan = new Plan.Everything("its columns or partitions were changed");
      selected = new Selected(table.name(), now, plan);
      rows = result.transformation().apply(selected);
    }
    String what;
    if (plan instanceof Plan.Parts parts) {
      Column condition = Gold.condition(rows.schema(), parts.columns(), parts.affected());
      gold.overwrite(table, rows.where(condition), condition, selected.made);
      what =
          "rewrote "
              + parts.affected().size()
              + " parts by "
              + String.join(", ", parts.columns())
              + ", since "
              + parts.changed()
              + " of the input's partitions changed";
    } else {
      if (fits) {
        gold.overwrite(table, rows, functions.lit(true), selected.made);
      } else {
        gold.replace(table, rows, selected.made);
      }
      what = "rewrote everything: " + ((Plan.Everything) plan).why();
    }
    gold.tidy(table, Instant.now());
    Snapshot snapshot = gold.find(table.name()).orElseThrow().currentSnapshot();
    return what
        + "; "
        + snapshot.summary().getOrDefault("total-records", "?")
        + " rows, snapshot "
        + snapshot.snapshotId();
  }

  private Mark mark() {
    Map<String, Mark.Input> inputs = new TreeMap<>();
    for (String dataset : job.inputs()) {
      inputs.put(dataset, silver.mark(context.datasets().get(dataset)));
    }
    return new Mark(job.revision(), inputs);
  }

  private void release() {
    for (List<Object> key : List.copyOf(shared.keySet())) {
      CompletableFuture<Dataset<Row>> frame = shared.remove(key);
      if (frame != null) {
        frame.thenAccept(made -> made.unpersist(false));
      }
    }
  }

  /** The input that a plan needs. */
  private final class Selected implements Tables {
    private final String result;
    private final Mark now;
    private final Map<String, Set<String>> read;

    /** Of what the result is made: of older files, where an older result is part of it. */
    private Mark made;

    Selected(String result, Mark now, Plan plan) {
      this.result = result;
      this.now = now;
      this.made = now;
      this.read = plan instanceof Plan.Parts parts ? parts.read() : Map.of();
    }

    @Override
    public Dataset<Row> silver(String dataset) {
      Mark.Input input = now.inputs().get(dataset);
      if (input == null) {
        throw new IllegalArgumentException(
            "Cannot read silver." + dataset + ": the job does not name it among its inputs");
      }
      Set<String> partitions = read.getOrDefault(dataset, input.partitions().keySet());
      Dataset<Row> rows = silver.read(context.datasets().get(dataset), partitions);
      // Opening many small files for every table takes longer than keeping what is in them.
      return job.results().size() > 1 && small.is(List.of(context.lake().files(dataset)))
          ? shared("silver " + dataset, () -> rows)
          : rows;
    }

    @Override
    public Optional<Dataset<Row>> gold(String table) {
      if (!declared.containsKey(table)) {
        throw new IllegalArgumentException(
            "Cannot read gold." + table + ": the job does not write it");
      }
      awaitEarlier(table);
      Optional<Table> found = gold.find(table);
      if (found.isPresent() && !table.equals(result)) {
        Map<String, Mark.Input> inputs =
            gold.mark(declared.get(table), found.get()).map(Mark::inputs).orElse(Map.of());
        if (!inputs.equals(now.inputs())) {
          made = new Mark(now.revision(), inputs);
        }
      }
      return gold.read(table);
    }

    /** Waits for a table that stands before this one in the list of results. */
    private void awaitEarlier(String table) {
      for (Map.Entry<String, CompletableFuture<String>> each : refreshed.entrySet()) {
        if (each.getKey().equals(result)) {
          return;
        }
        if (each.getKey().equals(table)) {
          each.getValue().join();
        }
      }
    }

    @Override
    public Dataset<Row> shared(String name, Supplier<Dataset<Row>> made) {
      List<Object> key = List.of(name, now, read);
      CompletableFuture<Dataset<Row>> mine = new CompletableFuture<>();
      CompletableFuture<Dataset<Row>> known = shared.putIfAbsent(key, mine);
      if (known == null) {
        known = mine;
        try {
          // What is made may begin with something shared itself.
          mine.complete(made.get().persist(StorageLevel.MEMORY_AND_DISK()));
        } catch (Throwable e) {
          // Spark throws exceptions that it does not declare, and somebody may wait.
          shared.remove(key, mine);
          mine.completeExceptionally(e);
        }
      }
      try {
        return known.join();
      } catch (CompletionException e) {
        throw unchecked(e.getCause());
      }
    }

    @Override
    public Instant slot() {
      return context.slot();
    }
  }
}
