package dev.sluice.cli;

import dev.sluice.model.catalog.SchemaPlan;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice schema plan}. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = {
      "Tell what a changed declaration means, before it is deployed: whether the files that are there"
          + " can still be read, column by column, and with --sample, what would become of the newest"
          + " uploads. Changes nothing.",
      "",
      "Verdicts: same, added (NULL in old files), widened, renamed (by \"aliases\"; NULL in old files"
          + " until their objects are loaded again), dropped, INCOMPATIBLE."
    },
    footer = {
      "",
      "Exit codes: 0 old files can be read, 1 failed, 2 usage, 3 incompatible.",
      "",
      "  ./sluice schema plan --dataset sensors --new /tmp/schema.avsc",
      "  ./sluice schema plan --dataset sensors --new my/datasets/sensors --sample 10000"
    })
final class SchemaPlanCommand implements Callable<Integer> {
  private static final int INCOMPATIBLE = 3;

  private final Console console;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "The dataset's name, as it is declared now.")
  private String dataset = "";

  @Option(
      names = "--new",
      required = true,
      paramLabel = "FILE",
      description = {
        "The changed schema, or the folder or dataset.yaml of the changed declaration. A schema",
        "takes the place of the one that dataset.yaml names now."
      })
  private Path changed = Path.of("");

  @Option(
      names = "--sample",
      paramLabel = "S",
      description = {
        "Convert the newest uploads with both declarations, whole objects until S records were",
        "read, and count whose fate would change. Needs the lake; without it none is asked."
      })
  private long sample;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Mixin private final LakeOptions where = new LakeOptions();

  SchemaPlanCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (sample < 0) {
      throw Failure.usage("Cannot plan: --sample must not be negative: " + sample + ".");
    }
    Path folder = where.root(console).resolve(dataset);
    if (!Files.exists(folder.resolve(DatasetLoader.FILE))) {
      throw Failure.usage(
          "Cannot plan: there is no such dataset: " + folder + ". Name one with --dataset.");
    }
    Dataset before = DatasetLoader.load(folder);
    Dataset after = changed(folder);
    SchemaPlan plan = SchemaPlan.between(before, after);
    Fates fates = new Fates(before, after);
    if (sample > 0) {
      try (ConnectedLake lake = where.connect(console)) {
        fates.sample(lake, sample);
      }
    }
    if (json) {
      console.out().println(Json.writePretty(document(plan, fates)));
    } else {
      print(plan, fates);
    }
    return plan.compatible() ? Main.OK : INCOMPATIBLE;
  }

  /** The changed declaration; a mere schema is read in the place of the one that there is. */
  private Dataset changed(Path folder) throws IOException {
    Path file = changed.toAbsolutePath().normalize();
    if (Files.isDirectory(file)) {
      return named(DatasetLoader.load(file));
    } else if (file.getFileName().toString().equals(DatasetLoader.FILE)) {
      return named(DatasetLoader.load(file.getParent()));
    } else if (!Files.isRegularFile(file)) {
      throw Failure.usage("Cannot plan: --new names no file: " + changed + ".");
    }
    Path copies = Files.createTempDirectory("sluice-plan");
    try {
      Path copy = copies.resolve(dataset);
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.toList()) {
          Files.copy(each, copy.resolve(folder.relativize(each).toString()));
        }
      }
      Files.copy(file, copy.resolve(schema(copy)), StandardCopyOption.REPLACE_EXISTING);
      return DatasetLoader.load(copy);
    } finally {
      Folders.delete(copies);
    }
  }

  private Dataset named(Dataset loaded) {
    if (!loaded.name().equals(dataset)) {
      throw Failure.usage(
          "Cannot plan: --new declares another dataset, "
              + loaded.name()
              + ". Compare "
              + dataset
              + " with a changed declaration of its own.");
    }
    return loaded;
  }

  private static String schema(Path folder) throws IOException {
    return Files.readAllLines(folder.resolve(DatasetLoader.FILE)).stream()
        .filter(line -> line.startsWith("schema:"))
        .map(line -> line.substring("schema:".length()).replaceAll("\\s+#.*", "").strip())
        .map(name -> name.replaceAll("^[\"']|[\"']$", ""))
        .findFirst()
        .orElse("schema.avsc");
  }

  private void print(SchemaPlan plan, Fates fates) {
    Table table = new Table("column", "now", "changed", "verdict", "");
    for (SchemaPlan.Change change : plan.changes()) {
      table.row(
          change.column(),
          shortened(change.before()),
          shortened(change.after()),
          word(change.verdict()),
          change.note());
    }
    table.lines().forEach(console.out()::println);
    console
        .out()
        .println(
            plan.compatible()
                ? "\nOld files can be read with the changed table."
                : "\nINCOMPATIBLE: queries of old files would fail, or miss some of them.");
    if (sample > 0) {
      fates(fates);
    }
  }

  private void fates(Fates fates) {
    console
        .out()
        .printf(
            "%nThe newest %s objects, %s records, under both declarations:%n%n",
            Units.count(fates.objects()), Units.count(fates.records()));
    Table table = new Table("", ">records", "");
    table.row("fit, as before", Units.count(fates.fitBoth()), "");
    fates
        .lost()
        .forEach((reason, count) ->
            table.row("fitted, would be quarantined", Units.count(count), reason));
    fates
        .won()
        .forEach((reason, count) ->
            table.row("was quarantined, would fit", Units.count(count), "was " + reason));
    table.row("quarantined, as before", Units.count(fates.quarantinedBoth()), "");
    table.lines().forEach(console.out()::println);
    fates.refused().forEach((key, why) -> console.out().println(key + ": " + why));
  }

  private static String word(SchemaPlan.Verdict verdict) {
    return verdict == SchemaPlan.Verdict.INCOMPATIBLE
        ? verdict.name()
        : verdict.name().toLowerCase(Locale.ROOT);
  }

  private static String shortened(String type) {
    return type.length() <= 40 ? type : type.substring(0, 39) + "…";
  }

  private Map<String, @Nullable Object> document(SchemaPlan plan, Fates fates) {
    List<Object> columns = new ArrayList<>();
    for (SchemaPlan.Change change : plan.changes()) {
      Map<String, @Nullable Object> column = new LinkedHashMap<>();
      column.put("column", change.column());
      column.put("now", change.before());
      column.put("changed", change.after());
      column.put("verdict", change.verdict().name());
      column.put("note", change.note());
      columns.add(column);
    }
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("dataset", dataset);
    document.put("compatible", plan.compatible());
    document.put("columns", columns);
    if (sample > 0) {
      Map<String, @Nullable Object> sampled = new LinkedHashMap<>();
      sampled.put("objects", fates.objects());
      sampled.put("records", fates.records());
      sampled.put("fit_both", fates.fitBoth());
      sampled.put("quarantined_both", fates.quarantinedBoth());
      sampled.put("fit_to_quarantine", fates.lost());
      sampled.put("quarantine_to_fit", fates.won());
      sampled.put("refused_objects", fates.refused());
      document.put("sample", sampled);
    }
    return document;
  }
}
