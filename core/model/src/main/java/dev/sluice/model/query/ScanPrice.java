package dev.sluice.model.query;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What reading costs. Athena counts whole megabytes, ten for each query at least; both units are
 * decimal.
 *
 * @param dollarsPerTerabyte the region's price
 */
public record ScanPrice(BigDecimal dollarsPerTerabyte) {
  /** The price in most regions, $5 for a terabyte. */
  public static final ScanPrice STANDARD = new ScanPrice(BigDecimal.valueOf(5));

  private static final long MEGABYTE = 1_000_000;
  private static final long LEAST = 10 * MEGABYTE;
  private static final int TERABYTE_DIGITS = 12;
  private static final int DECIMALS = 8;

  public ScanPrice {
    if (dollarsPerTerabyte.signum() < 0) {
      throw new IllegalArgumentException("Cannot price scans: negative: " + dollarsPerTerabyte);
    }
  }

  /** What a query is billed for that read so many bytes. */
  public static long billedBytes(long scannedBytes) {
    long megabytes = scannedBytes / MEGABYTE + (scannedBytes % MEGABYTE == 0 ? 0 : 1);
    return Math.max(LEAST, megabytes * MEGABYTE);
  }

  /** What so many billed bytes cost, in dollars. */
  public BigDecimal dollars(long billedBytes) {
    return dollarsPerTerabyte
        .multiply(BigDecimal.valueOf(billedBytes))
        .movePointLeft(TERABYTE_DIGITS)
        .setScale(DECIMALS, RoundingMode.HALF_UP)
        .stripTrailingZeros();
  }
}
