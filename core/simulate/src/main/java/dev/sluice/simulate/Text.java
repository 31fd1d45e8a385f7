package dev.sluice.simulate;

import java.time.LocalDate;

/** Numbers and times as text, without locales and without floating-point printing. */
final class Text {
  static final long DAY_MILLIS = 86_400_000L;

  private Text() {}

  /** {@code 2024-01-15}. */
  static String day(long epochDay) {
    // ISO by definition, whatever the locale.
    return LocalDate.ofEpochDay(epochDay).toString();
  }

  /** Milliseconds since 1970 of the beginning of a day. */
  static long millis(int year, int month, int day) {
    return LocalDate.of(year, month, day).toEpochDay() * DAY_MILLIS;
  }

  /** Right-aligned with zeros, at least {@code digits} wide. */
  static StringBuilder padded(StringBuilder out, long value, int digits) {
    long limit = 10;
    for (int i = 1; i < digits; i++) {
      if (value < limit) {
        for (; i < digits; i++) {
          out.append('0');
        }
        break;
      }
      limit *= 10;
    }
    return out.append(value);
  }

  /** {@code -12.05} for -1205. */
  static StringBuilder hundredths(StringBuilder out, long value) {
    if (value < 0) {
      out.append('-');
    }
    long size = Math.abs(value);
    out.append(size / 100).append('.');
    return padded(out, size % 100, 2);
  }

  /** {@code 12.5} for 125. */
  static StringBuilder tenths(StringBuilder out, long value) {
    if (value < 0) {
      out.append('-');
    }
    long size = Math.abs(value);
    return out.append(size / 10).append('.').append(size % 10);
  }

  /** Prints {@code 2024-01-15T07:23:11.120Z}; remembers the day, because the next is the same. */
  static final class Clock {
    private long day = Long.MIN_VALUE;
    private String text = "";

    StringBuilder append(StringBuilder out, long millis) {
      long thisDay = Math.floorDiv(millis, DAY_MILLIS);
      if (thisDay != day) {
        day = thisDay;
        text = Text.day(thisDay);
      }
      int rest = (int) (millis - thisDay * DAY_MILLIS);
      out.append(text).append('T');
      padded(out, rest / 3_600_000, 2).append(':');
      padded(out, rest / 60_000 % 60, 2).append(':');
      padded(out, rest / 1_000 % 60, 2).append('.');
      return padded(out, rest % 1_000, 3).append('Z');
    }
  }
}
