package dev.sluice.cli;

import dev.sluice.convert.Codec;
import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.DataFile;
import dev.sluice.convert.Progress;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice convert}. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Turn JSON and CSV files into partitioned Parquet.",
      "",
      "Reads NDJSON, one JSON array, JSON objects one after the other, or CSV; plain, gzip or"
          + " zstd."
          + " Records that do not fit the dataset go to OUT/_quarantine, one line each with source,"
          + " line, reason and raw text. Converting a file again replaces what it gave before.",
      "",
      "Several threads share one large input; small ones are converted side by side. A gzip or zstd"
          + " stream is decompressed by one thread, and CSV and records that span lines are parsed by one."
    },
    footer = {
      "",
      "Exit codes: 0 all records written, 1 failed, 2 usage, 3 some records quarantined.",
      "",
      "  ./sluice convert --dataset sensors datasets/sensors/sample.ndjson --out /tmp/lake",
      "  ./sluice convert --dataset my/dataset uploads/ more.json.gz --out lake --codec snappy"
    })
final class ConvertCommand implements Callable<Integer> {
  private final Console console;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "DIR",
      description = "The dataset's folder, or its name in datasets/.")
  private String dataset = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the Parquet files go; made when absent.")
  private Path out = Path.of("");

  @Option(
      names = "--codec",
      paramLabel = "CODEC",
      description = "zstd, snappy or none (default: ${DEFAULT-VALUE}).")
  private Codec codec = Codec.ZSTD;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = {
        "How many threads convert; the files do not depend on it",
        "(default: the number of processors)."
      })
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--csv",
      description = {
        "Read every input as CSV, whatever its name; otherwise .csv and .tsv are, with .gz or",
        ".zst behind it or not. How it is written is declared in dataset.yaml."
      })
  private boolean csv;

  @Mixin private final LimitOptions limits = new LimitOptions();

  @Option(names = "--json", description = "Print one JSON object instead of the summary.")
  private boolean json;

  @Parameters(arity = "1..*", paramLabel = "IN", description = "Files and folders to read.")
  private List<Path> inputs = List.of();

  ConvertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (threads < 1) {
      throw Failure.usage("Cannot convert: --threads must be at least 1: " + threads + ".");
    }
    Dataset loaded = DatasetFolders.load(console, dataset);
    Dataset declared = csv ? loaded.withCsv(loaded.csv().forAll()) : loaded;
    List<Inputs.Input> sources = Inputs.find(inputs, out);
    Path quarantine = out.resolve("_quarantine");
    writable(out);
    Totals totals = new Totals();
    Set<String> stems = new HashSet<>();
    Set<Path> current = new HashSet<>();
    ConvertOptions options = ConvertOptions.defaults().withCodec(codec).withLimits(limits.read());
    Meter meter =
        new Meter(console, sources.stream().mapToLong(Inputs.Input::bytes).sum(), sources.size());
    boolean shown = console.errTerminal() && !json;
    long start = System.nanoTime();
    List<Outcome> outcomes =
        new SideBySide(threads, Runtime.getRuntime().maxMemory())
            .run(
                sources,
                (input, share) -> {
                  Converter converter = new Converter(declared, options.withThreads(share));
                  return convert(
                      converter, input, quarantine, shown ? meter.input() : Progress.NONE);
                });
    for (int i = 0; i < sources.size(); i++) {
      Conversion done = outcomes.get(i).done();
      if (done != null) {
        totals.add(done);
        done.files().forEach(file -> current.add(file.path().toAbsolutePath().normalize()));
        done.quarantine().ifPresent(file -> current.add(file.toAbsolutePath().normalize()));
      } else {
        totals.failed.put(sources.get(i).path().toString(), outcomes.get(i).refused());
      }
    }
    sources.stream()
        .filter(input -> !totals.failed.containsKey(input.path().toString()))
        .forEach(input -> stems.add(input.stem()));
    removeEarlier(stems, current);
    totals.elapsed = Duration.ofNanos(System.nanoTime() - start);
    console.status("");
    if (json) {
      console.out().println(Json.write(totals.json()));
    } else {
      summary(declared, totals, sources.size(), quarantine);
    }
    totals.failed.values().forEach(message -> console.err().println("sluice: " + message));
    if (!totals.failed.isEmpty()) {
      return Main.FAILED;
    }
    return totals.quarantined > 0 ? Main.QUARANTINED : Main.OK;
  }

  /**
   * What became of an input.
   *
   * @param refused why it is not converted, when {@code done} is null
   */
  private record Outcome(@Nullable Conversion done, String refused) {}

  private Outcome convert(
      Converter converter, Inputs.Input input, Path quarantine, Progress progress)
      throws IOException {
    try {
      return new Outcome(converter.convert(input.source(), out, quarantine, progress), "");
    } catch (SluiceException e) {
      if (e.code().action() != ErrorCode.Action.REJECT) {
        throw e;
      }
      // The files beside it are converted all the same.
      return new Outcome(null, String.valueOf(e.getMessage()));
    }
  }

  private static void writable(Path folder) {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".sluice", ".probe"));
    } catch (IOException e) {
      throw new Failure(
          "Cannot write to the output folder: " + Main.sentence(e) + ". Choose another --out.", e);
    }
  }

  // What an earlier run made of the same files under other names: partitions that a record is no
  // longer in, records that are no longer bad.
  private void removeEarlier(Set<String> stems, Set<Path> current) throws IOException {
    List<Path> earlier;
    try (Stream<Path> files = Files.walk(out)) {
      earlier =
          files
              .filter(file -> stems.contains(stemOf(file.getFileName().toString())))
              .filter(file -> !current.contains(file.toAbsolutePath().normalize()))
              .toList();
    }
    for (Path file : earlier) {
      Files.delete(file);
    }
  }

  private static @Nullable String stemOf(String file) {
    if (file.endsWith(".ndjson")) {
      return file.substring(0, file.length() - ".ndjson".length());
    }
    int dash = file.lastIndexOf('-');
    return file.endsWith(".parquet") && dash > 0 ? file.substring(0, dash) : null;
  }

  private void summary(Dataset declared, Totals totals, int files, Path quarantine) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"records read", Units.count(totals.read), ""});
    lines.add(new String[] {"records written", Units.count(totals.written), ""});
    lines.add(
        new String[] {
          "quarantined",
          Units.count(totals.quarantined),
          totals.quarantined == 0
              ? ""
              : Units.percent(totals.quarantined, totals.read) + ", in " + quarantine
        });
    totals.reasons.forEach((reason, count) ->
        lines.add(
            new String[] {
              "  " + reason, Units.count(count), totals.examples.getOrDefault(reason, "")
            }));
    lines.add(
        new String[] {
          "bytes in",
          Units.bytes(totals.bytesIn),
          totals.bytesDecoded == totals.bytesIn
              ? ""
              : Units.bytes(totals.bytesDecoded) + " decompressed"
        });
    lines.add(
        new String[] {
          "bytes out",
          Units.bytes(totals.bytesOut),
          totals.bytesOut == 0
              ? ""
              : Units.ratio(totals.bytesDecoded, totals.bytesOut) + " smaller than the input"
        });
    lines.add(
        new String[] {
          "files",
          Units.count(totals.files),
          "in " + Units.count(totals.partitions()) + " partitions"
        });
    lines.add(
        new String[] {
          "time",
          Units.duration(totals.elapsed),
          Units.count(Math.round(totals.read / totals.seconds()))
              + " records/s, "
              + Units.bytes(Math.round(totals.bytesDecoded / totals.seconds()))
              + "/s"
        });
    int width = lines.stream().mapToInt(line -> line[1].length()).max().orElse(0);
    console
        .out()
        .println(
            console.strong(declared.name())
                + ": "
                + (files == 1 ? "1 input" : Units.count(files) + " inputs")
                + " to "
                + out);
    for (String[] line : lines) {
      console
          .out()
          .println(
              ("  "
                      + pad(line[0], 18)
                      + " ".repeat(width - line[1].length())
                      + line[1]
                      + "  "
                      + line[2])
                  .stripTrailing());
    }
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  /** Shows how far all inputs together are, a few times a second. */
  private static final class Meter {
    private static final long PAUSE = 100_000_000;

    private final Console console;
    private final long whole;
    private final int files;
    private final long start = System.nanoTime();
    private long shown;
    private int begun;
    private long bytes;
    private long records;

    Meter(Console console, long whole, int files) {
      this.console = console;
      this.whole = whole;
      this.files = files;
    }

    /** The progress of one more input. */
    synchronized Progress input() {
      begun++;
      long[] told = new long[2];
      return (bytesIn, found) -> {
        add(bytesIn - told[0], found - told[1]);
        told[0] = bytesIn;
        told[1] = found;
      };
    }

    private synchronized void add(long moreBytes, long moreRecords) {
      bytes += moreBytes;
      records += moreRecords;
      long now = System.nanoTime();
      if (now - shown < PAUSE) {
        return;
      }
      shown = now;
      double seconds = Math.max(1e-9, (now - start) / 1e9);
      console.status(
          Units.percent(bytes, whole)
              + "  input "
              + begun
              + " of "
              + files
              + "  "
              + Units.count(records)
              + " records  "
              + Units.bytes(Math.round(bytes / seconds))
              + "/s");
    }
  }

  private static final class Totals {
    private long read;
    private long written;
    private long quarantined;
    private long bytesIn;
    private long bytesDecoded;
    private long bytesOut;
    private long files;
    private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    private final Map<Reason, String> examples = new EnumMap<>(Reason.class);
    private final Set<String> directories = new HashSet<>();
    private final Map<String, String> failed = new LinkedHashMap<>();
    private Duration elapsed = Duration.ZERO;

    void add(Conversion done) throws IOException {
      read += done.read();
      written += done.written();
      quarantined += done.quarantined();
      bytesIn += done.bytesIn();
      bytesDecoded += done.bytesDecoded();
      bytesOut += done.bytesOut();
      files += done.files().size();
      for (DataFile file : done.files()) {
        directories.add(file.directory());
      }
      done.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
      if (!examples.keySet().containsAll(done.reasons().keySet())) {
        addExamples(done.quarantine().orElseThrow());
      }
    }

    // One record says more than a count; not worth reading a long file to the end.
    private void addExamples(Path quarantine) throws IOException {
      try (Stream<String> lines = Files.lines(quarantine)) {
        lines
            .limit(1000)
            .map(Json::parseObject)
            .forEach(record ->
                examples.putIfAbsent(
                    Reason.valueOf(String.valueOf(record.get("reason"))),
                    "line " + record.get("line") + ": " + record.get("message")));
      }
    }

    long partitions() {
      return directories.size();
    }

    double seconds() {
      return Math.max(1e-9, elapsed.toNanos() / 1e9);
    }

    Map<String, @Nullable Object> json() {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("read", read);
      object.put("written", written);
      object.put("quarantined", quarantined);
      object.put("files", files);
      object.put("partitions", partitions());
      object.put("bytes_in", bytesIn);
      object.put("bytes_decoded", bytesDecoded);
      object.put("bytes_out", bytesOut);
      object.put("seconds", elapsed.toMillis() / 1000.0);
      Map<String, @Nullable Object> byReason = new LinkedHashMap<>();
      reasons.forEach((reason, count) -> byReason.put(reason.name(), count));
      object.put("reasons", byReason);
      object.put("failed", new LinkedHashMap<String, @Nullable Object>(failed));
      return object;
    }
  }
}
