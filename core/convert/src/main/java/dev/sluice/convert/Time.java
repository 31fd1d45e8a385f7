package dev.sluice.convert;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Calendar arithmetic, proleptic Gregorian, and the unusual forms of ISO 8601 timestamps. */
final class Time {
  static final long MIN_MICROS = epochDay(1, 1, 1) * 86_400_000_000L;
  static final long MAX_MICROS = (epochDay(9999, 12, 31) + 1) * 86_400_000_000L - 1;

  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)[Tt ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)?"
              + "(?:([Zz])|([+-])(\\d\\d)(?::?(\\d\\d))?)?");

  private Time() {}

  /** Days since 1970-01-01. */
  static long epochDay(int year, int month, int day) {
    // Years are counted from March, so that the leap day comes last.
    long y = month <= 2 ? year - 1L : year;
    long era = Math.floorDiv(y, 400);
    long yearOfEra = y - era * 400;
    long dayOfYear = (153L * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146097 + dayOfEra - 719468;
  }

  static int monthLength(int year, int month) {
    return switch (month) {
      case 2 -> year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }

  /** Days since 1970 of a date like {@code 2024-01-31}, or {@link Long#MIN_VALUE}. */
  static long isoDay(String text) {
    if (text.length() != 10 || text.charAt(0) == '-' || text.charAt(0) == '+') {
      return Long.MIN_VALUE;
    }
    try {
      return LocalDate.parse(text).toEpochDay();
    } catch (DateTimeException e) {
      return Long.MIN_VALUE;
    }
  }

  /**
   * Microseconds since 1970 of an ISO 8601 timestamp in any accepted form, or {@link
   * Long#MIN_VALUE}: blank or {@code T} between date and time, seconds and fraction optional, up to
   * nine digits of fraction of which six are kept, offset {@code Z}, {@code +01:00}, {@code +0100},
   * {@code +01} or none, which is {@code zone}, or UTC. A leap second is the first of the next
   * minute, as POSIX counts.
   */
  static long isoMicros(String text, @Nullable ZoneId zone) {
    Matcher m = ISO.matcher(text);
    if (!m.matches()) {
      return Long.MIN_VALUE;
    }
    int second = m.group(6) == null ? 0 : Integer.parseInt(m.group(6));
    long micros = 0;
    if (m.group(7) != null) {
      micros = Long.parseLong((m.group(7) + "00000000").substring(0, 6));
    }
    boolean leap = second == 60;
    LocalDateTime local;
    try {
      local =
          LocalDateTime.of(
              Integer.parseInt(m.group(1)),
              Integer.parseInt(m.group(2)),
              Integer.parseInt(m.group(3)),
              Integer.parseInt(m.group(4)),
              Integer.parseInt(m.group(5)),
              leap ? 59 : second);
      long seconds;
      if (m.group(8) != null) {
        seconds = local.toEpochSecond(ZoneOffset.UTC);
      } else if (m.group(9) != null) {
        int minutes = m.group(11) == null ? 0 : Integer.parseInt(m.group(11));
        int hours = Integer.parseInt(m.group(10));
        if (minutes > 59 || hours > 18) {
          return Long.MIN_VALUE;
        }
        int offset = hours * 3600 + minutes * 60;
        seconds = local.toEpochSecond(ZoneOffset.UTC) - (m.group(9).equals("-") ? -offset : offset);
      } else {
        seconds =
            zone == null ? local.toEpochSecond(ZoneOffset.UTC) : local.atZone(zone).toEpochSecond();
      }
      if (leap) {
        if (Math.floorMod(seconds, 86_400L) != 86_399) {
          return Long.MIN_VALUE;
        }
        seconds++;
      }
      return seconds * 1_000_000 + micros;
    } catch (DateTimeException e) {
      return Long.MIN_VALUE;
    }
  }

  /** Beyond the years 1 to 9999 something else that lies beyond them. */
  static long micros(Instant instant) {
    long seconds = instant.getEpochSecond();
    if (seconds < MIN_MICROS / 1_000_000 || seconds > MAX_MICROS / 1_000_000) {
      return seconds < 0 ? MIN_MICROS - 1 : MAX_MICROS + 1;
    }
    return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000;
  }
}
