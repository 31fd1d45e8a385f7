package dev.sluice.benchmarks.formats;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.simulate.Simulators;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench formats}. */
@Command(
    name = "formats",
    mixinStandardHelpOptions = true,
    description = {
      "Compare JSON, CSV and Parquet of the shipped datasets: size, write, full read, one-column"
          + " aggregate, one partition; all through DuckDB.",
      "All formats must give the same answers; otherwise nothing is timed, and the exit code is 1."
    })
public final class FormatsCommand implements Callable<Integer> {
  private final Place place;

  @Option(
      names = "--records",
      paramLabel = "N",
      split = ",",
      defaultValue = "100,10000,1000000",
      description =
          "Sizes to compare. Default: 100,10000,1000000; the last one takes most of the time.")
  private long[] records = {};

  @Option(
      names = "--workload",
      paramLabel = "NAME",
      split = ",",
      description = "Only these datasets. Default: all that can be simulated.")
  private String @Nullable [] workloads;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Measured runs of each figure; of a million records or more at most 3. Default: 5.")
  private int runs;

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

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "The report with plots. Default: benchmarks/target/formats.html.")
  private @Nullable Path html;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Where every figure goes. Default: benchmarks/results/formats.json.")
  private @Nullable Path results;

  @Option(
      names = "--numbers",
      paramLabel = "FILE",
      description = "Whose section is written. Default: docs/numbers.md.")
  private @Nullable Path numbers;

  @Option(names = "--no-write", description = "Write the HTML report only.")
  private boolean noWrite;

  @Option(names = "--json", description = "Print every figure as JSON.")
  private boolean json;

  public FormatsCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    check();
    Machine machine = Machine.look();
    Datasets datasets = Datasets.load(place.root().resolve("datasets"));
    List<String> names =
        workloads == null ? Simulators.names() : Arrays.stream(workloads).distinct().toList();
    List<FormatsRun.Cell> cells = new ArrayList<>();
    Path work = Folders.fresh(place.work().resolve("formats"));
    String version;
    try (DuckDb duck = new DuckDb(1)) {
      version = duck.version();
    }
    try {
      for (String name : names) {
        FormatsRun run = new FormatsRun(datasets.get(name), runs, seed, work, place::progress);
        for (long size : Arrays.stream(records).distinct().sorted().toArray()) {
          cells.addAll(run.run(size));
        }
      }
    } finally {
      Folders.delete(work);
    }
    FormatsReport report = new FormatsReport(machine, version, date, runs, seed, cells);
    Path page = html == null ? place.root().resolve("benchmarks/target/formats.html") : html;
    write(page, new HtmlReport(report).html());
    if (!noWrite) {
      write(
          results == null ? place.root().resolve("benchmarks/results/formats.json") : results,
          Json.writePretty(report.toJson()) + "\n");
      NumbersFile.write(
          numbers == null ? place.root().resolve("docs/numbers.md") : numbers,
          "bench formats",
          report.markdown());
    }
    if (json) {
      place.out().println(Json.write(report.toJson()));
    } else {
      report.markdown().forEach(place.out()::println);
    }
    place.progress("With plots: " + page);
    return 0;
  }

  private static void write(Path file, String text) throws java.io.IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  private void check() {
    List<String> problems = new ArrayList<>();
    for (long size : records) {
      if (size < 1) {
        problems.add("--records must be 1 or more: " + size);
      }
    }
    if (runs < 1 || runs > 1000) {
      problems.add("--runs must be 1 to 1000: " + runs);
    }
    if (!problems.isEmpty()) {
      throw new Failure("Cannot compare formats: " + String.join("; ", problems));
    }
  }
}
