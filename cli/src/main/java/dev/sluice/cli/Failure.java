package dev.sluice.cli;

import org.jspecify.annotations.Nullable;

/** A command cannot do what was asked; the message is a sentence for people. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  Failure(String message) {
    this(message, null);
  }

  Failure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
