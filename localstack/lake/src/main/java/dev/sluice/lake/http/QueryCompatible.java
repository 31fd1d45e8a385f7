package dev.sluice.lake.http;

/**
 * A JSON service that once spoke AWS's query protocol, and still tells clients the error codes of
 * that time in a header, which they prefer.
 */
public interface QueryCompatible {

  /**
   * The older code of an error, for instance {@code AWS.SimpleQueueService.NonExistentQueue} for
   * {@code com.amazonaws.sqs#QueueDoesNotExist}; the code itself when it never had another.
   */
  String queryErrorCode(String code);
}
