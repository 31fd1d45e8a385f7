package dev.sluice.benchmarks.jobs;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Place;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.Text;
import dev.sluice.benchmarks.engines.SparkJobs;
import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Simulates, converts, and has both engines compute the star schema. */
final class JobsRun {
  static final String JOB = "clickstream/warehouse";
  private static final String DATASET = "clickstream";

  /** Events from which on one warm run must do. */
  private static final long MANY = 10_000_000;

  private final Place place;
  private final Path work;
  private final int cores;
  private final String memory;
  private final long seed;

  /**
   * What one size took.
   *
   * @param silverBytes of the Parquet files that were read
   * @param start seconds until Spark was there
   * @param cold seconds of the first run in Spark's process
   * @param warm seconds of the runs after it
   * @param warmCpu CPU-seconds of those
   * @param peakBytes the most memory that Spark's process has had; 0 when not known
   * @param duck seconds of DuckDB, after one run to warm up
   * @param duckCpu CPU-seconds of those
   * @param rows of each gold table
   * @param seconds of each gold table in the last warm run
   * @param compared values that were equal
   */
  record Size(
      long events,
      long silverBytes,
      double start,
      double cold,
      Stats warm,
      Stats warmCpu,
      long peakBytes,
      Stats duck,
      Stats duckCpu,
      String spark,
      String duckdb,
      Map<String, Long> rows,
      Map<String, Double> seconds,
      long compared) {}

  JobsRun(Place place, Path work, int cores, String memory, long seed) {
    this.place = place;
    this.work = work;
    this.cores = cores;
    this.memory = memory;
    this.seed = seed;
  }

  Size run(long events, int runs) throws Exception {
    Path declarations = place.root().resolve("datasets");
    Datasets datasets = Datasets.load(declarations);
    JobDeclaration job = Jobs.load(declarations, datasets).get(JOB);
    Map<String, String> partitions = new LinkedHashMap<>();
    job.tables().stream()
        .filter(table -> !table.partitions().isEmpty())
        .forEach(table -> partitions.put(table.name(), String.join(",", table.partitions())));
    if (!(job.program() instanceof JobDeclaration.Main program)) {
      throw new Failure("Cannot run " + JOB + ": it has no class");
    }
    String main = program.className();
    int times = events >= MANY ? 1 : runs;

    say(events, "simulated and converted");
    Path silver = silver(datasets, events);
    Path gold = Folders.fresh(work.resolve("spark"));
    try (DuckDb duck = new DuckDb(cores)) {
      say(events, "DuckDB");
      Reference reference = new Reference(duck, silver);
      List<Cpu> ducks = new ArrayList<>();
      for (int run = 0; run <= times; run++) {
        Path folder = Folders.fresh(work.resolve("duck"));
        ducks.add(Cpu.of(() -> reference.compute(folder)));
      }
      ducks.remove(0);
      Folders.delete(work.resolve("duck"));

      say(events, "Spark, cold");
      long began = System.nanoTime();
      try (SparkJobs spark = new SparkJobs(place.root(), gold, cores, memory)) {
        double start = (System.nanoTime() - began) / 1e9;
        Path dataset = declarations.resolve(DATASET);
        long bytes = Folders.bytes(silver);
        SparkJobs.Done cold = spark.run(main, dataset, silver, events, bytes, partitions);
        long compared = reference.compare(spark::files);
        List<SparkJobs.Done> warm = new ArrayList<>();
        for (int run = 0; run < times; run++) {
          say(events, "Spark, warm run " + (run + 1) + " of " + times);
          warm.add(spark.run(main, dataset, silver, events, bytes, partitions));
        }
        compared += reference.compare(spark::files);
        SparkJobs.Done last = warm.get(warm.size() - 1);
        return new Size(
            events,
            bytes,
            start,
            cold.cost().wallSeconds(),
            stats(warm.stream().mapToDouble(each -> each.cost().wallSeconds()).toArray()),
            stats(warm.stream().mapToDouble(each -> each.cost().cpuSeconds()).toArray()),
            last.peakBytes(),
            stats(ducks.stream().mapToDouble(Cpu::wallSeconds).toArray()),
            stats(ducks.stream().mapToDouble(Cpu::cpuSeconds).toArray()),
            spark.version(),
            duck.version(),
            last.rows(),
            last.seconds(),
            compared);
      }
    } finally {
      Folders.delete(gold);
      Folders.delete(silver);
    }
  }

  private static Stats stats(double... values) {
    return new Stats(values);
  }

  private void say(long events, String what) {
    place.progress(Text.count(events) + " events: " + what);
  }

  private Path silver(Datasets datasets, long events) throws IOException {
    Path json = work.resolve("input.ndjson");
    Simulation simulation =
        Simulators.start(DATASET, SimulationOptions.defaults().withRecords(events).withSeed(seed));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(json), 1 << 16)) {
      simulation.writeTo(out);
    }
    Path silver = Folders.fresh(work.resolve("silver"));
    Path quarantine = Files.createDirectories(work.resolve("quarantine"));
    Conversion done =
        new Converter(datasets.get(DATASET), ConvertOptions.defaults())
            .convert(
                new Source(json.toString(), "", "bench", () -> Files.newInputStream(json)),
                silver,
                quarantine,
                Progress.NONE);
    Files.delete(json);
    if (done.quarantined() > 0 || !Objects.equals(simulation.truth().good(), events)) {
      throw new Failure(
          "Cannot measure jobs: good records were quarantined: " + done.quarantined());
    }
    return silver;
  }
}
