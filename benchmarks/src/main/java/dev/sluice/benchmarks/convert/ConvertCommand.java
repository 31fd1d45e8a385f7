package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.convert.Codec;
import dev.sluice.model.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench convert}. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Measure JSON to partitioned Parquet: ours, DuckDB, the textbook way, and others.",
      "First a gate: DuckDB reads every file that was written and the JSON itself, and all must be"
          + " equal; otherwise nothing is timed, and the exit code is 1."
    })
public final class ConvertCommand implements Callable<Integer> {
  private final Place place;

  @Option(
      names = "--records-scale",
      paramLabel = "F",
      defaultValue = "1",
      description = "Share of the standard inputs' records (1M, 1M, 500k). Default: 1.")
  private double scale;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measured runs of each; of slow peers at most 3. Default: 5.")
  private int runs;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads of each; only 1. For more see bench threads.")
  private int threads;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "Only these: sensors, clicks, receipts. Default: all.")
  private StandardInput @Nullable [] workloads;

  @Option(
      names = "--peers",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "duckdb,textbook",
      description = {
        "Who is measured beside ours, one thread each: duckdb (always), textbook, spark, polars,"
            + " clickhouse. Default: duckdb,textbook.",
        "Spark is built when it is asked for; Polars and ClickHouse are installed from npm, into"
            + " benchmarks/target/peers."
      })
  private Contestant[] peers = {};

  /** Who reads what ours wrote. */
  enum Readers {
    DUCKDB,
    ALL
  }

  @Option(
      names = "--gate",
      paramLabel = "NAME",
      defaultValue = "duckdb",
      description =
          "Who reads what ours wrote before it is timed: duckdb, or all, which is Spark and Trino"
              + " as well. Default: duckdb.")
  private Readers gate = Readers.DUCKDB;

  @Option(names = "--zstd", description = "Measure zstd as well as Snappy.")
  private boolean zstd;

  @Option(
      names = "--cold-megabytes",
      paramLabel = "N",
      defaultValue = "400",
      description = "Input of fresh processes; 0 leaves them out. Default: 400.")
  private int coldMegabytes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Chooses the data. Default: 42.")
  private long seed;

  @Option(
      names = "--date",
      paramLabel = "DATE",
      description = "Written into the report as it is. Default: today's, UTC.")
  private @Nullable String date;

  @Option(names = "--json", description = "Print the ratios as JSON.")
  private boolean json;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Where every figure goes. Default: benchmarks/results/convert.json.")
  private @Nullable Path results;

  @Option(
      names = "--numbers",
      paramLabel = "FILE",
      description = "Whose section is written. Default: docs/numbers.md.")
  private @Nullable Path numbers;

  @Option(names = "--no-write", description = "Write no file.")
  private boolean noWrite;

  @Option(
      names = "--history",
      description = "Measure nothing; show the ratios of earlier runs, from beside the results.")
  private boolean showHistory;

  public ConvertCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    check();
    Path resultsFile =
        results == null ? place.root().resolve("benchmarks/results/convert.json") : results;
    History history = new History(resultsFile.resolveSibling("convert-history.ndjson"));
    if (showHistory) {
      History.lines(history.read()).forEach(place.out()::println);
      return 0;
    }
    Machine machine = Machine.look();
    Path work = Folders.fresh(place.work().resolve("convert"));
    List<Codec> codecs = zstd ? List.of(Codec.SNAPPY, Codec.ZSTD) : List.of(Codec.SNAPPY);
    List<Contestant> contestants = Arrays.stream(peers).distinct().sorted().toList();
    var plan =
        new ConvertRun.Plan(
            scale, runs, seed, codecs, coldMegabytes, contestants, gate == Readers.ALL);
    List<ConvertRun.Result> measured = new ArrayList<>();
    String duckVersion;
    try (DuckDb duck = new DuckDb(1)) {
      duckVersion = duck.version();
    }
    long start = System.nanoTime();
    ConvertRun run =
        new ConvertRun(
            plan,
            work,
            place.root(),
            place.root().resolve("benchmarks/target/peers"),
            line -> place.progress(elapsed(start) + line));
    try {
      StandardInput[] all = workloads == null ? StandardInput.values() : workloads;
      for (StandardInput workload : Arrays.stream(all).distinct().toList()) {
        measured.add(run.run(workload));
      }
    } finally {
      Folders.delete(work);
    }
    String day = date == null ? LocalDate.now(ZoneOffset.UTC).toString() : date;
    ConvertReport first =
        new ConvertReport(
            machine, duckVersion, day, plan, run.versions(), run.absent(), measured, List.of());
    List<Map<String, @Nullable Object>> past = new ArrayList<>(history.read());
    past.add(first.entry());
    ConvertReport report = first.withHistory(past);
    if (!noWrite) {
      Files.createDirectories(resultsFile.toAbsolutePath().getParent());
      Files.writeString(resultsFile, Json.writePretty(report.full()) + "\n");
      history.append(report.entry());
      NumbersFile.write(
          numbers == null ? place.root().resolve("docs/numbers.md") : numbers,
          "bench convert",
          report.markdown());
    }
    if (json) {
      place.out().println(Json.write(report.summary()));
    } else {
      report.markdown().forEach(place.out()::println);
    }
    return 0;
  }

  /** {@code [ 3:07] }: minutes and seconds since {@code start}. */
  private static String elapsed(long start) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    return String.format(Locale.ROOT, "[%2d:%02d] ", seconds / 60, seconds % 60);
  }

  private void check() {
    List<String> problems = new ArrayList<>();
    if (!(scale > 0 && scale <= 100)) {
      problems.add("--records-scale must be above 0 and at most 100: " + scale);
    }
    if (runs < 1 || runs > 1000) {
      problems.add("--runs must be 1 to 1000: " + runs);
    }
    if (threads != 1) {
      problems.add("--threads can only be 1, more are measured by bench threads: " + threads);
    }
    if (!Arrays.asList(peers).contains(Contestant.DUCKDB)) {
      problems.add("--peers must have duckdb, which everything is compared with");
    }
    if (coldMegabytes < 0 || coldMegabytes > 100_000) {
      problems.add("--cold-megabytes must be 0 to 100000: " + coldMegabytes);
    }
    if (!problems.isEmpty()) {
      throw new Failure("Cannot measure: " + String.join("; ", problems));
    }
  }
}
