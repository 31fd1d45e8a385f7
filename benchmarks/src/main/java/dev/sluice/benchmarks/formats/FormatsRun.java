package dev.sluice.benchmarks.formats;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Stats;
import dev.sluice.convert.Codec;
import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionSpec;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import dev.sluice.simulate.Truth;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes one workload in every format, and reads each through DuckDB. */
final class FormatsRun {
  private static final double TOLERANCE = 1e-9;

  /** Records from which on fewer runs must do. */
  private static final long MANY = 1_000_000;

  private static final int RUNS_OF_MANY = 3;

  private final Dataset dataset;
  private final int runs;
  private final long seed;
  private final Path work;
  private final Consumer<String> progress;
  private final CsvWriter csv;

  /** The column that is aggregated, by workload. */
  private static final Map<String, String> AGGREGATES =
      Map.of(
          "sensors", "temperature",
          "receipts", "total_amount",
          "transactions", "amount",
          "clickstream", "quantity");

  /**
   * One format's figures at one size.
   *
   * @param bytes of all files
   * @param write seconds from the JSON as uploaded to this format
   * @param full seconds to read every value of every column
   * @param aggregate seconds to sum one column
   * @param filtered seconds to count and sum one partition
   */
  record Cell(
      String workload,
      long records,
      Format format,
      long bytes,
      int files,
      Stats write,
      Stats full,
      Stats aggregate,
      Stats filtered) {}

  FormatsRun(Dataset dataset, int runs, long seed, Path work, Consumer<String> progress) {
    this.dataset = dataset;
    this.runs = runs;
    this.seed = seed;
    this.work = work;
    this.progress = progress;
    this.csv = new CsvWriter(dataset.schema());
  }

  List<Cell> run(long records) throws Exception {
    Path json = work.resolve("input.ndjson");
    Truth truth = simulate(json, records);
    String largest =
        truth.partitions().entrySet().stream()
            .max(
                Map.Entry.<String, Long>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElseThrow(() -> new Failure("Cannot compare formats of no records"));
    Partition partition = Partition.of(dataset.partitions(), largest);
    int times = records >= MANY ? Math.min(runs, RUNS_OF_MANY) : runs;
    List<Cell> cells = new ArrayList<>();
    List<String> expected = List.of();
    try (DuckDb duck = new DuckDb(1)) {
      for (Format format : Format.values()) {
        progress.accept(dataset.name() + ", " + records + " records: " + format.label());
        Path folder = work.resolve("out");
        Stats write = measured(times, () -> write(format, json, Folders.fresh(folder)));
        String relation = relation(format, folder);
        String sum = sum(format);
        String condition = condition(format, partition);
        String counting = "SELECT count(*), " + sum + " FROM " + relation;
        List<String> answers = new ArrayList<>(duck.row(counting));
        answers.addAll(duck.row(counting + " WHERE " + condition));
        if (expected.isEmpty()) {
          expected = List.copyOf(answers);
          require(answers.get(0).equals(Long.toString(truth.good())), format, answers, "the truth");
          require(
              answers.get(2).equals(String.valueOf(truth.partitions().get(largest))),
              format,
              answers,
              "the truth about " + largest);
        }
        require(equal(expected, answers), format, answers, "JSON, which says " + expected);
        cells.add(
            new Cell(
                dataset.name(),
                records,
                format,
                Folders.bytes(folder),
                Folders.files(folder).size(),
                write,
                measured(times, () -> duck.row(full(format, relation))),
                measured(times, () -> duck.row("SELECT " + sum + " FROM " + relation)),
                measured(times, () -> duck.row(counting + " WHERE " + condition))));
      }
    } finally {
      Files.deleteIfExists(json);
      Folders.delete(work.resolve("out"));
      Folders.delete(work.resolve("quarantine"));
    }
    return cells;
  }

  private Truth simulate(Path json, long records) throws IOException {
    Simulation simulation =
        Simulators.start(
            dataset.name(), SimulationOptions.defaults().withRecords(records).withSeed(seed));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(json), 1 << 16)) {
      simulation.writeTo(out);
    }
    return simulation.truth();
  }

  /** Once to warm up, then {@code times} times. */
  private static Stats measured(int times, Cpu.Action action) throws Exception {
    action.run();
    double[] seconds = new double[times];
    for (int run = 0; run < times; run++) {
      seconds[run] = Cpu.of(action).wallSeconds();
    }
    return new Stats(seconds);
  }

  // ---- writing

  private void write(Format format, Path json, Path folder) throws IOException {
    switch (format) {
      case JSON ->
          Files.copy(json, folder.resolve("data.json"), StandardCopyOption.REPLACE_EXISTING);
      case CSV -> csv.convert(json, folder.resolve("data.csv"));
      case PARQUET_SNAPPY -> convert(dataset, Codec.SNAPPY, json, folder);
      case PARQUET_ZSTD -> convert(dataset, Codec.ZSTD, json, folder);
      case PARQUET_ONE -> convert(withoutPartitions(), Codec.ZSTD, json, folder);
    }
  }

  private Dataset withoutPartitions() {
    return new Dataset(
        dataset.name(),
        dataset.description(),
        dataset.schema(),
        dataset.eventTime(),
        dataset.key(),
        new PartitionSpec(List.of()),
        dataset.rules(),
        dataset.unknownFields(),
        dataset.onSourceDelete(),
        dataset.csv(),
        dataset.queries(),
        dataset.views(),
        dataset.jobs(),
        dataset.fingerprint());
  }

  private void convert(Dataset as, Codec codec, Path json, Path folder) throws IOException {
    Path quarantine = Files.createDirectories(work.resolve("quarantine"));
    Conversion done =
        new Converter(as, ConvertOptions.defaults().withCodec(codec))
            .convert(
                new Source(json.toString(), "", "bench", () -> Files.newInputStream(json)),
                folder,
                quarantine,
                Progress.NONE);
    if (done.quarantined() > 0) {
      throw new Failure(
          "Cannot compare formats: good records were quarantined: " + done.quarantined());
    }
  }

  // ---- reading

  private String relation(Format format, Path folder) {
    return switch (format) {
      case JSON -> DuckDb.readJson(folder.resolve("data.json"), dataset.schema());
      case CSV ->
          "read_csv("
              + DuckDb.literal(folder.resolve("data.csv").toString())
              + ", header=true, delim=',', quote='\"', escape='\"', nullstr='',"
              + " allow_quoted_nulls=false, columns="
              + csv.columns().stream()
                  .map(column ->
                      DuckDb.literal(column.name()) + ": " + DuckDb.literal(type(column.field())))
                  .collect(Collectors.joining(", ", "{", "}"))
              + ")";
      default -> DuckDb.readParquet(folder);
    };
  }

  /** What is nested is text in CSV. */
  private static String type(Field field) {
    return field.type() instanceof ScalarType ? DuckDb.type(field.type()) : "VARCHAR";
  }

  private String full(Format format, String relation) {
    List<String> columns =
        format == Format.CSV
            ? csv.columns().stream().map(CsvWriter.Column::name).toList()
            : dataset.schema().fields().stream().map(Field::name).toList();
    return columns.stream()
        .map(column -> "bit_xor(hash(" + DuckDb.name(column) + "))")
        .collect(Collectors.joining(", ", "SELECT ", " FROM " + relation));
  }

  private String sum(Format format) {
    String column = AGGREGATES.get(dataset.name());
    if (column == null) {
      throw new Failure("Cannot compare formats: no column is chosen for " + dataset.name());
    }
    return "sum(" + expression(format, column) + ")";
  }

  private static String expression(Format format, String path) {
    return format == Format.CSV ? DuckDb.name(path) : String.join(".", quoted(path));
  }

  private static List<String> quoted(String path) {
    return Arrays.stream(path.split("\\.")).map(DuckDb::name).toList();
  }

  private String condition(Format format, Partition partition) {
    return format.isPartitioned()
        ? partition.onColumns()
        : partition.onFields(path -> expression(format, path), format.isParquet());
  }

  // ---- the gate

  private void require(boolean holds, Format format, List<String> answers, String against) {
    if (!holds) {
      throw new Failure(
          "Cannot time a wrong answer: "
              + format.label()
              + " of "
              + dataset.name()
              + " answers "
              + answers
              + " (all records, their sum, one partition, its sum), against "
              + against);
    }
  }

  /** Equal; sums of floating point numbers up to their order. */
  static boolean equal(List<String> expected, List<String> found) {
    if (expected.size() != found.size()) {
      return false;
    }
    for (int i = 0; i < found.size(); i++) {
      if (!expected.get(i).equals(found.get(i)) && !close(expected.get(i), found.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(@Nullable String a, @Nullable String b) {
    try {
      double x = Double.parseDouble(String.valueOf(a));
      double y = Double.parseDouble(String.valueOf(b));
      return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
