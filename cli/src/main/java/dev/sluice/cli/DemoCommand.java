package dev.sluice.cli;

import dev.sluice.model.json.Json;
import dev.sluice.simulate.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "The main job once, here: start a local lake, simulate four workloads with some bad records,"
          + " upload them over S3, wait until they are ingested, query them through the Athena API,"
          + " compare every answer with the truth that the simulator knows, and do the same with"
          + " the gold tables that an EMR step of all scheduled jobs writes."
    },
    footer = {
      "",
      "Exit codes: 0 everything agreed, 1 something did not, or it failed, 2 usage.",
      "",
      "  ./sluice demo",
      "  ./sluice demo --records 200000 --keep"
    })
final class DemoCommand implements Callable<Integer> {
  private final Console console;
  private final UnaryOperator<Truth> truths;

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many records of each dataset (default: ${DEFAULT-VALUE}).")
  private long records = 20_000;

  @Option(
      names = "--bad",
      paramLabel = "RATE",
      description = "The part of them that belongs into quarantine (default: ${DEFAULT-VALUE}).")
  private double bad = 0.01;

  @Option(names = "--no-jobs", description = "Leave out the EMR step and the gold tables.")
  private boolean noJobs;

  @Option(
      names = "--keep",
      description = "Leave the lake running afterwards, for your own queries, until Ctrl-C.")
  private boolean keep;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the lake keeps its data; must be empty (default: a temporary folder).")
  private @Nullable Path data;

  @Option(names = "--json", description = "Print one JSON object instead of the tables.")
  private boolean json;

  DemoCommand(Console console) {
    this(console, UnaryOperator.identity());
  }

  /** With another truth to compare with. */
  DemoCommand(Console console, UnaryOperator<Truth> truths) {
    this.console = console;
    this.truths = truths;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (records < 1) {
      throw Failure.usage("Cannot run the demo: --records must be 1 or more: " + records);
    }
    long start = System.nanoTime();
    Path datasets = console.root().resolve("datasets");
    try (Memory memory = Memory.watch();
        Ending ending = new Ending()) {
      Path folder = data == null ? Folders.temporary(ending, "sluice-demo-") : fresh(data);
      Path scratch = Folders.temporary(ending, "sluice-demo-files-");
      LocalLake lake = ending.closing(LocalLake.start(console, folder, 0, datasets));
      if (!json) {
        console.out().println(console.strong("Sluice demo: upload JSON, query Parquet"));
        console.out().println();
        console
            .out()
            .println(
                step(
                    console,
                    "local lake answers at " + lake.aws().address(),
                    Duration.ofNanos(System.nanoTime() - start)));
      }
      Demo demo =
          new Demo(
              console,
              lake.aws(),
              datasets,
              lake.jobCode(),
              scratch,
              new Demo.Plan(records, bad, !noJobs),
              json,
              truths);
      boolean agreed = demo.run();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      if (json) {
        Map<String, @Nullable Object> result = demo.json();
        result.put("seconds", took.toMillis() / 1000.0);
        result.put(
            "peak_memory_bytes", memory.peak().isPresent() ? memory.peak().getAsLong() : null);
        result.put("processes", memory.processes());
        console.out().println(Json.write(result));
      } else {
        summary(demo, took, memory);
      }
      if (keep) {
        stay(lake);
        ending.await();
      }
      return agreed ? Main.OK : Main.FAILED;
    }
  }

  private void summary(Demo demo, Duration took, Memory memory) {
    long wrong = demo.checks().stream().filter(check -> !check.agrees()).count();
    int all = demo.checks().size();
    console
        .out()
        .println(
            (wrong == 0
                    ? console.good("All " + all + " answers agree with the truth.")
                    : console.bad(wrong + " of " + all + " answers are wrong."))
                + " "
                + Units.duration(took)
                + (memory.peak().isPresent()
                    ? ", peak memory "
                        + Units.bytes(memory.peak().getAsLong())
                        + " in "
                        + memory.processes()
                        + " processes"
                    : "")
                + ".");
  }

  private void stay(LocalLake lake) {
    console.err().println();
    console.err().println("The lake goes on until Ctrl-C. In another terminal:");
    console
        .err()
        .println(
            "  ./sluice sql --endpoint "
                + lake.aws().address()
                + " \"SELECT count(*) FROM silver.sensors\"");
  }

  private static Path fresh(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> inside = Files.list(folder)) {
      if (inside.findAny().isPresent()) {
        throw new Failure(
            "Cannot run the demo: its folder must be empty, so that nothing but the demo's own data"
                + " is counted: "
                + folder);
      }
    }
    return folder;
  }

  static String step(Console console, String what, Duration took) {
    String time = Units.duration(took);
    return "  "
        + console.good("✓")
        + " "
        + what
        + " ".repeat(Math.max(2, 72 - what.length() - time.length()))
        + console.faint(time);
  }
}
