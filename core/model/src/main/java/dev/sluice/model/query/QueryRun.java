package dev.sluice.model.query;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A statement that runs, or ran.
 *
 * @param id Athena's name of it
 * @param sql the statement as it was given
 * @param state how far it is
 * @param failure why it failed
 * @param scannedBytes what it has read so far
 * @param reused whether the result is that of an earlier run
 * @param queued how long it waited
 * @param engine how long the engine worked on it
 * @param submitted when it was given
 * @param completed when it ended
 * @param heading whether the first row of its result repeats the columns' names; only for {@link
 *     QueryRuns}
 */
public record QueryRun(
    String id,
    String sql,
    State state,
    Optional<Failure> failure,
    long scannedBytes,
    boolean reused,
    Duration queued,
    Duration engine,
    Instant submitted,
    Optional<Instant> completed,
    boolean heading) {

  /** How far a run is. */
  public enum State {
    /** It waits for its turn. */
    QUEUED,
    /** It is at work. */
    RUNNING,
    /** Its result is there. */
    SUCCEEDED,
    /** It ended without a result. */
    FAILED,
    /** Somebody stopped it. */
    CANCELLED;

    /** Whether it changes no more. */
    public boolean ended() {
      return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
  }

  /** Whose fault a failure is. */
  public enum Blame {
    /** Athena's. */
    SYSTEM,
    /** The statement's. */
    USER,
    /** Nobody can tell. */
    OTHER
  }

  /**
   * Why a run failed.
   *
   * @param reason as Athena says it
   * @param blame whose fault it is
   * @param retryable whether the same may succeed later
   */
  public record Failure(String reason, Blame blame, boolean retryable) {}
}
