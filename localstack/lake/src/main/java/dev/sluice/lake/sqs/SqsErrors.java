package dev.sluice.lake.sqs;

import dev.sluice.lake.api.ServiceException;
import java.util.Map;

/** The errors that SQS publishes. */
final class SqsErrors {
  private static final String NAMESPACE = "com.amazonaws.sqs#";

  /** The codes of the query protocol, where they differ. */
  private static final Map<String, String> QUERY_CODES =
      Map.ofEntries(
          Map.entry("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
          Map.entry("QueueNameExists", "QueueAlreadyExists"),
          Map.entry("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
          Map.entry(
              "TooManyEntriesInBatchRequest",
              "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
          Map.entry("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
          Map.entry("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"),
          Map.entry("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
          Map.entry("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
          Map.entry("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"));

  private SqsErrors() {}

  static String queryCode(String code) {
    String name = code.substring(code.indexOf('#') + 1);
    return QUERY_CODES.getOrDefault(name, name);
  }

  static ServiceException error(String code, String message) {
    return new ServiceException(400, NAMESPACE + code, message);
  }

  static ServiceException noQueue(String name) {
    return error(
        "QueueDoesNotExist", "Cannot use a queue: there is no queue of this name: " + name + ".");
  }

  static ServiceException invalidParameter(String message) {
    return error("InvalidParameterValue", message);
  }

  static ServiceException missingParameter(String name) {
    return error(
        "MissingParameter", "Cannot read the request: it must contain the parameter " + name + ".");
  }

  static ServiceException unsupported(String message) {
    return error("UnsupportedOperation", message);
  }
}
