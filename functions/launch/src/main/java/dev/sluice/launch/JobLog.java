package dev.sluice.launch;

import dev.sluice.aws.Invocations;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.RunId;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.JobMetrics;
import dev.sluice.slots.Journal;
import dev.sluice.slots.Reconciler;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object for everything that happens, from which CloudWatch takes the metrics by itself
 * (its embedded metric format).
 */
final class JobLog implements Journal {
  private final Consumer<String> lines;
  private final Clock clock;
  private String requestId = "";

  JobLog(Consumer<String> lines, Clock clock) {
    this.lines = lines;
    this.clock = clock;
  }

  /** A function has one invocation at a time. */
  void begin(String id) {
    requestId = id;
  }

  @Override
  public void tell(What what, RunId run, String detail) {
    Map<String, @Nullable Object> line =
        line(
            switch (what) {
              case FAILED, MISSED, ORPHAN -> "WARN";
              default -> "INFO";
            },
            what.name());
    line.put(JobMetrics.JOB, run.slot().job());
    line.put("run", run.toString());
    line.put("detail", detail);
    metric(what)
        .ifPresent(name -> metrics(line, Map.of(name, 1), List.of(List.of(), List.of("job"))));
    lines.accept(Json.write(line));
  }

  private static Optional<String> metric(Journal.What what) {
    return switch (what) {
      case LAUNCHED -> Optional.of(JobMetrics.LAUNCHED);
      case SUCCEEDED -> Optional.of(JobMetrics.SUCCEEDED);
      case FAILED -> Optional.of(JobMetrics.FAILED);
      case SKIPPED -> Optional.of(JobMetrics.SKIPPED);
      case MISSED -> Optional.of(JobMetrics.MISSED);
      case ORPHAN -> Optional.of(JobMetrics.ORPHANS);
      case ADOPTED, QUEUED, CANCELLED, STOPPED -> Optional.empty();
    };
  }

  /** A delivery was taken. */
  void delivered(JobRun run) {
    Map<String, @Nullable Object> line = line("INFO", "DELIVERED");
    line.put(JobMetrics.JOB, run.job());
    line.put("run", run.id().toString());
    line.put("status", run.status().name());
    lines.accept(Json.write(line));
  }

  /** An event was taken. */
  void heard(Optional<RunId> run) {
    Map<String, @Nullable Object> line = line("INFO", run.isPresent() ? "HEARD" : "IGNORED");
    run.ifPresent(id -> line.put("run", id.toString()));
    lines.accept(Json.write(line));
  }

  /** Everything was looked at, or what there was time for. */
  void reconciled(Reconciler.Report report) {
    Map<String, @Nullable Object> line = line("INFO", "RECONCILED");
    line.put("missed", report.missed());
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put(JobMetrics.OPEN, report.open());
    metrics.put(JobMetrics.COMPLETE, report.complete() ? 1 : 0);
    metrics(line, metrics, List.of(List.of()));
    lines.accept(Json.write(line));
  }

  /** An invocation failed. */
  void failed(Throwable error, boolean reconciling) {
    Map<String, @Nullable Object> line = line("ERROR", "INVOCATION_FAILED");
    Invocations.describe(error, line);
    if (reconciling) {
      metrics(line, Map.of(JobMetrics.COMPLETE, 0), List.of(List.of()));
    }
    lines.accept(Json.write(line));
  }

  private Map<String, @Nullable Object> line(String level, String action) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("level", level);
    line.put("request_id", requestId);
    line.put("action", action);
    return line;
  }

  private void metrics(
      Map<String, @Nullable Object> line,
      Map<String, ? extends Number> metrics,
      List<List<String>> dimensions) {
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            clock.millis(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    JobMetrics.NAMESPACE,
                    "Dimensions",
                    dimensions,
                    "Metrics",
                    metrics.keySet().stream()
                        .map(name -> Map.of("Name", name, "Unit", "Count"))
                        .toList()))));
    line.putAll(metrics);
  }
}
