package dev.sluice.lake.lambda;

import dev.sluice.lake.sqs.Queues;
import dev.sluice.lake.sqs.ReceivedMessage;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** The event that Lambda makes of messages, and its reading of the answer. */
final class SqsBatch {
  private SqsBatch() {}

  /** The event, exactly as Lambda writes it. */
  static byte[] event(List<ReceivedMessage> messages, String queueArn, String region) {
    List<Object> records = new ArrayList<>();
    for (ReceivedMessage message : messages) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("messageId", message.id());
      entry.put("receiptHandle", message.receiptHandle());
      entry.put("body", message.body());
      entry.put("attributes", message.system());
      Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
      message.attributes().forEach((name, value) -> attributes.put(name, attribute(value)));
      entry.put("messageAttributes", attributes);
      if (!attributes.isEmpty()) {
        entry.put("md5OfMessageAttributes", Queues.digest(message.attributes()));
      }
      entry.put("md5OfBody", message.bodyMd5());
      entry.put("eventSource", "aws:sqs");
      entry.put("eventSourceARN", queueArn);
      entry.put("awsRegion", region);
      records.add(entry);
    }
    return Json.write(Map.of("Records", records)).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, @Nullable Object> attribute(MessageAttributeValue value) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    SdkBytes binary = value.binaryValue();
    if (binary != null) {
      json.put("binaryValue", Base64.getEncoder().encodeToString(binary.asByteArray()));
    } else {
      json.put("stringValue", value.stringValue());
    }
    json.put("stringListValues", List.of());
    json.put("binaryListValues", List.of());
    json.put("dataType", value.dataType());
    return json;
  }

  /**
   * The ids of the messages that the function did not handle. As with Lambda, an answer without
   * {@code batchItemFailures}, with null or with none of them says that all went well, and one that
   * cannot be read or names a message that was not in the batch says that none did.
   */
  static Set<String> failures(String payload, List<ReceivedMessage> messages) {
    Set<String> all = new HashSet<>();
    messages.forEach(message -> all.add(message.id()));
    Object answer;
    try {
      answer = payload.isBlank() ? null : Json.parse(payload);
    } catch (IllegalArgumentException e) {
      return all;
    }
    Object items = answer instanceof Map<?, ?> map ? map.get("batchItemFailures") : null;
    if (items == null) {
      return Set.of();
    }
    if (!(items instanceof List<?> list)) {
      return all;
    }
    Set<String> failures = new LinkedHashSet<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map
          && map.get("itemIdentifier") instanceof String id
          && all.contains(id))) {
        return all;
      }
      failures.add(id);
    }
    return failures;
  }
}
