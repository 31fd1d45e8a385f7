package dev.sluice.cli;

import java.util.Locale;
import java.util.Optional;

/** What a scan costs on AWS. */
final class ScanPrice {
  /** Dollars for a terabyte in most regions; aws.amazon.com/athena/pricing, November 2026. */
  private static final double DOLLARS_PER_TERABYTE = 5;

  private static final long MEGABYTE = 1L << 20;
  private static final double TERABYTE = 1L << 40;

  /** Athena charges for this many at least. */
  private static final long LEAST = 10;

  private ScanPrice() {}

  /** The price of a query in dollars, as text; empty when nothing was read. */
  static Optional<String> of(long bytes) {
    if (bytes <= 0) {
      return Optional.empty();
    }
    long megabytes = Math.max(LEAST, (bytes + MEGABYTE - 1) / MEGABYTE);
    double dollars = megabytes * MEGABYTE / TERABYTE * DOLLARS_PER_TERABYTE;
    return Optional.of(String.format(Locale.ROOT, dollars < 0.01 ? "$%.5f" : "$%,.2f", dollars));
  }
}
