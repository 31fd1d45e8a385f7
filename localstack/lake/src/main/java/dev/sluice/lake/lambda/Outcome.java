package dev.sluice.lake.lambda;

/** How an invocation ended. */
public sealed interface Outcome {
  /** Lambda's id of the invocation, as it stands in the function's log. */
  String requestId();

  /**
   * The handler returned.
   *
   * @param payload what it returned, JSON
   */
  record Returned(String requestId, String payload) implements Outcome {}

  /**
   * The handler threw, the time was up, or the function's process ended.
   *
   * @param type the kind of error, for instance {@code Sandbox.Timedout} or a class name
   * @param message says what happened and holds no payload of ours
   */
  record Failed(String requestId, String type, String message) implements Outcome {}
}
