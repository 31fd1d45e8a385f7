package dev.sluice.cli;

import dev.sluice.books.Quarantine;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.QuarantineRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice quarantine}. */
@Command(
    name = "quarantine",
    mixinStandardHelpOptions = true,
    description = {
      "Say why records are in quarantine: how many, by reason, field and rule, and where an example"
          + " is. The records' text is shown only with --raw.",
      "",
      "Reads the quarantine files that the ledger lists, without starting a query engine. For other"
          + " questions there is the table ops.quarantine."
    },
    footer = {
      "",
      "  ./sluice quarantine --dataset sensors --since 2d",
      "  ./sluice quarantine --dataset sensors --reason RULE_VIOLATED --raw --limit 5",
      "  ./sluice quarantine --dataset sensors --json --endpoint aws"
    })
final class QuarantineCommand implements Callable<Integer> {
  /** More kinds of faults are counted together: names of unknown fields come from the data. */
  private static final int MOST = 10_000;

  private static final int RAW_SHOWN = 200;

  private final Console console;

  @Mixin private final SelectionOptions what = new SelectionOptions();
  @Mixin private final LakeOptions where = new LakeOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Show the N most frequent kinds (default: ${DEFAULT-VALUE}).")
  private int limit = 20;

  @Option(names = "--raw", description = "Show the text of the example: it may be confidential.")
  private boolean raw;

  @Option(names = "--json", description = "One JSON object for each kind, for programs.")
  private boolean json;

  QuarantineCommand(Console console) {
    this.console = console;
  }

  /** A kind of fault. Array indexes are left out of the field. */
  private record Kind(String reason, String field, String rule) {
    private static final Kind OTHERS = new Kind("(others)", "", "");

    static Kind of(QuarantineRecord record) {
      return new Kind(
          record.reason().name(), record.field().replaceAll("\\[[0-9]+]", "[]"), record.rule());
    }
  }

  /** How many there are, and the first that was met. */
  private static final class Group {
    private final QuarantineRecord example;
    private long count;

    Group(QuarantineRecord example) {
      this.example = example;
    }
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw Failure.usage("Cannot show so many kinds: --limit is 1 or more: " + limit);
    }
    Map<Kind, Group> groups = new HashMap<>();
    long[] records = new long[1];
    long objects;
    try (ConnectedLake lake = where.connect(console)) {
      objects =
          new Quarantine(lake.store(), lake.layout())
              .read(
                  what.selection(lake),
                  record -> {
                    Kind kind = Kind.of(record);
                    groups.computeIfAbsent(
                            groups.containsKey(kind) || groups.size() < MOST ? kind : Kind.OTHERS,
                            k -> new Group(record))
                        .count++;
                    if (++records[0] % 10_000 == 0) {
                      console.status(Units.count(records[0]) + " records");
                    }
                  });
    }
    console.status("");
    List<Map.Entry<Kind, Group>> sorted = new ArrayList<>(groups.entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<Kind, Group> e) -> -e.getValue().count)
            .thenComparing(e -> e.getKey().toString()));
    List<Map.Entry<Kind, Group>> shown = sorted.subList(0, Math.min(limit, sorted.size()));
    if (json) {
      shown.forEach(e -> console.out().println(Json.write(line(e.getKey(), e.getValue()))));
    } else {
      print(shown);
      console
          .out()
          .println(
              (shown.isEmpty() ? "" : "\n")
                  + Units.count(records[0])
                  + " records in quarantine, of "
                  + Units.count(objects)
                  + " objects"
                  + (shown.size() < sorted.size()
                      ? "; " + (sorted.size() - shown.size()) + " more kinds, see --limit."
                      : "."));
    }
    return Main.OK;
  }

  private void print(List<Map.Entry<Kind, Group>> shown) {
    if (shown.isEmpty()) {
      return;
    }
    List<String> head =
        new ArrayList<>(List.of("reason", "field", "rule", ">records", "example", "message"));
    if (raw) {
      head.add("text");
    }
    Table table = new Table(head);
    shown.forEach(e -> {
      QuarantineRecord example = e.getValue().example;
      List<String> row =
          new ArrayList<>(
              List.of(
                  e.getKey().reason(),
                  e.getKey().field(),
                  e.getKey().rule(),
                  Units.count(e.getValue().count),
                  example.source() + " line " + example.line(),
                  example.message()));
      if (raw) {
        row.add(example.raw().substring(0, Math.min(RAW_SHOWN, example.raw().length())));
      }
      table.row(row);
    });
    table.lines().forEach(console.out()::println);
  }

  private Map<String, @Nullable Object> line(Kind kind, Group group) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("reason", kind.reason());
    line.put("field", kind.field());
    line.put("rule", kind.rule());
    line.put("records", group.count);
    Map<String, @Nullable Object> example = group.example.toJson();
    if (!raw) {
      example.remove("raw");
      example.remove("raw_base64");
    }
    line.put("example", example);
    return line;
  }
}
