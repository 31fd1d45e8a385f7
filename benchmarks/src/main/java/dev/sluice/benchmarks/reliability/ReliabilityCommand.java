package dev.sluice.benchmarks.reliability;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.books.MemoryFolder;
import dev.sluice.model.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench reliability}. */
@Command(
    name = "reliability",
    mixinStandardHelpOptions = true,
    description = {
      "Prove that the books balance: fail every remote call, alone and in pairs, let workers take"
          + " turns in every order, deliver everything many times at once, break ingest on purpose,"
          + " and kill real processes.",
      "When anything is lost, doubled or left behind, the report says how it came, and the exit"
          + " code is 1."
    })
public final class ReliabilityCommand implements Callable<Integer> {
  private final Place place;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "500",
      description = "Processes to kill. Default: 500, about five minutes.")
  private int kills;

  @Option(
      names = "--deliveries",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Deliveries of the storm, of a tenth as many objects. Default: 100000.")
  private int deliveries;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Random runs. Default: 20000.")
  private int runs;

  @Option(
      names = "--interruptions",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often workers interrupt each other in the schedules. Default: 3.")
  private int interruptions;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chooses the first random run, the storm and the moments of kills. Default: 1.")
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
      description = "Where every figure goes. Default: benchmarks/results/reliability.json.")
  private @Nullable Path results;

  @Option(
      names = "--numbers",
      paramLabel = "FILE",
      description = "Whose section is written. Default: docs/numbers.md.")
  private @Nullable Path numbers;

  @Option(names = "--no-write", description = "Write no file.")
  private boolean noWrite;

  @Option(names = "--json", description = "Print every figure as JSON.")
  private boolean json;

  public ReliabilityCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    check();
    Machine machine = Machine.look();
    Path work = Folders.fresh(place.work().resolve("reliability"));
    Path scratch = MemoryFolder.create();
    ReliabilityRun run = new ReliabilityRun(scratch, seed, place::progress);
    try {
      run.faults();
      run.schedules(interruptions);
      run.messages();
      run.queues(runs);
      run.storm(deliveries);
      run.mutants();
      run.kills(place.root(), work, kills);
    } finally {
      Folders.delete(scratch);
      Folders.delete(work);
    }
    ReliabilityReport report =
        new ReliabilityReport(
            machine,
            "./sluice bench reliability --kills "
                + kills
                + " --deliveries "
                + deliveries
                + " --runs "
                + runs
                + " --interruptions "
                + interruptions
                + " --seed "
                + seed,
            date,
            seed,
            run.parts());
    if (!noWrite) {
      Path file =
          results == null ? place.root().resolve("benchmarks/results/reliability.json") : results;
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, Json.writePretty(report.toJson()) + "\n");
      NumbersFile.write(
          numbers == null ? place.root().resolve("docs/numbers.md") : numbers,
          "bench reliability",
          report.markdown());
    }
    if (json) {
      place.out().println(Json.write(report.toJson()));
    } else {
      report.markdown().forEach(place.out()::println);
    }
    return report.balanced() ? 0 : 1;
  }

  private void check() {
    List<String> problems = new ArrayList<>();
    if (kills < 1 || kills > 100_000) {
      problems.add("--kills must be 1 to 100000: " + kills);
    }
    if (deliveries < 100 || deliveries > 1_000_000) {
      problems.add("--deliveries must be 100 to 1000000: " + deliveries);
    }
    if (runs < 50 || runs > 1_000_000) {
      problems.add("--runs must be 50 to 1000000: " + runs);
    }
    if (interruptions < 1 || interruptions > 4) {
      problems.add("--interruptions must be 1 to 4: " + interruptions);
    }
    if (!problems.isEmpty()) {
      throw new Failure("Cannot prove reliability: " + String.join("; ", problems));
    }
  }
}
