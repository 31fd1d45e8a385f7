package dev.sluice.benchmarks.jobs;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench jobs}. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = {
      "Run the job clickstream/warehouse over simulated events that the converter wrote, cold and"
          + " warm: time, peak memory, growth; DuckDB with the same in its own SQL beside it.",
      "Both must have computed the same; otherwise nothing is told, and the exit code is 1."
    })
public final class JobsCommand implements Callable<Integer> {
  private static final long MOST_EVENTS = 1_000_000_000;

  private final Place place;

  @Option(
      names = "--events",
      paramLabel = "N",
      split = ",",
      defaultValue = "100000",
      description =
          "Sizes to run, as 100000,1000000,10000000. A tenth as many sessions, a hundredth as many"
              + " users, 500 products. Default: 100000.")
  private long[] events = {};

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "3",
      description = "Warm runs; of ten million events or more only one. Default: 3.")
  private int runs;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      defaultValue = "3g",
      description = "The heap of Spark's process. Default: 3g.")
  private String memory = "";

  @Option(
      names = "--cores",
      paramLabel = "N",
      defaultValue = "2",
      description = "For Spark, and for DuckDB. Default: 2.")
  private int cores;

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
      names = "--results",
      paramLabel = "FILE",
      description = "Where every figure goes. Default: benchmarks/results/jobs.json.")
  private @Nullable Path results;

  @Option(
      names = "--numbers",
      paramLabel = "FILE",
      description = "Whose section is written. Default: docs/numbers.md.")
  private @Nullable Path numbers;

  @Option(names = "--no-write", description = "Print only.")
  private boolean noWrite;

  @Option(names = "--json", description = "Print every figure as JSON.")
  private boolean json;

  public JobsCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    check();
    Machine machine = Machine.look();
    Path work = Folders.fresh(place.work().resolve("jobs"));
    List<JobsRun.Size> sizes = new ArrayList<>();
    try {
      for (long size : Arrays.stream(events).distinct().sorted().toArray()) {
        sizes.add(new JobsRun(place, work, cores, memory, seed).run(size, runs));
      }
    } finally {
      Folders.delete(work);
    }
    JobsReport report = new JobsReport(machine, date, runs, cores, memory, seed, sizes);
    if (!noWrite) {
      write(
          results == null ? place.root().resolve("benchmarks/results/jobs.json") : results,
          Json.writePretty(report.toJson()) + "\n");
      NumbersFile.write(
          numbers == null ? place.root().resolve("docs/numbers.md") : numbers,
          "bench jobs",
          report.markdown());
    }
    if (json) {
      place.out().println(Json.write(report.toJson()));
    } else {
      report.markdown().forEach(place.out()::println);
    }
    return 0;
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, text);
  }

  private void check() {
    List<String> problems = new ArrayList<>();
    for (long size : events) {
      if (size < 1 || size > MOST_EVENTS) {
        problems.add("--events must be 1 to " + MOST_EVENTS + ": " + size);
      }
    }
    if (runs < 1 || runs > 1000) {
      problems.add("--runs must be 1 to 1000: " + runs);
    }
    if (cores < 1 || cores > 1000) {
      problems.add("--cores must be 1 to 1000: " + cores);
    }
    if (!memory.matches("[1-9][0-9]{0,5}[gGmM]")) {
      problems.add("--memory must be like 3g or 800m: " + memory);
    }
    if (!problems.isEmpty()) {
      throw new Failure("Cannot measure jobs: " + String.join("; ", problems));
    }
  }
}
