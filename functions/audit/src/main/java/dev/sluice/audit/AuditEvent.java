package dev.sluice.audit;

import dev.sluice.books.AuditRequest;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what the function is called with: a JSON object, all of whose fields may be left out. */
final class AuditEvent {
  /** What is looked at when nothing is said: many times what passes between two audits. */
  private static final Duration RECENT = Duration.ofDays(2);

  private static final List<String> FIELDS = List.of("dataset", "since", "full", "repair");

  private AuditEvent() {}

  /**
   * @param event {@code dataset}: only that one; {@code since}: an instant, or how long before now
   *     as in {@code P7D}; {@code full}: true for all that was ever uploaded; {@code repair}
   * @param repair whether to mend what is found when the event does not say
   * @throws SluiceException {@code INVALID_SETTINGS} naming everything that is wrong
   */
  static AuditRequest request(String event, boolean repair, Instant now, Instant stop) {
    List<String> problems = new ArrayList<>();
    Map<String, @Nullable Object> json = Map.of();
    try {
      json = Json.parseObject(event);
    } catch (IllegalArgumentException e) {
      problems.add("not a JSON object");
    }
    for (String name : json.keySet()) {
      if (!FIELDS.contains(name)) {
        problems.add("unknown: " + name + " (known are " + String.join(", ", FIELDS) + ")");
      }
    }
    boolean full = flag(json, "full", false, problems);
    Optional<String> since = text(json, "since", problems);
    if (full && since.isPresent()) {
      problems.add("since and full: name one");
    }
    AuditRequest request =
        new AuditRequest(
            text(json, "dataset", problems),
            full
                ? Optional.empty()
                : Optional.of(
                    since.map(text -> time(text, now, problems)).orElse(now.minus(RECENT))),
            flag(json, "repair", repair, problems),
            true,
            AuditRequest.GRACE,
            AuditRequest.SAFE_AGE,
            stop);
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot audit: the event is not right: "
              + String.join("; ", problems)
              + ". Correct the schedule's input; {} audits the last two days.");
    }
    return request;
  }

  private static boolean flag(
      Map<String, @Nullable Object> json, String name, boolean instead, List<String> problems) {
    Object value = json.get(name);
    if (value == null || value instanceof Boolean) {
      return value == null ? instead : (Boolean) value;
    }
    problems.add(name + ": neither true nor false");
    return instead;
  }

  private static Optional<String> text(
      Map<String, @Nullable Object> json, String name, List<String> problems) {
    Object value = json.get(name);
    if (value == null || value instanceof String) {
      return Optional.ofNullable((String) value);
    }
    problems.add(name + ": not a text");
    return Optional.empty();
  }

  private static Instant time(String text, Instant now, List<String> problems) {
    try {
      return text.startsWith("P") ? now.minus(Duration.parse(text)) : Instant.parse(text);
    } catch (DateTimeException e) {
      problems.add("since: neither an instant, as 2026-11-20T00:00:00Z, nor a span, as P7D");
      return now;
    }
  }
}
