package dev.sluice.convert;

import java.io.IOException;

/** The compressed stream is damaged or ends early; what was decoded before is good. */
final class CorruptInputException extends IOException {
  private static final long serialVersionUID = 1;

  CorruptInputException(String message) {
    super(message);
  }

  CorruptInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
