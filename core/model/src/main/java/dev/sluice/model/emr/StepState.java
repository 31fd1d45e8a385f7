package dev.sluice.model.emr;

/** What a step does, in EMR's words. */
public enum StepState {
  PENDING,
  CANCEL_PENDING,
  RUNNING,
  COMPLETED,
  CANCELLED,
  FAILED,
  INTERRUPTED;

  /** Whether nothing more will happen to it. */
  public boolean ended() {
    return compareTo(RUNNING) > 0;
  }
}
