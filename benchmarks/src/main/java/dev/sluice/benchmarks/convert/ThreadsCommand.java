package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.benchmarks.Shipped;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.convert.Codec;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench threads}. */
@Command(
    name = "threads",
    mixinStandardHelpOptions = true,
    description = {
      "Measure what further threads are worth: one large input, and many small ones.",
      "First a gate: the files must be those of one thread, byte for byte."
    })
public final class ThreadsCommand implements Callable<Integer> {
  private static final int MEGABYTE = 1_000_000;
  private static final int MANY = 8;
  private static final int WARM_PASSES = 2;

  private final Place place;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many. Default: 2.")
  private int threads;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "400",
      description = "Size of the large input, and of all small ones together. Default: 400.")
  private int megabytes;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description = "Measured runs of each. Default: 5.")
  private int runs;

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "Only these: sensors, clicks, receipts. Default: all.")
  private StandardInput @Nullable [] workloads;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Chooses the data. Default: 42.")
  private long seed;

  @Option(
      names = "--date",
      paramLabel = "DATE",
      defaultValue = "",
      description = "Written into the report as it is.")
  private String date = "";

  @Option(names = "--no-write", description = "Do not write docs/numbers.md.")
  private boolean noWrite;

  public ThreadsCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    if (threads < 2 || runs < 1 || megabytes < 1) {
      throw new Failure(
          "Cannot measure: --threads must be at least 2, --runs and --megabytes 1: "
              + List.of(threads, runs, megabytes));
    }
    List<String> lines = new ArrayList<>();
    lines.add("## Several threads");
    lines.add("");
    lines.add(
        "Written by `./sluice bench threads --threads "
            + threads
            + " --megabytes "
            + megabytes
            + " --runs "
            + runs
            + " --seed "
            + seed
            + "`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(Machine.look().lines());
    lines.add(
        "- Snappy, default settings, in one JVM and in turn, a collection before each run. CPU is"
            + " that of the whole process. Ratios are taken run by run; median and spread.");
    lines.add("- Gate: with several threads the files were those of one thread, byte for byte.");
    lines.add("- Many inputs: " + MANY + " files, as many at once as there are threads.");
    lines.add(
        "- Ceiling: "
            + threads
            + " processes that convert the large input on one thread each and share nothing but the"
            + " machine, against one of them. More is hardly to be had on it.");
    lines.add("");
    lines.add(
        "| input | one thread, wall | "
            + threads
            + " threads, wall | faster | CPU, of one thread's | many inputs: faster | ceiling |"
            + " DuckDB on "
            + threads
            + " / ours, wall | CPU |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    Path work = Folders.fresh(place.work().resolve("threads"));
    try (DuckDb duck = new DuckDb(threads)) {
      for (StandardInput workload : workloads == null ? StandardInput.values() : workloads) {
        lines.add(row(workload, work, duck));
      }
    } finally {
      Folders.delete(work);
    }
    if (!noWrite) {
      NumbersFile.write(place.root().resolve("docs/numbers.md"), "bench threads", lines);
    }
    lines.forEach(place.out()::println);
    return 0;
  }

  private String row(StandardInput workload, Path work, DuckDb duck) throws Exception {
    String name = workload.dataset();
    Dataset dataset = Shipped.dataset(name, work);
    Path input = work.resolve(name + ".ndjson");
    List<Path> many = new ArrayList<>();
    place.progress(name + ": generating");
    workload.write(input, seed, Long.MAX_VALUE, (long) megabytes * MEGABYTE);
    for (int i = 0; i < MANY; i++) {
      many.add(work.resolve(name + "-" + i + ".ndjson"));
      workload.write(many.get(i), seed + i, Long.MAX_VALUE, (long) megabytes * MEGABYTE / MANY);
    }
    Peer duckDb = Peer.duckDb(duck, dataset, Codec.SNAPPY);
    Path out = work.resolve("out");
    Map<String, Cpu.Action> actions = new LinkedHashMap<>();
    actions.put("one", () -> convert(dataset, 1, input, out));
    actions.put("several", () -> convert(dataset, threads, input, out));
    actions.put("many, one", () -> convertAll(dataset, 1, many, out));
    actions.put("many, several", () -> convertAll(dataset, threads, many, out));
    actions.put("duckdb", () -> duckDb.convert(input, out));
    gate(actions, "one", "several", out);
    gate(actions, "many, one", "many, several", out);
    for (int pass = 0; pass < WARM_PASSES; pass++) {
      for (Cpu.Action action : actions.values()) {
        Folders.fresh(out);
        action.run();
      }
    }
    Map<String, double[]> wall = new LinkedHashMap<>();
    Map<String, double[]> cpu = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      place.progress(name + ": run " + (run + 1));
      List<String> order = List.copyOf(actions.keySet());
      for (String action : run % 2 == 0 ? order : order.reversed()) {
        Folders.fresh(out);
        Cpu cost = Cpu.of(actions.get(action));
        wall.computeIfAbsent(action, a -> new double[runs])[run] = cost.wallSeconds();
        cpu.computeIfAbsent(action, a -> new double[runs])[run] = cost.cpuSeconds();
      }
    }
    Stats one = new Stats(wall.get("one"));
    Stats several = new Stats(wall.get("several"));
    Stats severalCpu = new Stats(cpu.get("several"));
    return "| "
        + String.join(
            " | ",
            name + ", " + Text.bytes(Files.size(input)),
            one.text() + " s",
            several.text() + " s",
            "**" + one.over(several).text() + "**",
            severalCpu.over(new Stats(cpu.get("one"))).text(),
            new Stats(wall.get("many, one")).over(new Stats(wall.get("many, several"))).text(),
            ceiling(work.resolve(name), input, out).text(),
            new Stats(wall.get("duckdb")).over(several).text(),
            new Stats(cpu.get("duckdb")).over(severalCpu).text())
        + " |";
  }

  /** What as many processes as there are threads do in the time that one takes alone. */
  private Stats ceiling(Path declaration, Path input, Path out) throws IOException {
    place.progress("measuring processes side by side");
    List<Warm> processes = new ArrayList<>();
    try {
      Folders.fresh(out);
      for (int i = 0; i < threads; i++) {
        processes.add(Warm.start(declaration, input, out.resolve("warm-" + i)));
      }
      for (int pass = 0; pass < WARM_PASSES; pass++) {
        Warm.together(processes);
      }
      double[] faster = new double[runs];
      for (int run = 0; run < runs; run++) {
        double alone = Warm.together(processes.subList(0, 1));
        faster[run] = threads * alone / Warm.together(processes);
      }
      return new Stats(faster);
    } finally {
      processes.forEach(Warm::close);
    }
  }

  private void gate(Map<String, Cpu.Action> actions, String one, String several, Path out)
      throws Exception {
    place.progress("checking that " + several + " threads write what one writes");
    Folders.fresh(out);
    actions.get(one).run();
    Path expected = out.resolveSibling("expected");
    Folders.delete(expected);
    Files.move(out, expected);
    Folders.fresh(out);
    actions.get(several).run();
    List<Path> files = Folders.files(expected);
    boolean same = files.size() == Folders.files(out).size() && !files.isEmpty();
    for (Path file : files) {
      Path other = out.resolve(expected.relativize(file));
      same &= Files.exists(other) && Files.mismatch(file, other) < 0;
    }
    Folders.delete(expected);
    if (!same) {
      throw new Failure("Cannot go on: the files depend on the number of threads: " + out);
    }
  }

  private static void convert(Dataset dataset, int threads, Path input, Path out) throws Exception {
    ConvertOptions options = ConvertOptions.defaults().withCodec(Codec.SNAPPY).withThreads(threads);
    String stem = input.getFileName().toString().replace(".ndjson", "");
    new Converter(dataset, options)
        .convert(
            new Source(input.toString(), "", stem, () -> Files.newInputStream(input)),
            out,
            out.resolveSibling("quarantine"),
            Progress.NONE);
  }

  private static void convertAll(Dataset dataset, int atOnce, List<Path> inputs, Path out)
      throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      List<Future<?>> pending = new ArrayList<>();
      for (Path input : inputs) {
        pending.add(
            pool.submit(() -> {
              convert(dataset, 1, input, out);
              return null;
            }));
      }
      for (Future<?> each : pending) {
        each.get();
      }
    }
  }
}
