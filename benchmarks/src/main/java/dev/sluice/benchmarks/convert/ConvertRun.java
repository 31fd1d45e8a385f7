package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Shipped;
import dev.sluice.benchmarks.Stats;
import dev.sluice.benchmarks.engines.Spark;
import dev.sluice.benchmarks.engines.SqlReader;
import dev.sluice.benchmarks.engines.Trino;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Measures the conversion of one standard input. */
final class ConvertRun {
  /** How figures name our converter. */
  static final String OURS = "sluice";

  /** How much each Java peer converts before it counts as warm. */
  private static final long WARM_BYTES = 1_000_000_000;

  private static final long WARM_BYTES_SLOW = 250_000_000;
  private static final int WARM_PASSES = 3;

  /** Measured runs of those who are slow. */
  private static final int SLOW_RUNS = 3;

  private static final int MEGABYTE = 1_000_000;

  private final Plan plan;
  private final Path work;
  private final Path root;
  private final Path packages;
  private final Consumer<String> progress;
  private final Map<Contestant, String> absent = new EnumMap<>(Contestant.class);
  private final Map<Contestant, String> versions = new EnumMap<>(Contestant.class);

  /**
   * What to measure.
   *
   * @param scale of the input's records; 1 is the standard
   * @param runs measured runs of each peer
   * @param seed of the inputs
   * @param codecs how pages are compressed
   * @param coldMegabytes size of the input for a fresh process; 0 leaves that out
   * @param contestants who is measured beside ours; DuckDB always
   * @param everyReader whether Spark and Trino read what is written, too
   */
  record Plan(
      double scale,
      int runs,
      long seed,
      List<Codec> codecs,
      int coldMegabytes,
      List<Contestant> contestants,
      boolean everyReader) {
    Plan {
      codecs = List.copyOf(codecs);
      contestants = List.copyOf(contestants);
    }

    /** Measured runs of a peer. */
    int runs(String peer) {
      return contestants.stream().anyMatch(one -> one.isSlow() && one.id().equals(peer))
          ? Math.min(runs, SLOW_RUNS)
          : runs;
    }
  }

  /**
   * One peer's figures.
   *
   * @param cpu seconds of each run
   * @param wall seconds of each run
   * @param bytes what it wrote
   * @param files how many it wrote
   */
  record Figures(Stats cpu, Stats wall, long bytes, int files) {}

  /** One codec's figures, by peer: {@code sluice}, and the ids of contestants. */
  record Warm(Codec codec, Map<String, Figures> peers) {
    Figures sluice() {
      return peer(OURS);
    }

    Figures duckdb() {
      return peer(Contestant.DUCKDB.id());
    }

    /** Empty when it was not measured. */
    Optional<Figures> of(Contestant contestant) {
      return Optional.ofNullable(peers.get(contestant.id()));
    }

    /** CPU of {@code contestant} over ours, pair by pair. */
    Optional<Stats> ratio(Contestant contestant) {
      return of(contestant).map(figures -> figures.cpu().over(sluice().cpu()));
    }

    private Figures peer(String name) {
      Figures figures = peers.get(name);
      if (figures == null) {
        throw new IllegalStateException("Not measured: " + name);
      }
      return figures;
    }
  }

  /**
   * A fresh process.
   *
   * @param bytes of the large input
   * @param plain CPU-seconds of ours for it, JVM start included
   * @param launched the same as the launcher starts Java: quick compiler, and an archive of classes
   * @param quick CPU-seconds with the quick compiler only, as Lambda starts Java
   * @param duckdb CPU-seconds of DuckDB's statement for it
   * @param smallBytes of the small input
   * @param smallPlain seconds from start to end of the process for it
   * @param smallLaunched the same as the launcher starts Java
   */
  record Cold(
      long bytes,
      Stats plain,
      Stats launched,
      Stats quick,
      Stats duckdb,
      long smallBytes,
      Stats smallPlain,
      Stats smallLaunched) {}

  /**
   * All figures of one input.
   *
   * @param checks sums that the gate compared
   */
  record Result(
      String workload,
      long records,
      long bytes,
      int checks,
      List<Warm> warm,
      @Nullable Cold cold) {}

  /**
   * @param root the folder of the checkout, where programs of others were built
   * @param packages where those of npm are kept
   */
  ConvertRun(Plan plan, Path work, Path root, Path packages, Consumer<String> progress) {
    this.plan = plan;
    this.work = work;
    this.root = root;
    this.packages = packages;
    this.progress = progress;
  }

  /** Who was not measured, and why. */
  Map<Contestant, String> absent() {
    return Collections.unmodifiableMap(absent);
  }

  /** What those who run in processes of their own say of themselves. */
  Map<Contestant, String> versions() {
    return Collections.unmodifiableMap(versions);
  }

  Result run(StandardInput workload) throws Exception {
    String name = workload.dataset();
    Dataset dataset = Shipped.dataset(name, work);
    String schema =
        new String(Shipped.bytes("datasets/" + name + "/schema.avsc"), StandardCharsets.UTF_8);
    Path input = work.resolve(name + ".ndjson");
    try {
      progress.accept(name + ": generating");
      long wanted = Math.max(1, Math.round(workload.records() * plan.scale()));
      long records = workload.write(input, plan.seed(), wanted, Long.MAX_VALUE);
      long bytes = Files.size(input);
      int checks = 0;
      List<Warm> warm = new ArrayList<>();
      try (DuckDb duck = new DuckDb(1);
          Others others = others()) {
        for (Codec codec : plan.codecs()) {
          Map<String, Peer> peers = new LinkedHashMap<>();
          peers.put(Contestant.DUCKDB.id(), Peer.duckDb(duck, dataset, codec));
          peers.put(OURS, Peer.ours(dataset, codec));
          if (plan.contestants().contains(Contestant.TEXTBOOK)) {
            peers.put(Contestant.TEXTBOOK.id(), new Textbook(schema, dataset.partitions(), codec));
          }
          others.add(peers, dataset, codec);
          checks += gate(duck, dataset, input, records, peers);
          warm.add(warm(name, codec, input, bytes, peers));
        }
      }
      Files.delete(input);
      Cold cold = plan.coldMegabytes() == 0 ? null : cold(workload);
      return new Result(name, records, bytes, checks, warm, cold);
    } finally {
      Files.deleteIfExists(input);
      Folders.delete(work.resolve("out"));
      Folders.delete(work.resolve("quarantine"));
    }
  }

  /** Starts who runs in a process of its own; who cannot be started is left out from then on. */
  private Others others() throws IOException {
    Others others = new Others(root, work, packages);
    for (Contestant contestant : plan.contestants()) {
      if (contestant.isElsewhere() && !absent.containsKey(contestant)) {
        try {
          progress.accept("starting " + contestant.label());
          versions.put(contestant, others.start(contestant));
        } catch (Failure e) {
          progress.accept(contestant.label() + " is left out. " + e.getMessage());
          absent.put(contestant, String.valueOf(e.getMessage()));
        }
      }
    }
    return others;
  }

  private int gate(DuckDb duck, Dataset dataset, Path input, long records, Map<String, Peer> peers)
      throws Exception {
    Gate gate = new Gate(duck, dataset, input, records);
    int checks = 0;
    for (Map.Entry<String, Peer> peer : peers.entrySet()) {
      progress.accept(dataset.name() + ": checking what " + peer.getKey() + " writes");
      Path out = Folders.fresh(work.resolve("out"));
      peer.getValue().convert(input, out);
      // Engines name their directories 3 where the declaration says 03.
      boolean declared =
          peer.getKey().equals(OURS) || peer.getKey().equals(Contestant.TEXTBOOK.id());
      checks += gate.check(peer.getKey(), out, declared);
      if (plan.everyReader() && peer.getKey().equals(OURS)) {
        checks += everyReader(duck, dataset, out);
      }
    }
    return checks;
  }

  /** Reads what we wrote through those engines too that users query with. */
  private int everyReader(DuckDb duck, Dataset dataset, Path out) throws Exception {
    Checksums checksums = new Checksums(dataset.schema());
    int checks = 0;
    progress.accept(dataset.name() + ": reading through Spark");
    try (SqlReader spark = new Spark(root, work)) {
      checks += checksums.check(duck, spark, out);
    }
    progress.accept(dataset.name() + ": reading through Trino");
    try (SqlReader trino = new Trino(root, work)) {
      checks += checksums.check(duck, trino, out);
    }
    return checks;
  }

  private Warm warm(String name, Codec codec, Path input, long inputBytes, Map<String, Peer> peers)
      throws Exception {
    Path out = work.resolve("out");
    for (Map.Entry<String, Peer> peer : peers.entrySet()) {
      progress.accept(name + ", " + codec + ": warming up " + peer.getKey());
      for (long pass = passes(peer.getKey(), inputBytes); pass > 0; pass--) {
        peer.getValue().convert(input, Folders.fresh(out));
      }
    }
    Map<String, double[]> cpu = new LinkedHashMap<>();
    Map<String, double[]> wall = new LinkedHashMap<>();
    Map<String, Long> written = new LinkedHashMap<>();
    Map<String, Integer> files = new LinkedHashMap<>();
    List<String> order = new ArrayList<>(peers.keySet());
    for (int run = 0; run < plan.runs(); run++) {
      // In turn, and each round in the other direction: a slow moment of the machine meets all.
      for (String peer : run % 2 == 0 ? order : order.reversed()) {
        if (run >= plan.runs(peer)) {
          continue;
        }
        progress.accept(
            name + ", " + codec + ": run " + (run + 1) + " of " + plan.runs(peer) + ", " + peer);
        Folders.fresh(out);
        Cpu cost = peers.get(peer).measure(input, out);
        cpu.computeIfAbsent(peer, p -> new double[plan.runs(p)])[run] = cost.cpuSeconds();
        wall.computeIfAbsent(peer, p -> new double[plan.runs(p)])[run] = cost.wallSeconds();
        // Spark puts a checksum beside each file.
        List<Path> parquet =
            Folders.files(out).stream()
                .filter(file -> file.toString().endsWith(".parquet"))
                .toList();
        long bytes = 0;
        for (Path file : parquet) {
          bytes += Files.size(file);
        }
        written.put(peer, bytes);
        files.put(peer, parquet.size());
      }
    }
    Map<String, Figures> figures = new LinkedHashMap<>();
    List<String> oursFirst = new ArrayList<>(order);
    oursFirst.remove(OURS);
    oursFirst.addFirst(OURS);
    for (String peer : oursFirst) {
      figures.put(
          peer,
          new Figures(
              new Stats(cpu.get(peer)),
              new Stats(wall.get(peer)),
              written.get(peer),
              files.get(peer)));
    }
    return new Warm(codec, figures);
  }

  /** Passes until a peer counts as warm, after the one that the gate looked at. */
  static long passes(String peer, long bytes) {
    if (peer.equals(OURS)) {
      return Math.max(WARM_PASSES, Math.min(200, WARM_BYTES / bytes));
    }
    return peer.equals(Contestant.TEXTBOOK.id()) || peer.equals(Contestant.SPARK.id())
        ? Math.max(1, Math.min(50, WARM_BYTES_SLOW / bytes))
        : 1;
  }

  private Cold cold(StandardInput workload) throws Exception {
    String name = workload.dataset();
    Path declaration = work.resolve(name);
    Path large = work.resolve(name + "-large.ndjson");
    Path small = work.resolve(name + "-small.ndjson");
    Path archive = work.resolve(name + ".jsa");
    Path out = work.resolve("out");
    String codec = Codec.SNAPPY.name();
    try {
      progress.accept(name + ": generating the input of fresh processes");
      workload.write(large, plan.seed(), Long.MAX_VALUE, (long) plan.coldMegabytes() * MEGABYTE);
      workload.write(small, plan.seed(), Long.MAX_VALUE, MEGABYTE);
      int runs = plan.runs();
      double[] plain = new double[runs];
      double[] launched = new double[runs];
      double[] quick = new double[runs];
      double[] duckdb = new double[runs];
      double[] smallPlain = new double[runs];
      double[] smallLaunched = new double[runs];
      Fresh.launched(archive).run("ours", declaration, small, Folders.fresh(out), codec);
      for (int run = 0; run < runs; run++) {
        progress.accept(name + ": fresh processes, run " + (run + 1));
        duckdb[run] = fresh(Fresh.plain(), "duckdb", declaration, large).cpuSeconds();
        plain[run] = fresh(Fresh.plain(), "ours", declaration, large).cpuSeconds();
        launched[run] = fresh(Fresh.launched(archive), "ours", declaration, large).cpuSeconds();
        quick[run] = fresh(Fresh.quickCompilerOnly(), "ours", declaration, large).cpuSeconds();
        smallPlain[run] = fresh(Fresh.plain(), "ours", declaration, small).wallSeconds();
        smallLaunched[run] =
            fresh(Fresh.launched(archive), "ours", declaration, small).wallSeconds();
      }
      return new Cold(
          Files.size(large),
          new Stats(plain),
          new Stats(launched),
          new Stats(quick),
          new Stats(duckdb),
          Files.size(small),
          new Stats(smallPlain),
          new Stats(smallLaunched));
    } finally {
      Files.deleteIfExists(large);
      Files.deleteIfExists(small);
      Files.deleteIfExists(archive);
    }
  }

  private Cpu fresh(Fresh jvm, String peer, Path declaration, Path input) throws Exception {
    return jvm.run(
        peer, declaration, input, Folders.fresh(work.resolve("out")), Codec.SNAPPY.name());
  }
}
