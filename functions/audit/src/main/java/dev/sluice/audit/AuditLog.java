package dev.sluice.audit;

import dev.sluice.aws.Invocations;
import dev.sluice.books.AuditReport;
import dev.sluice.books.AuditRequest;
import dev.sluice.books.Finding;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.AuditMetrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object for an audit, from which CloudWatch takes the metrics by itself (its embedded
 * metric format). Findings are named, nothing in it comes out of an upload.
 */
final class AuditLog {
  /** A line of more than 256 KB is cut by CloudWatch, and then no JSON any more. */
  private static final int NAMED = 50;

  private final Consumer<String> lines;

  AuditLog(Consumer<String> lines) {
    this.lines = lines;
  }

  /** An audit that came to a report. */
  void done(String requestId, Instant at, AuditRequest request, AuditReport report) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("level", report.clean() ? "INFO" : "WARN");
    line.put("request_id", requestId);
    line.put("action", "AUDITED");
    line.put("since", request.since().map(Instant::toString).orElse(null));
    line.put("repair", request.repair());
    line.putAll(summary(report));
    List<Map<String, @Nullable Object>> named = new ArrayList<>();
    for (Finding finding : report.named().subList(0, Math.min(NAMED, report.named().size()))) {
      Map<String, @Nullable Object> one = new LinkedHashMap<>();
      one.put("kind", finding.kind().name());
      one.put("dataset", finding.dataset());
      one.put("bucket", finding.object().bucket());
      one.put("key", finding.object().key());
      one.put("remedy", finding.remedy().name());
      named.add(one);
    }
    line.put("findings", named);
    Map<String, Number> metrics = new LinkedHashMap<>();
    metrics.put(AuditMetrics.OBJECTS, report.objects());
    metrics.put(AuditMetrics.UNANNOUNCED, count(report, Finding.Kind.UNANNOUNCED));
    metrics.put(
        AuditMetrics.OLDEST_UNANNOUNCED,
        report.oldestUnannounced().map(Duration::toSeconds).orElse(0L));
    metrics.put(
        AuditMetrics.UNBALANCED,
        count(report, Finding.Kind.UNBALANCED)
            + count(report, Finding.Kind.SEVERAL_VERSIONS)
            + count(report, Finding.Kind.DAMAGED_BOOKS));
    metrics.put(AuditMetrics.MISSING_FILES, count(report, Finding.Kind.MISSING_FILES));
    metrics.put(AuditMetrics.ORPHANS, count(report, Finding.Kind.ORPHAN));
    metrics.put(
        AuditMetrics.REPAIRED,
        report.totals().values().stream().mapToLong(AuditReport.Total::mended).sum());
    write(line, at, request.dataset().orElse(""), report.complete(), report.duration(), metrics);
  }

  /** An audit that came to none. */
  void failed(String requestId, Instant at, String dataset, Throwable error, Duration duration) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("level", "ERROR");
    line.put("request_id", requestId);
    line.put("action", "FAILED");
    Invocations.describe(error, line);
    write(line, at, dataset, false, duration, Map.of());
  }

  private void write(
      Map<String, @Nullable Object> line,
      Instant at,
      String dataset,
      boolean complete,
      Duration duration,
      Map<String, Number> counts) {
    Map<String, Number> metrics = new LinkedHashMap<>(counts);
    metrics.put(AuditMetrics.COMPLETE, complete ? 1 : 0);
    metrics.put(AuditMetrics.DURATION, duration.toMillis());
    if (!dataset.isEmpty()) {
      line.put(AuditMetrics.DATASET, dataset);
    }
    line.put(
        "_aws",
        Map.of(
            "Timestamp",
            at.toEpochMilli(),
            "CloudWatchMetrics",
            List.of(
                Map.of(
                    "Namespace",
                    AuditMetrics.NAMESPACE,
                    "Dimensions",
                    List.of(dataset.isEmpty() ? List.of() : List.of(AuditMetrics.DATASET)),
                    "Metrics",
                    metrics.keySet().stream()
                        .map(name -> Map.of("Name", name, "Unit", unit(name)))
                        .toList()))));
    line.putAll(metrics);
    lines.accept(Json.write(line));
  }

  private static String unit(String metric) {
    return switch (metric) {
      case AuditMetrics.OLDEST_UNANNOUNCED -> "Seconds";
      case AuditMetrics.DURATION -> "Milliseconds";
      default -> "Count";
    };
  }

  private static long count(AuditReport report, Finding.Kind kind) {
    return report.totals().get(kind).count();
  }

  /** What the function answers, too. */
  static Map<String, @Nullable Object> summary(AuditReport report) {
    Map<String, @Nullable Object> summary = new LinkedHashMap<>();
    summary.put("complete", report.complete());
    summary.put("clean", report.clean());
    summary.put("objects", report.objects());
    summary.put("checked", report.checked());
    summary.put("redriven", report.redriven());
    summary.put("swept", report.swept());
    Map<String, Long> found = new LinkedHashMap<>();
    for (Finding.Kind kind : Finding.Kind.values()) {
      if (count(report, kind) > 0) {
        found.put(kind.name(), count(report, kind));
      }
    }
    summary.put("found", found);
    return summary;
  }
}
