package dev.sluice.cli;

import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.simulate.Simulation;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Simulators;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice simulate}. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Write test data of a dataset, one JSON record a line.",
      "",
      "The same options give the same bytes, everywhere. --truth writes what is true about them:"
          + " counts, reasons of bad records, and the answers to the dataset's queries."
    },
    footer = {
      "",
      "  ./sluice simulate sensors --records 100000 --bad 0.01 --out readings.json.gz --truth truth.json",
      "  ./sluice simulate clickstream --records 5000 --out s3://sluice-raw/clickstream/first.json",
      "  ./sluice simulate sensors --records 60000 --rate 100/s | while read -r line; do ...; done"
    })
final class SimulateCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "DATASET",
      description = "sensors, receipts, transactions or clickstream.")
  private String dataset = "";

  @Option(
      names = "--records",
      required = true,
      paramLabel = "N",
      description = "How many records, good and bad.")
  private long records;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Another seed gives other data (default: ${DEFAULT-VALUE}).")
  private long seed = 42;

  @Option(
      names = "--bad",
      paramLabel = "RATE",
      description = "The part of the records that belongs into quarantine, 0 to 1.")
  private double bad;

  @Option(
      names = "--late",
      paramLabel = "RATE",
      description = "The part of the records that is up to three days late, 0 to 1.")
  private double late;

  @Option(
      names = "--out",
      paramLabel = "FILE|s3://BUCKET/KEY",
      description = "Where to (default: standard output). A name that ends in .gz is compressed.")
  private String out = "-";

  @Option(
      names = "--rate",
      paramLabel = "N/s",
      description = "At most so many records a second, as if they were happening now.")
  private @Nullable String rate;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "Write what is true about the data, as JSON.")
  private @Nullable Path truth;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "Where S3 answers (default: AWS_ENDPOINT_URL, else " + Aws.LOCAL + ").")
  private String endpoint = "";

  SimulateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long perSecond = rate == null ? 0 : rate(rate);
    Simulation simulation = simulation();
    long start = System.nanoTime();
    boolean whole;
    if (out.equals("-")) {
      whole = write(simulation, console.out(), perSecond);
    } else if (out.startsWith("s3://")) {
      S3Location target = S3Location.parse(out);
      Path file = Files.createTempFile("sluice-", ".ndjson");
      try {
        whole = toFile(simulation, file, target.key(), perSecond);
        target.upload(Aws.of(endpoint, console.environment()), file);
      } finally {
        Files.deleteIfExists(file);
      }
    } else {
      Path file = Path.of(out);
      if (file.getParent() != null) {
        Files.createDirectories(file.getParent());
      }
      whole = toFile(simulation, file, out, perSecond);
    }
    console.status("");
    if (truth != null) {
      Files.writeString(truth, Json.writePretty(simulation.truth().toJson()) + "\n");
    }
    if (console.errTerminal() && !out.equals("-")) {
      console
          .err()
          .println(
              Units.count(records)
                  + " records of "
                  + dataset
                  + " to "
                  + out
                  + " in "
                  + Units.duration(Duration.ofNanos(System.nanoTime() - start)));
    }
    return whole ? Main.OK : Main.FAILED;
  }

  private Simulation simulation() {
    try {
      return Simulators.start(dataset, new SimulationOptions(records, seed, bad, late));
    } catch (SluiceException e) {
      throw Failure.usage(String.valueOf(e.getMessage()));
    }
  }

  private boolean toFile(Simulation simulation, Path file, String name, long perSecond)
      throws IOException, InterruptedException {
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream stream =
            name.endsWith(".gz") ? new GZIPOutputStream(plain, 1 << 16, perSecond > 0) : plain) {
      return write(simulation, stream, perSecond);
    }
  }

  // Whether all was written; a reader that goes away (as head does) ends it early.
  private boolean write(Simulation simulation, OutputStream target, long perSecond)
      throws IOException, InterruptedException {
    OutputStream stream = new BufferedOutputStream(target, 1 << 16);
    long start = System.nanoTime();
    long done = 0;
    while (true) {
      long most = perSecond == 0 ? 10_000 : Math.max(1, perSecond / 20);
      long written = simulation.writeTo(stream, most);
      done += written;
      if (written < most) {
        stream.flush();
        return !(target == console.out() && console.out().checkError());
      }
      if (!out.equals("-")) {
        console.status(Units.count(done) + " of " + Units.count(records) + " records");
      }
      if (perSecond > 0) {
        stream.flush();
        long due = start + Math.round(done * 1e9 / perSecond);
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
      }
      if (target == console.out() && console.out().checkError()) {
        return true;
      }
    }
  }

  private static long rate(String text) {
    String number = text.endsWith("/s") ? text.substring(0, text.length() - 2) : text;
    try {
      long value = Long.parseLong(number.strip());
      if (value > 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw Failure.usage(
        "Cannot simulate at a rate: it must be a number of records a second, for instance 500/s: "
            + text);
  }
}
