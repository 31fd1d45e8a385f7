package dev.sluice.model.job;

/** What a slot does while an earlier run of its job has not ended. */
public enum Overlap {
  /** It does not run, and its entry says so. */
  SKIP,
  /** It waits, and runs when the earlier one has ended. */
  QUEUE,
  /** It ends the earlier one, and runs. */
  REPLACE
}
