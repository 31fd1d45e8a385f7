package dev.sluice.benchmarks;

import java.util.Locale;

/** Figures as people read them, the same in every locale. */
public final class Text {
  private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB"};

  private Text() {}

  /** {@code 1234567} as {@code 1,234,567}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** Three significant digits and no exponent. */
  public static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : size == 0 ? 0 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** {@code 1234567} bytes as {@code 1.23 MB}, in powers of 1000. */
  public static String bytes(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < BYTES.length - 1) {
      value /= 1000;
      unit++;
    }
    return (unit == 0 ? String.valueOf(Math.round(value)) : number(value)) + " " + BYTES[unit];
  }

  /** Seconds as {@code 1.23 s}, or {@code 12.3 ms} below one. */
  public static String seconds(double seconds) {
    return seconds < 0.9995 ? number(seconds * 1000) + " ms" : number(seconds) + " s";
  }
}
