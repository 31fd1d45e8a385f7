package dev.sluice.benchmarks;

/** A benchmark cannot do what was asked, or an answer was wrong; the message is for people. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Failure(String message) {
    super(message);
  }
}
