package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what was asked; the message is a sentence for people. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  Failure(String message) {
    this(message, null);
  }

  Failure(String message, @Nullable Throwable cause) {
    this(message, cause, Main.FAILED);
  }

  private Failure(String message, @Nullable Throwable cause, int exitCode) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** The command line makes no sense. */
  static Failure usage(String message) {
    return new Failure(message, null, Main.USAGE);
  }

  /** What the command ends with. */
  int exitCode() {
    return exitCode;
  }
}
