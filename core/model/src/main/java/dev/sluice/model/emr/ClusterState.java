package dev.sluice.model.emr;

/** What a cluster does, in EMR's words. */
public enum ClusterState {
  STARTING,
  BOOTSTRAPPING,
  RUNNING,
  WAITING,
  TERMINATING,
  TERMINATED,
  TERMINATED_WITH_ERRORS;

  /** Whether it has not begun to end. */
  public boolean active() {
    return compareTo(TERMINATING) < 0;
  }

  /** Whether it is gone. */
  public boolean ended() {
    return compareTo(TERMINATING) > 0;
  }
}
