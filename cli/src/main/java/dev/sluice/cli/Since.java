package dev.sluice.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A point in time as people name it on a command line. */
final class Since {
  static final String FORMS = "A date (2026-11-20), an instant (2026-11-20T08:00:00Z), or 2d, 12h";

  private static final Pattern AGO = Pattern.compile("([0-9]{1,6})([dhm])");

  private Since() {}

  /**
   * Reads {@code 2026-11-20} (its beginning in UTC), {@code 2026-11-20T08:00:00Z}, or how long ago
   * it is: {@code 2d}, {@code 12h}, {@code 30m}.
   *
   * @throws Failure when it is none of these
   */
  static Instant parse(String text, Clock clock) {
    Optional<Duration> ago = ago(text);
    if (ago.isPresent()) {
      return clock.instant().minus(ago.get());
    }
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw Failure.usage(
          "Cannot tell a time: it must read like 2026-11-20, 2026-11-20T08:00:00Z, 2d, 12h or 30m: "
              + text);
    }
  }

  /**
   * Reads an age: {@code 2d}, {@code 12h}, {@code 30m}.
   *
   * @param option what it is the age for, for the message
   * @throws Failure when it is none of these
   */
  static Duration age(String option, String text) {
    return ago(text)
        .orElseThrow(() ->
            Failure.usage("Cannot use " + option + ": it must read like 2d, 12h or 30m: " + text));
  }

  private static Optional<Duration> ago(String text) {
    Matcher ago = AGO.matcher(text);
    if (!ago.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(ago.group(1));
    return Optional.of(
        switch (ago.group(2)) {
          case "d" -> Duration.ofDays(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofMinutes(count);
        });
  }
}
