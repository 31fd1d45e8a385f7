package dev.sluice.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
final class Units {
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB"};

  private Units() {}

  /** {@code 1234567} as {@code 1,234,567}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1234567} bytes as {@code 1.23 MB}, in powers of 1000. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < BYTES.length - 1) {
      value /= 1000;
      unit++;
    }
    int digits = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f %s", value, BYTES[unit]);
  }

  /** {@code 1234 ms} as {@code 1.23 s}, {@code 83 s} as {@code 1 min 23 s}. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 10_000) {
      return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return millis / 60_000 + " min " + millis / 1000 % 60 + " s";
  }

  /** {@code part} of {@code whole} as {@code 12.5 %}; a dash when there is no whole. */
  static String percent(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  /** How many times smaller {@code out} is than {@code in}, as {@code 8.3 x}. */
  static String ratio(long in, long out) {
    return out == 0 ? "-" : String.format(Locale.ROOT, "%.1f x", (double) in / out);
  }
}
