package dev.sluice.lake.api;

import java.util.Map;

/** An error that AWS defines for an operation, answered to the client as AWS would. */
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final transient Map<String, String> details;

  /**
   * @param status the HTTP status, 400 to 599
   * @param code the published error code, for instance {@code EntityNotFoundException}
   * @param message what went wrong, naming the thing, the reason and the way out
   */
  public ServiceException(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  /** The same with further members of the error, which some services define. */
  public ServiceException(int status, String code, String message, Map<String, String> details) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = Map.copyOf(details);
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The published error code. */
  public String code() {
    return code;
  }

  /** Further members of the error, by name. */
  public Map<String, String> details() {
    return details;
  }
}
