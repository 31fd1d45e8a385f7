package dev.sluice.model.query;

import dev.sluice.model.SluiceException;
import java.util.Optional;

/**
 * Runs statements in one workgroup of Athena. What runs in other workgroups is not there.
 *
 * <p>Every method throws {@link SluiceException}: {@code THROTTLED} when Athena asks to slow down,
 * {@code UNAVAILABLE} when it did not answer, {@code REFUSED_QUERY} when it does not take what it
 * is given, {@code INVALID_SETTINGS} when the workgroup is not there or may not be used.
 */
public interface QueryRuns {

  /**
   * Starts a statement; returns the run's id. The same token with the same statement starts it
   * once.
   */
  String start(RunRequest request);

  /** The run of that id, whatever text that is; empty when this workgroup has none. */
  Optional<QueryRun> find(String id);

  /**
   * A page of what a run that succeeded has answered.
   *
   * @param rows the most rows, 1 to 1,000; there may be fewer though more follow
   * @param token what the page before named as the next one; empty for the first
   */
  ResultPage results(QueryRun run, int rows, Optional<String> token);

  /** Ends a run; nothing happens when it has ended. */
  void stop(String id);
}
