package dev.sluice.lake.api;

/** An error that AWS defines for an operation, answered to the client as AWS would. */
public final class ServiceException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;

  /**
   * @param status the HTTP status, 400 to 599
   * @param code the published error code, for instance {@code EntityNotFoundException}
   * @param message what went wrong, naming the thing, the reason and the way out
   */
  public ServiceException(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The published error code. */
  public String code() {
    return code;
  }
}
