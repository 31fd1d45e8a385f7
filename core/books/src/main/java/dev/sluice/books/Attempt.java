package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.time.Clock;
import java.time.Instant;

/**
 * One delivery of one event, and the time it may take.
 *
 * @param id unlike that of any other attempt; letters, digits and {@code -}
 * @param number which delivery this is, from 1
 * @param stop when to stop of one's own accord
 * @param death when the platform ends the process at the latest
 */
public record Attempt(String id, int number, Instant stop, Instant death) {

  /** An attempt that nothing ends but its own success or failure, as a command's is. */
  public static Attempt withoutEnd(String id) {
    return new Attempt(id, 1, Instant.MAX, Instant.MAX);
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
}
