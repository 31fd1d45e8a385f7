package dev.sluice.cli;

import dev.sluice.cli.Acceptance.Outcome;
import dev.sluice.cli.Acceptance.Step;
import dev.sluice.model.json.Json;
import dev.sluice.simulate.Simulators;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice accept}. */
@Command(
    name = "accept",
    mixinStandardHelpOptions = true,
    description = {
      "Try a lake from outside, through nothing but AWS's APIs: upload simulated records, wait"
          + " until the books balance, look at the Parquet, overwrite, ask, delete.",
      "",
      "The target is a local lake that is started for it; or what --endpoint or SLUICE_ENDPOINT"
          + " names: a LocalStack-compatible server, or AWS itself with --endpoint aws. What such a"
          + " server does not have is said, and is no failure unless --strict is given.",
      "",
      "The simulated records go into the dataset's table; where the dataset keeps the rows of"
          + " deleted uploads they stay there, so take a stage of its own on AWS.",
      "",
      "Exit codes: 0 all that could be tried passed, 1 something did not, 2 the command line makes no"
          + " sense."
    },
    footer = {
      "",
      "  ./sluice accept",
      "  SLUICE_ENDPOINT=http://localhost:4566 ./sluice accept",
      "  ./sluice accept --endpoint aws --raw-bucket my-raw --lake-bucket my-lake --strict"
    })
final class AcceptCommand implements Callable<Integer> {
  static final String ENDPOINT = "SLUICE_ENDPOINT";

  private final Console console;

  @Mixin private LakeOptions lake = new LakeOptions();

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description = "One that can be simulated (default: ${DEFAULT-VALUE}).")
  private String dataset = "sensors";

  @Option(
      names = "--records",
      paramLabel = "N",
      description = "How many records to upload (default: ${DEFAULT-VALUE}).")
  private long records = 2_000;

  @Option(
      names = "--wait",
      paramLabel = "SPAN",
      description = "How long to wait for an upload to be ingested (default: ${DEFAULT-VALUE}).")
  private String patience = "3m";

  @Option(names = "--strict", description = "What the target does not have is a failure.")
  private boolean strict;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  AcceptCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (!Simulators.names().contains(dataset)) {
      throw Failure.usage(
          "Cannot simulate the dataset: " + dataset + ". There are: " + Simulators.names());
    }
    if (records < 100 || records > 1_000_000) {
      throw Failure.usage(
          "Cannot upload so many records: --records is from 100 to 1000000: " + records);
    }
    Duration wait = Since.age("--wait", patience);
    String named = lake.endpoint().isEmpty() ? variable() : lake.endpoint();
    if (!named.isEmpty()) {
      try (ConnectedLake connected = lake.at(named).connect(console)) {
        return accept(connected, wait, strict);
      }
    }
    try (Ending ending = new Ending()) {
      Path folder = Folders.temporary(ending, "sluice-accept-");
      LocalLake own =
          ending.closing(LocalLake.start(console, folder, 0, console.root().resolve("datasets")));
      try (ConnectedLake connected = lake.at(own.aws().address()).connect(console)) {
        return accept(connected, wait, true);
      }
    }
  }

  private String variable() {
    return console.environment().getOrDefault(ENDPOINT, "").strip();
  }

  private int accept(ConnectedLake connected, Duration wait, boolean all)
      throws IOException, InterruptedException {
    List<Step> steps =
        new Acceptance(
                console,
                connected,
                connected.datasets().get(dataset),
                records,
                wait,
                step -> {
                  if (!json) {
                    print(step);
                  }
                })
            .run();
    boolean failed =
        steps.stream()
            .anyMatch(step ->
                step.outcome() == Outcome.FAILED || all && step.outcome() != Outcome.PASSED);
    if (json) {
      console.out().println(Json.write(json(connected, steps)));
    } else {
      summary(connected, steps);
    }
    return failed ? Main.FAILED : Main.OK;
  }

  private void print(Step step) {
    String sign =
        switch (step.outcome()) {
          case PASSED -> console.good("✓");
          case FAILED -> console.bad("✗");
          case UNAVAILABLE, NOT_TRIED -> console.faint("–");
        };
    String what = step.service() + ": " + step.what();
    console
        .out()
        .println(
            "  "
                + sign
                + " "
                + what
                + " ".repeat(Math.max(2, 62 - what.length()))
                + console.faint(Units.duration(step.took())));
    console
        .out()
        .println(
            "      "
                + (step.outcome() == Outcome.UNAVAILABLE ? "not there: " : "")
                + step.detail());
  }

  private void summary(ConnectedLake connected, List<Step> steps) {
    Map<Outcome, Long> counts = new LinkedHashMap<>();
    for (Outcome outcome : Outcome.values()) {
      counts.put(outcome, steps.stream().filter(step -> step.outcome() == outcome).count());
    }
    console.out().println();
    console
        .out()
        .println(
            connected.aws().address()
                + ": "
                + counts.get(Outcome.PASSED)
                + " of "
                + steps.size()
                + " steps passed, "
                + counts.get(Outcome.FAILED)
                + " failed, "
                + counts.get(Outcome.UNAVAILABLE)
                + " are not there, "
                + counts.get(Outcome.NOT_TRIED)
                + " not tried.");
  }

  private static Map<String, @Nullable Object> json(ConnectedLake connected, List<Step> steps) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (Step step : steps) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("service", step.service());
      one.put("what", step.what());
      one.put("outcome", step.outcome().name().toLowerCase(Locale.ROOT));
      one.put("detail", step.detail());
      one.put("seconds", step.took().toMillis() / 1000.0);
      all.add(one);
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("target", connected.aws().address());
    document.put("steps", all);
    return document;
  }
}
