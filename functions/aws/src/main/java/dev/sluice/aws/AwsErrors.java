package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says what an SDK error means: come again, or mend the set-up. */
final class AwsErrors {
  private AwsErrors() {}

  /**
   * @param verb what was tried, as in {@code Cannot read}
   * @param target what it was tried on
   */
  static SluiceException translated(String verb, String target, SdkException error) {
    if (error instanceof AwsServiceException service) {
      String code =
          service.awsErrorDetails() == null ? "" : service.awsErrorDetails().errorCode() + " ";
      return of(
          verb,
          target,
          service.statusCode(),
          service.isThrottlingException() || service.isClockSkewException(),
          code + "(HTTP " + service.statusCode() + ", request " + service.requestId() + ")",
          service);
    }
    return new SluiceException(
        ErrorCode.UNAVAILABLE,
        "Cannot " + verb + " " + target + ": no answer: " + error.getMessage(),
        error);
  }

  static SluiceException of(
      String verb,
      String target,
      int status,
      boolean throttled,
      String description,
      @org.jspecify.annotations.Nullable Throwable cause) {
    boolean again = throttled || status >= 500 || status == 429 || status == 408;
    return new SluiceException(
        again ? ErrorCode.UNAVAILABLE : ErrorCode.INVALID_SETTINGS,
        "Cannot "
            + verb
            + " "
            + target
            + ": "
            + (again ? "the service did not manage: " : "the service refuses: ")
            + description
            + (again ? "" : ". Check that it exists and that the function may use it."),
        cause);
  }
}
