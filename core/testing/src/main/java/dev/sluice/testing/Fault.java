package dev.sluice.testing;

/** How a remote call fails. */
public enum Fault {
  /** The service answers with an error, and has done nothing. */
  ERROR_BEFORE,
  /** The answer is lost. */
  ERROR_AFTER,
  /** There is no answer; the request is carried out when its sender has long given up. */
  TIME_OUT,
  /** The process ends before the request leaves. */
  DEATH_BEFORE,
  /** The process ends before the answer arrives. */
  DEATH_AFTER;

  /** Whether the service has done nothing by the time the caller knows. */
  public boolean before() {
    return this != ERROR_AFTER && this != DEATH_AFTER;
  }
}
