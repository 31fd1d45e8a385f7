package dev.sluice.lake.sqs;

import dev.sluice.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The attributes of a queue that can be set: which there are, their limits and defaults. */
final class QueueAttributes {
  static final String VISIBILITY = "VisibilityTimeout";
  static final String DELAY = "DelaySeconds";
  static final String WAIT = "ReceiveMessageWaitTimeSeconds";
  static final String MAX_SIZE = "MaximumMessageSize";
  static final String REDRIVE = "RedrivePolicy";

  private record Range(int min, int max, int initial) {}

  private static final Map<String, Range> NUMBERS =
      Map.of(
          VISIBILITY,
          new Range(0, 43_200, 30),
          DELAY,
          new Range(0, 900, 0),
          WAIT,
          new Range(0, 20, 0),
          MAX_SIZE,
          new Range(1_024, 1 << 20, 1 << 20),
          "MessageRetentionPeriod",
          new Range(60, 1_209_600, 345_600));

  private QueueAttributes() {}

  /** Where messages go that were received too often. */
  record Redrive(String deadLetterTargetArn, int maxReceiveCount) {}

  static Map<String, String> defaults() {
    Map<String, String> defaults = new TreeMap<>();
    NUMBERS.forEach((name, range) -> defaults.put(name, Integer.toString(range.initial())));
    defaults.put("SqsManagedSseEnabled", "true");
    return defaults;
  }

  /**
   * Checks attributes as a client sets them; an empty redrive policy or policy takes it away.
   *
   * @throws dev.sluice.lake.api.ServiceException naming the first attribute that is not accepted
   */
  static void check(Map<String, String> attributes) {
    attributes.forEach((name, value) -> {
      Range range = NUMBERS.get(name);
      if (range != null) {
        number(name, value, range);
        return;
      }
      switch (name) {
        case REDRIVE -> {
          if (!value.isEmpty()) {
            redrive(value);
          }
        }
        // Nothing is authorised or encrypted on one machine; templates set them all the same.
        case "Policy", "SqsManagedSseEnabled" -> {}
        case "FifoQueue",
            "ContentBasedDeduplication",
            "DeduplicationScope",
            "FifoThroughputLimit" ->
            throw SqsErrors.unsupported(
                "Cannot set the attribute "
                    + name
                    + ": the local lake has no FIFO queues. Use a standard queue.");
        case "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "RedriveAllowPolicy" ->
            throw SqsErrors.unsupported(
                "Cannot set the attribute " + name + ": the local lake does not support it.");
        default -> throw SqsErrors.error("InvalidAttributeName", "Unknown Attribute " + name + ".");
      }
    });
  }

  static int number(Map<String, String> attributes, String name) {
    return Integer.parseInt(attributes.getOrDefault(name, "0"));
  }

  static @Nullable Redrive redrive(Map<String, String> attributes) {
    String policy = attributes.get(REDRIVE);
    return policy == null ? null : redrive(policy);
  }

  private static void number(String name, String value, Range range) {
    try {
      int number = Integer.parseInt(value);
      if (number >= range.min() && number <= range.max()) {
        return;
      }
    } catch (NumberFormatException e) {
      // As any other value outside.
    }
    throw invalid(name, value, "it must be a number from " + range.min() + " to " + range.max());
  }

  private static Redrive redrive(String policy) {
    Map<String, @Nullable Object> json;
    try {
      json = new LinkedHashMap<>(Json.parseObject(policy));
    } catch (IllegalArgumentException e) {
      throw invalid(REDRIVE, policy, "it is not JSON");
    }
    Object target = json.remove("deadLetterTargetArn");
    Object count = json.remove("maxReceiveCount");
    if (!(target instanceof String arn) || count == null || !json.isEmpty()) {
      throw invalid(REDRIVE, policy, "it must have deadLetterTargetArn and maxReceiveCount only");
    }
    try {
      int number = Integer.parseInt(count.toString());
      if (number >= 1 && number <= 1_000) {
        return new Redrive(arn, number);
      }
    } catch (NumberFormatException e) {
      // As any other value outside.
    }
    throw invalid(REDRIVE, policy, "maxReceiveCount must be a number from 1 to 1000");
  }

  private static dev.sluice.lake.api.ServiceException invalid(
      String name, String value, String why) {
    return SqsErrors.error(
        "InvalidAttributeValue",
        "Cannot set the attribute " + name + ": " + why + ": " + value + ".");
  }
}
