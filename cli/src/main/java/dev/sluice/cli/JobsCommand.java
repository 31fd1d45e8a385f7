package dev.sluice.cli;

import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.json.Json;
import dev.sluice.slots.RunHistory;
import java.time.Duration;
import java.time.Instant;
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
import picocli.CommandLine.Parameters;

/** {@code sluice jobs}. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = {
      "List the declared jobs, when they run next, and how their last runs ended. With the name of"
          + " one, list more of its runs, with their reasons and logs."
    },
    footer = {
      "",
      "  ./sluice jobs",
      "  ./sluice jobs sensors/statistics",
      "  ./sluice jobs --endpoint aws --lake-bucket my-lake --json"
    })
final class JobsCommand implements Callable<Integer> {
  private static final int NEXT = 3;

  private final Console console;

  @Mixin private LakeOptions lake = new LakeOptions();

  @Parameters(paramLabel = "JOB", arity = "0..1", description = "Only this one.")
  private @Nullable String name;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "No runs of earlier slots (default: ${DEFAULT-VALUE}). " + Since.FORMS + ".")
  private String since = "30d";

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "How many runs of each (default: 1, of one job 20).")
  private @Nullable Integer runs;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  JobsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (ConnectedLake connected = lake.connect(console)) {
      Jobs jobs = Jobs.load(connected.root(), connected.datasets());
      List<JobDeclaration> listed =
          name == null ? List.copyOf(jobs.all()) : List.of(jobs.get(name));
      int most = runs != null ? runs : name == null ? 1 : 20;
      Instant from = Since.parse(since, connected.clock());
      RunHistory history = new RunHistory(connected.store(), connected.layout());
      Map<String, List<JobRun>> last = new LinkedHashMap<>();
      for (JobDeclaration job : listed) {
        last.put(job.name(), history.last(job.name(), whole(from), most));
      }
      Instant now = ClockCommand.now(connected.aws(), connected.clock());
      if (json) {
        console.out().println(Json.writePretty(json(listed, last, now)));
      } else if (name == null) {
        list(listed, last, now);
      } else {
        one(listed.get(0), last.get(name), now);
      }
    }
    return Main.OK;
  }

  private static Instant whole(Instant time) {
    return Instant.ofEpochSecond(Math.max(0, time.getEpochSecond()));
  }

  private void list(List<JobDeclaration> jobs, Map<String, List<JobRun>> last, Instant now) {
    if (jobs.isEmpty()) {
      console.out().println("No jobs are declared; docs/datasets.md says how.");
      return;
    }
    Table table = new Table("job", "schedule", "next", "last slot", "status", ">took");
    for (JobDeclaration job : jobs) {
      List<JobRun> of = last.getOrDefault(job.name(), List.of());
      table.row(
          job.name(),
          job.schedule().map(s -> s.expression() + " " + s.zone()).orElse("by hand"),
          job.schedule().flatMap(s -> s.next(now)).map(Instant::toString).orElse(""),
          of.isEmpty() ? "" : of.get(0).id().slot().time().toString(),
          of.isEmpty() ? "" : status(of.get(0)),
          of.isEmpty() ? "" : took(of.get(0)));
    }
    table.lines().forEach(console.out()::println);
  }

  private void one(JobDeclaration job, @Nullable List<JobRun> last, Instant now) {
    console.out().println(console.strong(job.name()) + "  " + job.title());
    if (!job.description().isEmpty()) {
      console.out().println(job.description());
    }
    console
        .out()
        .println(
            "writes "
                + String.join(", ", job.tables().stream().map(t -> "gold." + t.name()).toList())
                + "; "
                + job.schedule().map(s -> s.expression() + " " + s.zone()).orElse("by hand")
                + "; overlap: "
                + job.overlap().name().toLowerCase(Locale.ROOT));
    job.schedule()
        .ifPresent(s ->
            console
                .out()
                .println(
                    "next: "
                        + String.join(
                            ", ", s.next(now, NEXT).stream().map(Instant::toString).toList())));
    List<JobRun> runs = last == null ? List.of() : last;
    if (runs.isEmpty()) {
      console.out().println("It has not run.");
      return;
    }
    Table table = new Table("slot", ">attempt", "status", ">took", "reason", "logs");
    for (JobRun run : runs) {
      table.row(
          run.id().slot().time().toString(),
          String.valueOf(run.id().attempt()),
          status(run),
          took(run),
          run.reason(),
          run.logs());
    }
    console.out().println();
    table.lines().forEach(console.out()::println);
  }

  private static String status(JobRun run) {
    return run.status().name().toLowerCase(Locale.ROOT);
  }

  private static String took(JobRun run) {
    return run.duration().map(Units::duration).orElse("");
  }

  private static Map<String, @Nullable Object> json(
      List<JobDeclaration> jobs, Map<String, List<JobRun>> last, Instant now) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    for (JobDeclaration job : jobs) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("job", job.name());
      one.put("title", job.title());
      one.put("tables", job.tables().stream().map(t -> "gold." + t.name()).toList());
      one.put("schedule", job.schedule().map(s -> s.expression()).orElse(null));
      one.put("timezone", job.schedule().map(s -> s.zone().getId()).orElse(null));
      one.put("overlap", job.overlap().name().toLowerCase(Locale.ROOT));
      one.put("timeout_s", job.timeout().toSeconds());
      one.put(
          "next",
          job.schedule()
              .map(s -> s.next(now, NEXT).stream().map(Instant::toString).toList())
              .orElse(List.of()));
      one.put(
          "runs", last.getOrDefault(job.name(), List.of()).stream().map(JobRun::toJson).toList());
      all.add(one);
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("jobs", all);
    return json;
  }

  /** How long a run has taken so far, for people who wait. */
  static Duration since(JobRun run, Instant now) {
    return Duration.between(run.startedAt().or(run::launchedAt).orElse(run.askedAt()), now);
  }
}
