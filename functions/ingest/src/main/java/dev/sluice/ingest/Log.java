package dev.sluice.ingest;

import dev.sluice.aws.Invocations;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.Outcome;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object per line: names, counts and durations, never what an object or event contains.
 */
final class Log {
  private final Consumer<String> lines;

  Log(Consumer<String> lines) {
    this.lines = lines;
  }

  /** What an event led to. */
  void done(Map<String, String> ids, ObjectEvent event, Outcome outcome, Duration duration) {
    Map<String, @Nullable Object> line = line("INFO", ids, event);
    line.put("action", outcome.action().name());
    outcome.entry().ifPresent(entry -> put(line, entry));
    line.put("withdrawn", outcome.withdrawn());
    line.put("duration_ms", duration.toMillis());
    lines.accept(Json.write(line));
  }

  private static void put(Map<String, @Nullable Object> line, LedgerEntry entry) {
    line.put("dataset", entry.dataset());
    line.put("version", entry.version());
    line.put("status", entry.status().name());
    if (!entry.reasonCode().isEmpty()) {
      line.put("reason_code", entry.reasonCode());
      line.put("message", entry.message());
    }
    line.put("records_read", entry.recordsRead());
    line.put("records_written", entry.recordsWritten());
    line.put("records_quarantined", entry.recordsQuarantined());
    line.put("files", entry.files().size());
    line.put("bytes_in", entry.bytesIn());
    line.put("bytes_out", entry.bytesOut());
  }

  /** An event that has to be delivered again. */
  void failed(
      Map<String, String> ids, @Nullable ObjectEvent event, Throwable error, Duration duration) {
    Map<String, @Nullable Object> line = line("ERROR", ids, event);
    line.put("action", "FAILED");
    Invocations.describe(error, line);
    line.put("duration_ms", duration.toMillis());
    lines.accept(Json.write(line));
  }

  /** A message that is given back untouched, or holds nothing to do. */
  void message(String level, Map<String, String> ids, String action, String message) {
    Map<String, @Nullable Object> line = line(level, ids, null);
    line.put("action", action);
    line.put("message", message);
    lines.accept(Json.write(line));
  }

  private static Map<String, @Nullable Object> line(
      String level, Map<String, String> ids, @Nullable ObjectEvent event) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("level", level);
    line.putAll(ids);
    if (event != null) {
      line.put("event", event.type());
      line.put("bucket", event.name().bucket());
      line.put("key", event.name().key());
      line.put("sequencer", event.sequencer());
    }
    return line;
  }
}
