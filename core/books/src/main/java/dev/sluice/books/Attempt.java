package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * One delivery of one event, and the time it may take.
 *
 * @param id unlike that of any other attempt; letters, digits and {@code -}
 * @param message what is not delivered again once this attempt has succeeded, equal for all
 *     deliveries of one message; empty when nothing is delivered again anyway
 * @param number which delivery this is, from 1
 * @param start when the time began to run that this attempt shares with others of its invocation
 * @param stop when to stop of one's own accord
 * @param death when the platform ends the process at the latest
 */
public record Attempt(
    String id, String message, int number, Instant start, Instant stop, Instant death) {
  /** Whoever begins in the first of so many parts of an invocation has all of it. */
  private static final int WHOLE = 10;

  /** An attempt that nothing ends but its own success or failure, as a command's is. */
  public static Attempt withoutEnd(String id) {
    return new Attempt(id, "", 1, Instant.MIN, Instant.MAX, Instant.MAX);
  }

  /**
   * @throws SluiceException {@code OUT_OF_TIME} when there is no time left
   */
  public void check(Clock clock, String doing) {
    if (!clock.instant().isBefore(stop)) {
      throw new SluiceException(
          ErrorCode.OUT_OF_TIME,
          "Cannot "
              + doing
              + ": the invocation's time is used up; it will be tried again. If this repeats, give"
              + " the function more time or memory, or split the object.");
    }
  }

  /** Whether time can run out at all. */
  boolean ends() {
    return stop.isBefore(Instant.MAX);
  }

  /** Whether work that began then had all the time that an invocation can give. */
  boolean wasWhole(Instant began) {
    return ends()
        && Duration.between(start, began)
                .multipliedBy(WHOLE)
                .compareTo(Duration.between(start, stop))
            < 0;
  }

  /** The same attempt, allowed the time that is kept for writing down how it ended. */
  Attempt inReserve() {
    return new Attempt(id, message, number, start, death, death);
  }
}
