package dev.sluice.cli;

import dev.sluice.books.Attempt;
import dev.sluice.books.Conversions;
import dev.sluice.books.Ingest;
import dev.sluice.books.Reload;
import dev.sluice.books.Replay;
import dev.sluice.books.Scratch;
import dev.sluice.books.Selection;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.Reason;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice replay}. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Try quarantined records again, under the declarations as they are now. What fits moves to its"
          + " table and leaves quarantine, exactly once, also when this command is killed and run"
          + " again.",
      "",
      "Only what a declaration or a limit can change is tried; text that is broken stays. Deploy the"
          + " changed declaration before you replay.",
      "",
      "With --whole, objects are loaded again with all their records, without a time limit: loaded ones,"
          + " refused ones (SOURCE_TOO_LARGE, ...), and those that were uploaded before the dataset was"
          + " declared. Objects whose upload is gone are named and left as they are."
    },
    footer = {
      "",
      "Exit codes: 0 all objects were seen to, 1 some were not, 2 usage. Ctrl-C finishes the object at"
          + " hand.",
      "",
      "  ./sluice replay --dataset sensors --since 2d --dry-run",
      "  ./sluice replay --dataset sensors --reason MISSING_FIELD",
      "  ./sluice replay --dataset sensors --object sensors/a.json --endpoint aws",
      "  ./sluice replay --dataset sensors --object sensors/huge.json.gz --whole"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final long LAST_OBJECT_MINUTES = 30;

  private final Console console;

  @Spec private CommandLine.Model.CommandSpec command;

  @Mixin private final SelectionOptions what = new SelectionOptions();
  @Mixin private final LakeOptions where = new LakeOptions();

  @Option(names = "--dry-run", description = "Say what would fit, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--whole",
      description = "Load whole objects again, not quarantined records only.")
  private boolean whole;

  @Option(names = "--json", description = "One JSON object for each object, for programs.")
  private boolean json;

  ReplayCommand(Console console) {
    this.console = console;
  }

  /** What is said at the end. */
  private static final class Total {
    private long objects;
    private long changed;
    private long tried;
    private long moved;
    private boolean failed;
    private final Map<Reason, Long> left = new TreeMap<>();

    void add(Replay.Result result) {
      objects++;
      changed += result.action() == Replay.Action.REPLAYED ? 1 : 0;
      tried += result.tried();
      moved += result.moved();
      failed |= result.action() == Replay.Action.FAILED || result.action() == Replay.Action.SKIPPED;
      result.left().forEach((reason, count) -> left.merge(reason, count, Long::sum));
    }
  }

  @Override
  public Integer call() throws IOException {
    try (ConnectedLake lake = where.connect(console);
        Ending ending = new Ending()) {
      Selection selection = what.selection(lake);
      if (whole && selection.reason().isPresent()) {
        throw new CommandLine.ParameterException(
            command.commandLine(),
            "--reason selects records, and --whole loads all of an object's.");
      }
      CountDownLatch told = new CountDownLatch(1);
      ending.add(() -> told.await(LAST_OBJECT_MINUTES, TimeUnit.MINUTES));
      Path scratch = Scratch.prepare(Path.of(System.getProperty("java.io.tmpdir")));
      try {
        return run(lake, selection, scratch);
      } finally {
        Files.deleteIfExists(scratch);
        told.countDown();
      }
    }
  }

  private int run(ConnectedLake lake, Selection selection, Path scratch) {
    Converter converter =
        new Converter(
            lake.datasets().get(selection.dataset()),
            ConvertOptions.defaults().withLimits(lake.limits()));
    Conversions conversions =
        (dataset, source, data, quarantine, progress) ->
            converter.convert(source, data, quarantine, progress);
    Ingest.Config config = new Ingest.Config(lake.layout(), Catalog.SILVER, scratch, version());
    String run = "replay-" + lake.clock().millis() + "-" + ProcessHandle.current().pid() + "-";
    Total total = new Total();
    Supplier<Attempt> attempts = () -> Attempt.withoutEnd(run + total.objects);
    Consumer<Replay.Result> results =
        result -> {
          total.add(result);
          tell(result);
          console.status(
              Units.count(total.objects)
                  + " objects, "
                  + Units.count(total.moved)
                  + " records fit");
        };
    if (whole) {
      new Reload(
              lake.store(), lake.partitions(), conversions, lake.datasets(), config, lake.clock())
          .run(selection, dryRun, attempts, Ending::isUnderway, results);
    } else {
      new Replay(
              lake.store(), lake.partitions(), conversions, lake.datasets(), config, lake.clock())
          .run(selection, dryRun, attempts, Ending::isUnderway, results);
    }
    console.status("");
    if (!json) {
      sum(total);
    }
    return total.failed || Ending.isUnderway() ? Main.FAILED : Main.OK;
  }

  private void tell(Replay.Result result) {
    if (json) {
      Map<String, @Nullable Object> line = new LinkedHashMap<>();
      line.put("key", result.key());
      line.put("version", result.version());
      line.put("action", result.action().name());
      line.put("dry_run", dryRun);
      line.put("tried", result.tried());
      line.put("moved", result.moved());
      line.put(
          "left",
          new TreeMap<>(
              result.left().entrySet().stream()
                  .collect(Collectors.toMap(e -> e.getKey().name(), Map.Entry::getValue))));
      line.put("message", result.message());
      console.out().println(Json.write(line));
    } else if (!result.message().isEmpty()) {
      console.status("");
      console.err().println(result.key() + ": " + result.message());
    }
  }

  private void sum(Total total) {
    Table table = new Table("", ">records");
    table.row(dryRun ? "tried, without changing anything" : "tried", Units.count(total.tried));
    table.row(
        whole
            ? dryRun ? "would be in their table" : "in their table"
            : dryRun ? "would move to their table" : "moved to their table",
        Units.count(total.moved));
    total.left.forEach(
        (reason, count) -> table.row("still in quarantine: " + reason, Units.count(count)));
    table.lines().forEach(console.out()::println);
    console
        .out()
        .println(
            "\n"
                + Units.count(total.objects)
                + (whole ? " objects, " : " objects with quarantined records, ")
                + Units.count(total.changed)
                + (dryRun ? " would change." : " changed."));
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return (version == null ? "" : version + "/") + "replay";
  }
}
