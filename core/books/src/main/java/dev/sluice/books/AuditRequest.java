package dev.sluice.books;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What to audit, and what to do about it.
 *
 * @param dataset only this dataset
 * @param since only objects of which something was stored at this time or later
 * @param repair whether to mend what can be mended
 * @param rows whether to compare counts of rows with the files' own, at one request for a file
 * @param grace how old an upload is before it counts as unannounced
 * @param safeAge how old a file is before it may be swept
 * @param stop when to stop, with what is found until then
 */
public record AuditRequest(
    Optional<String> dataset,
    Optional<Instant> since,
    boolean repair,
    boolean rows,
    Duration grace,
    Duration safeAge,
    Instant stop) {

  /** What an event takes at most before something is wrong with it. */
  public static final Duration GRACE = Duration.ofMinutes(15);

  /** Well above the life of any attempt. */
  public static final Duration SAFE_AGE = Duration.ofHours(1);

  /** A safe age below the life of a function's invocation, which is fifteen minutes, is not one. */
  public static final Duration LEAST_SAFE_AGE = Duration.ofMinutes(20);

  /** Everything, to be looked at only. */
  public static AuditRequest everything() {
    return new AuditRequest(
        Optional.empty(), Optional.empty(), false, true, GRACE, SAFE_AGE, Instant.MAX);
  }

  /** The same, to be mended. */
  public AuditRequest repairing() {
    return new AuditRequest(dataset, since, true, rows, grace, safeAge, stop);
  }
}
