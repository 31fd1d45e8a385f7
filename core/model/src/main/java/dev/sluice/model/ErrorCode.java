package dev.sluice.model;

/** What kind of thing went wrong, and so what is to be done about it. */
public enum ErrorCode {
  /** A dataset's declaration makes no sense. */
  INVALID_DECLARATION(Action.FAIL),
  /** A setting is missing, malformed or unknown. */
  INVALID_SETTINGS(Action.FAIL),
  /** The first element of an object's key names no declared dataset. */
  UNKNOWN_DATASET(Action.REJECT),
  /** An object's key cannot be a name of uploaded data. */
  INVALID_KEY(Action.REJECT),
  /** The object is gone, and nothing newer is in its place. */
  SOURCE_GONE(Action.REJECT),
  /** The object as a whole cannot be read. */
  UNREADABLE_SOURCE(Action.REJECT),
  /** The object is larger than one invocation can convert. */
  SOURCE_TOO_LARGE(Action.REJECT),
  /** The object holds more records than the limit. */
  TOO_MANY_RECORDS(Action.REJECT),
  /** The object is larger than the limit once it is decompressed. */
  DECODED_TOO_LARGE(Action.REJECT),
  /** Decompression makes the object more times larger than the limit. */
  RATIO_TOO_HIGH(Action.REJECT),
  /** Decompressing the object takes more memory than the limit. */
  WINDOW_TOO_LARGE(Action.REJECT),
  /** A remote service did not answer, or asked to slow down. */
  UNAVAILABLE(Action.RETRY),
  /** A remote service asked to slow down, and still did so after some attempts. */
  THROTTLED(Action.RETRY),
  /** Athena does not take a statement, or what belongs to it. */
  REFUSED_QUERY(Action.FAIL),
  /** The invocation's time or memory would not suffice. */
  OUT_OF_TIME(Action.RETRY),
  /** A file cannot be read or written. */
  FILE_ACCESS(Action.FAIL),
  /** A defect in Sluice. */
  INTERNAL(Action.FAIL);

  /** What to do with the work at hand. */
  public enum Action {
    /** Leave it in the queue; it will be delivered again. */
    RETRY,
    /** Record in the ledger that the object is not loaded, and why. */
    REJECT,
    /** Stop: a person must look. */
    FAIL
  }

  private final Action action;

  ErrorCode(Action action) {
    this.action = action;
  }

  /** What to do about an error of this kind. */
  public Action action() {
    return action;
  }
}
