package dev.sluice.lake.sqs;

import dev.sluice.lake.json.SdkJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** A message in a queue. Times are milliseconds since 1970. */
final class StoredMessage {
  final String id;
  final String body;
  final Map<String, MessageAttributeValue> attributes;
  final @Nullable String traceHeader;
  final long sentAt;

  /** Breaks ties among messages that become visible at the same time. */
  final long sequence;

  /** The queue it failed in, when this one is its dead-letter queue. */
  @Nullable String deadLetterSourceArn;

  long visibleAt;
  long firstReceivedAt;
  int receiveCount;

  /** Handed out and not visible again, as opposed to delayed by its sender. */
  boolean inFlight;

  StoredMessage(
      String id,
      String body,
      Map<String, MessageAttributeValue> attributes,
      @Nullable String traceHeader,
      long sentAt,
      long visibleAt,
      long sequence) {
    this.id = id;
    this.body = body;
    this.attributes = attributes;
    this.traceHeader = traceHeader;
    this.sentAt = sentAt;
    this.visibleAt = visibleAt;
    this.sequence = sequence;
  }

  /** Roughly what it takes in the journal. */
  long weight() {
    return 250L + body.length() + 100L * attributes.size();
  }

  Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", id);
    json.put("body", body);
    if (!attributes.isEmpty()) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      attributes.forEach((name, value) -> values.put(name, SdkJson.toTree(value)));
      json.put("attributes", values);
    }
    if (traceHeader != null) {
      json.put("trace", traceHeader);
    }
    json.put("sent", sentAt);
    json.put("visible", visibleAt);
    if (receiveCount > 0) {
      json.put("first", firstReceivedAt);
      json.put("count", receiveCount);
    }
    if (deadLetterSourceArn != null) {
      json.put("from", deadLetterSourceArn);
    }
    return json;
  }

  static StoredMessage fromJson(Map<?, ?> json, long sequence) {
    Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
    if (json.get("attributes") instanceof Map<?, ?> values) {
      values.forEach((name, value) ->
          attributes.put(
              name.toString(),
              (MessageAttributeValue) SdkJson.fromTree(value, MessageAttributeValue::builder)));
    }
    StoredMessage message =
        new StoredMessage(
            text(json, "id"),
            text(json, "body"),
            attributes,
            (String) json.get("trace"),
            number(json, "sent"),
            number(json, "visible"),
            sequence);
    if (json.get("count") != null) {
      message.receiveCount = (int) number(json, "count");
      message.firstReceivedAt = number(json, "first");
      // Whoever held it is gone.
      message.visibleAt = message.sentAt;
    }
    message.deadLetterSourceArn = (String) json.get("from");
    return message;
  }

  static String text(Map<?, ?> json, String name) {
    if (json.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalStateException("A record of the queues' journal has no " + name);
  }

  static long number(Map<?, ?> json, String name) {
    if (json.get(name) instanceof Long number) {
      return number;
    }
    throw new IllegalStateException("A record of the queues' journal has no " + name);
  }
}
