package dev.sluice.simulate;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.List;

/**
 * What to simulate. Equal options give equal bytes, on every JDK, in every locale and time zone.
 *
 * <p>The simulated period is the same whatever {@code records} says: more records lie closer
 * together. The good records do not depend on {@code badRate}: a record that is broken under one
 * rate is whole under another.
 *
 * @param records how many lines to write, good and bad; 0 to 10,000,000,000; default 10,000
 * @param seed chooses the data; default 42
 * @param badRate the probability that a record is broken, 0 to 1; default 0
 * @param lateRate the probability that a record is up to three days older than those around it, 0
 *     to 1; default 0
 */
public record SimulationOptions(long records, long seed, double badRate, double lateRate) {
  private static final long MOST_RECORDS = 10_000_000_000L;

  /**
   * @throws SluiceException {@link ErrorCode#INVALID_SETTINGS} with every problem in one message
   */
  public SimulationOptions {
    List<String> problems = new ArrayList<>();
    if (records < 0 || records > MOST_RECORDS) {
      problems.add("records must be 0 to " + MOST_RECORDS + ": " + records);
    }
    if (!(badRate >= 0 && badRate <= 1)) {
      problems.add("the rate of bad records must be 0 to 1: " + badRate);
    }
    if (!(lateRate >= 0 && lateRate <= 1)) {
      problems.add("the rate of late records must be 0 to 1: " + lateRate);
    }
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS, "Cannot simulate: " + String.join("; ", problems));
    }
  }

  /** The documented defaults. */
  public static SimulationOptions defaults() {
    return new SimulationOptions(10_000, 42, 0, 0);
  }

  /** The same with another number of records. */
  public SimulationOptions withRecords(long other) {
    return new SimulationOptions(other, seed, badRate, lateRate);
  }

  /** The same with another seed. */
  public SimulationOptions withSeed(long other) {
    return new SimulationOptions(records, other, badRate, lateRate);
  }

  /** The same with another rate of bad records. */
  public SimulationOptions withBadRate(double other) {
    return new SimulationOptions(records, seed, other, lateRate);
  }

  /** The same with another rate of late records. */
  public SimulationOptions withLateRate(double other) {
    return new SimulationOptions(records, seed, badRate, other);
  }
}
