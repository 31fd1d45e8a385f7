package dev.sluice.model;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of Sluice. Messages read {@code Cannot <do>: <why>: <value>}, then what to do.
 */
public final class SluiceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  public SluiceException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public SluiceException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** What kind of thing went wrong. */
  public ErrorCode code() {
    return code;
  }
}
