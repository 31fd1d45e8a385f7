package dev.sluice.slots;

import dev.sluice.model.job.RunId;

/** Is told what happens, for logs and metrics. */
@FunctionalInterface
public interface Journal {

  /** Tells nobody. */
  Journal NONE = (what, run, detail) -> {};

  /** What can happen. */
  enum What {
    /** A cluster or step was asked for. */
    LAUNCHED,
    /** A cluster or step was found that an interrupted launch had left behind. */
    ADOPTED,
    /** A run waits for an earlier one. */
    QUEUED,
    /** A run was not to be, because of another one. */
    SKIPPED,
    /** A run ended well. */
    SUCCEEDED,
    /** A run did not end well. */
    FAILED,
    /** A run was told to end, and has. */
    CANCELLED,
    /** A slot was not delivered in time. */
    MISSED,
    /** A run is told to end. */
    STOPPED,
    /** A cluster or step that belongs to no run was told to end. */
    ORPHAN
  }

  /**
   * @param detail a reason, or the id of a cluster; may be empty
   */
  void tell(What what, RunId run, String detail);
}
