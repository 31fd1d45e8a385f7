package dev.sluice.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
    Matcher ago = AGO.matcher(text);
    if (ago.matches()) {
      long count = Long.parseLong(ago.group(1));
      Duration back =
          switch (ago.group(2)) {
            case "d" -> Duration.ofDays(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofMinutes(count);
          };
      return clock.instant().minus(back);
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
}
