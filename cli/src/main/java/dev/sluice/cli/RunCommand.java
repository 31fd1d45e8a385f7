package dev.sluice.cli;

import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.Jobs;
import dev.sluice.slots.Journal;
import dev.sluice.slots.Launcher;
import dev.sluice.slots.SlotsConfig;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Run a job by hand, as its schedule does: the same step, the same lease, the same overlap with"
          + " other runs. A slot that was run well, or is under way, is not run again.",
      "",
      "Exit codes: 0 it is launched, or with --wait it ended well; 1 it did not; 2 the command line"
          + " makes no sense."
    },
    footer = {
      "",
      "  ./sluice run sensors/statistics --wait",
      "  ./sluice run sensors/statistics --slot 2026-11-21T02:00:00Z",
      "  ./sluice run sensors/statistics --full --endpoint aws --lake-bucket my-lake"
    })
final class RunCommand implements Callable<Integer> {
  private static final long LOOK_SECONDS = 2;

  private final Console console;

  @Mixin private LakeOptions lake = new LakeOptions();

  @Parameters(paramLabel = "JOB", description = "The job, dataset/name.")
  private String name = "";

  @Option(
      names = "--slot",
      paramLabel = "TIME",
      description = "The slot to run, as 2026-11-21T02:00:00Z (default: one of its own, now).")
  private @Nullable String slot;

  @Option(names = "--full", description = "Read everything, not only what changed.")
  private boolean full;

  @Option(names = "--wait", description = "Wait until it has ended.")
  private boolean waits;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Optional<Instant> time = Optional.ofNullable(slot).map(RunCommand::time);
    try (ConnectedLake connected = lake.connect(console)) {
      Jobs jobs = Jobs.load(connected.root(), connected.datasets());
      jobs.get(name);
      LaunchPlace place = place(connected);
      Launcher launcher =
          new Launcher(
              connected.store(),
              connected.emr(),
              jobs,
              SlotsConfig.of(
                  connected.layout(),
                  EmrSettings.load(connected.root()),
                  place.place(),
                  place.code()),
              connected.clock(),
              Journal.NONE);
      Instant asked = connected.clock().instant();
      JobRun run = launcher.byHand(name, time.orElse(asked.truncatedTo(ChronoUnit.SECONDS)), full);
      if (run.askedAt().isBefore(asked)) {
        console.out().println("It was asked for before: " + run.askedAt());
      }
      console.out().println(run.id() + "  " + status(run));
      if (waits) {
        run = waited(launcher, run, connected);
      }
      return print(run);
    }
  }

  private JobRun waited(Launcher launcher, JobRun run, ConnectedLake connected)
      throws InterruptedException {
    JobRun now = run;
    try {
      while (now.open()) {
        console.status(
            status(now)
                + " for "
                + Units.duration(JobsCommand.since(now, connected.clock().instant())));
        TimeUnit.SECONDS.sleep(LOOK_SECONDS);
        now = launcher.look(run.id());
      }
    } finally {
      console.status("");
    }
    console
        .out()
        .println(
            now.id()
                + "  "
                + status(now)
                + now.duration().map(d -> " in " + Units.duration(d)).orElse(""));
    return now;
  }

  private int print(JobRun run) {
    if (!run.reason().isEmpty()) {
      console.out().println("  " + run.reason());
    }
    if (!run.logs().isEmpty()) {
      console.out().println("  logs: " + run.logs());
    }
    boolean well = run.status() == JobRun.Status.SUCCEEDED || (run.open() && !waits);
    return well ? Main.OK : Main.FAILED;
  }

  private static String status(JobRun run) {
    return run.status().name().toLowerCase(Locale.ROOT);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text).truncatedTo(ChronoUnit.SECONDS);
    } catch (DateTimeException e) {
      throw Failure.usage("Cannot run the slot: no time as 2026-11-21T02:00:00Z: " + text + ".");
    }
  }

  /** What the functions know by their environment. */
  private static LaunchPlace place(ConnectedLake connected) {
    return connected
        .launchPlace()
        .orElseThrow(() ->
            new Failure(
                "Cannot run jobs: the lake does not say where to: there is no "
                    + connected.launchPlaceName()
                    + ". The function record leaves it there when it looks after runs, every five"
                    + " minutes; is it deployed?"));
  }
}
