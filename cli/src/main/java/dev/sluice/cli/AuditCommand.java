package dev.sluice.cli;

import dev.sluice.books.Audit;
import dev.sluice.books.AuditReport;
import dev.sluice.books.AuditRequest;
import dev.sluice.books.Finding;
import dev.sluice.books.Redrive;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice audit}. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Compare what was uploaded with the ledger and with the files that exist, and name what"
          + " differs: uploads that no event announced, entries whose files are missing or whose"
          + " rows do not add up, files that no entry owns, and what dead attempts left.",
      "",
      "With --repair, ingest is asked to look at these uploads, through its queue, and files that"
          + " are certainly nobody's are deleted. Uploads are never touched.",
      "",
      "Exit codes: 0 nothing is left to mend, 1 findings are left, 2 the command line makes no sense."
    },
    footer = {
      "",
      "  ./sluice audit",
      "  ./sluice audit --dataset sensors --since 2d --repair",
      "  ./sluice audit --endpoint aws --raw-bucket my-raw --lake-bucket my-lake --no-rows --json"
    })
final class AuditCommand implements Callable<Integer> {
  private static final int SHOWN = 10;

  private final Console console;
  private final Duration leastSafeAge;

  @Mixin private LakeOptions lake = new LakeOptions();

  @Option(names = "--dataset", paramLabel = "NAME", description = "Only this dataset.")
  private @Nullable String dataset;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only uploads of which anything was stored since then. " + Since.FORMS + ".")
  private @Nullable String since;

  @Option(names = "--repair", description = "Mend what can be mended.")
  private boolean repair;

  @Option(
      names = "--grace",
      paramLabel = "SPAN",
      description =
          "How old an upload is before it counts as unannounced (default: ${DEFAULT-VALUE}).")
  private String grace = AuditRequest.GRACE.toMinutes() + "m";

  @Option(
      names = "--safe-age",
      paramLabel = "SPAN",
      description =
          "How old a file that nobody owns is before it is swept; never less than the life of an"
              + " attempt (default: ${DEFAULT-VALUE}).")
  private String safeAge = AuditRequest.SAFE_AGE.toHours() + "h";

  @Option(
      names = "--no-rows",
      description = "Do not read the rows of each file; saves a request for each.")
  private boolean noRows;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  AuditCommand(Console console) {
    this(console, AuditRequest.LEAST_SAFE_AGE);
  }

  AuditCommand(Console console, Duration leastSafeAge) {
    this.console = console;
    this.leastSafeAge = leastSafeAge;
  }

  @Override
  public Integer call() throws IOException {
    Duration age = Since.age("--safe-age", safeAge);
    if (age.compareTo(leastSafeAge) < 0) {
      throw Failure.usage(
          "Cannot sweep files that young: an attempt may still need them: "
              + safeAge
              + ". Use "
              + leastSafeAge.toMinutes()
              + "m or more.");
    }
    try (ConnectedLake connected = lake.connect(console)) {
      return run(
          connected,
          new AuditRequest(
              Optional.ofNullable(dataset),
              Optional.ofNullable(since).map(text -> Since.parse(text, connected.clock())),
              repair,
              !noRows,
              Since.age("--grace", grace),
              age,
              Instant.MAX));
    }
  }

  private int run(ConnectedLake connected, AuditRequest request) throws IOException {
    Path scratch = Files.createTempDirectory("sluice-audit-");
    AuditReport report;
    try {
      report =
          new Audit(
                  connected.store(),
                  connected.datasets(),
                  new Redrive(connected.ingestQueue(), connected.clock()),
                  Audit.Config.of(connected.layout(), scratch),
                  connected.clock())
              .run(request, this::progress);
    } finally {
      console.status("");
      Files.deleteIfExists(scratch);
    }
    if (json) {
      console.out().println(Json.writePretty(json(report)));
    } else {
      print(report);
    }
    return report.clean() ? Main.OK : Main.FAILED;
  }

  private void progress(long listed, long checked) {
    console.status(
        checked == 0
            ? "listed " + Units.count(listed)
            : "listed " + Units.count(listed) + ", checked " + Units.count(checked));
  }

  private void print(AuditReport report) {
    console
        .out()
        .println(
            Units.count(report.objects())
                + " uploads, "
                + Units.count(report.entries())
                + " ledger entries, "
                + Units.count(report.files())
                + " files, "
                + Units.count(report.intents())
                + " intents; "
                + Units.duration(report.duration()));
    List<Finding.Kind> kinds =
        List.of(Finding.Kind.values()).stream()
            .filter(kind -> report.totals().get(kind).count() > 0)
            .toList();
    if (!kinds.isEmpty()) {
      Table table = new Table("found", ">count", ">files", ">bytes", "");
      for (Finding.Kind kind : kinds) {
        AuditReport.Total total = report.totals().get(kind);
        table.row(
            name(kind),
            Units.count(total.count()),
            Units.count(total.files()),
            Units.bytes(total.bytes()),
            state(kind, total));
      }
      console.out().println();
      table.lines().forEach(console.out()::println);
    }
    for (Finding.Kind kind : kinds) {
      List<Finding> named = report.named().stream().filter(f -> f.kind() == kind).toList();
      console.out().println("\n" + console.strong(name(kind)));
      for (Finding finding : named.subList(0, Math.min(SHOWN, named.size()))) {
        console.out().println("  " + finding.object() + console.faint("  " + finding.detail()));
      }
      long more = report.totals().get(kind).count() - Math.min(SHOWN, named.size());
      if (more > 0) {
        console.out().println("  and " + Units.count(more) + " more");
      }
    }
    console.out().println("\n" + verdict(report));
  }

  private String state(Finding.Kind kind, AuditReport.Total total) {
    if (!kind.defect()) {
      return "for information";
    }
    if (total.mended() == 0) {
      return console.bad("to be mended");
    }
    String how = kind == Finding.Kind.ORPHAN ? "swept" : "handed to ingest";
    return total.mended() == total.count()
        ? console.good(how)
        : Units.count(total.mended()) + " " + how;
  }

  private String verdict(AuditReport report) {
    if (!report.clean()) {
      return console.bad(
          repair
              ? "Some findings are left; run the audit again when ingest is done."
              : "Run it again with --repair to mend what can be mended.");
    }
    return console.good(
        report.redriven() + report.swept() == 0
            ? "The books balance."
            : "Mended: "
                + Units.count(report.redriven())
                + " uploads handed to ingest, "
                + Units.count(report.swept())
                + " files swept ("
                + Units.bytes(report.sweptBytes())
                + "). Run the audit again when ingest is done.");
  }

  private static String name(Finding.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static Map<String, @Nullable Object> json(AuditReport report) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("clean", report.clean());
    json.put("complete", report.complete());
    json.put("objects", report.objects());
    json.put("entries", report.entries());
    json.put("files", report.files());
    json.put("intents", report.intents());
    json.put("checked", report.checked());
    json.put("redriven", report.redriven());
    json.put("swept", report.swept());
    json.put("swept_bytes", report.sweptBytes());
    json.put(
        "oldest_unannounced_s", report.oldestUnannounced().map(Duration::toSeconds).orElse(null));
    json.put("duration_ms", report.duration().toMillis());
    Map<String, @Nullable Object> totals = new LinkedHashMap<>();
    for (Finding.Kind kind : Finding.Kind.values()) {
      AuditReport.Total total = report.totals().get(kind);
      totals.put(
          kind.name(),
          Map.of(
              "count", total.count(),
              "files", total.files(),
              "bytes", total.bytes(),
              "mended", total.mended()));
    }
    json.put("totals", totals);
    List<Map<String, @Nullable Object>> named = new ArrayList<>();
    for (Finding finding : report.named()) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("kind", finding.kind().name());
      one.put("dataset", finding.dataset());
      one.put("object", finding.object().toString());
      one.put("detail", finding.detail());
      one.put("since", finding.since().map(Instant::toString).orElse(null));
      one.put("remedy", finding.remedy().name());
      named.add(one);
    }
    json.put("findings", named);
    return json;
  }
}
