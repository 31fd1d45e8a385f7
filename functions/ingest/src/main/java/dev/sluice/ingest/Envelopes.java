package dev.sluice.ingest;

import dev.sluice.books.ObjectEvent;
import dev.sluice.model.json.Json;
import dev.sluice.model.store.ObjectName;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events out of a queue message, whichever way it came: S3 to SQS, S3 to SNS to SQS (with
 * or without raw delivery), S3 to EventBridge to SQS, or from an operator, in the shape of S3's.
 * Versions of the formats are not looked at; what is needed must be there.
 */
final class Envelopes {
  /** SNS in SNS does not exist; a message that pretends so is refused. */
  private static final int DEPTH = 2;

  private Envelopes() {}

  /**
   * The events of one message; none for the message by which S3 tests a new notification.
   *
   * @throws IllegalArgumentException when the message is none of the known envelopes, saying why
   *     but not what it contains
   */
  static List<ObjectEvent> read(String body) {
    return read(body, 0);
  }

  private static List<ObjectEvent> read(String body, int depth) {
    Map<String, @Nullable Object> json;
    try {
      json = Json.parseObject(body);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not a JSON object", e);
    }
    if (json.get("Records") instanceof List<?> records) {
      List<ObjectEvent> events = new ArrayList<>();
      for (Object record : records) {
        events.add(notification(object("Records", record)));
      }
      return events;
    }
    if ("s3:TestEvent".equals(json.get("Event"))) {
      return List.of();
    }
    if ("Notification".equals(json.get("Type")) && json.get("Message") instanceof String message) {
      if (depth == DEPTH) {
        throw new IllegalArgumentException("SNS notifications nested too deep");
      }
      return read(message, depth + 1);
    }
    if (json.get("detail-type") instanceof String type && "aws.s3".equals(json.get("source"))) {
      return List.of(eventBridge(type, json));
    }
    throw new IllegalArgumentException(
        "neither an S3 event nor an SNS notification nor an EventBridge event of S3, keys "
            + json.keySet().stream().limit(8).toList());
  }

  private static ObjectEvent notification(Map<?, ?> record) {
    String name = text(record, "eventName");
    Map<?, ?> s3 = object("s3", record.get("s3"));
    Map<?, ?> object = object("s3.object", s3.get("object"));
    String key;
    try {
      key = URLDecoder.decode(required(object, "key"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("s3.object.key is not URL-encoded", e);
    }
    return event(
        kind(name),
        name,
        required(object("s3.bucket", s3.get("bucket")), "name"),
        key,
        text(object, "versionId"),
        text(object, "eTag"),
        text(object, "sequencer"),
        object.get("size"),
        text(record, "eventTime"));
  }

  private static ObjectEvent.Kind kind(String eventName) {
    // EventBridge aside, names come with and without "s3:".
    String name = eventName.startsWith("s3:") ? eventName.substring(3) : eventName;
    if (name.startsWith("ObjectCreated:")) {
      return ObjectEvent.Kind.CREATED;
    }
    if (name.equals(ObjectEvent.LOOK)) {
      return ObjectEvent.Kind.LOOK;
    }
    if (name.equals(ObjectEvent.RELOAD)) {
      return ObjectEvent.Kind.RELOAD;
    }
    return name.startsWith("ObjectRemoved:") || name.startsWith("LifecycleExpiration:")
        ? ObjectEvent.Kind.DELETED
        : ObjectEvent.Kind.OTHER;
  }

  private static ObjectEvent eventBridge(String type, Map<String, ?> json) {
    Map<?, ?> detail = object("detail", json.get("detail"));
    Map<?, ?> object = object("detail.object", detail.get("object"));
    ObjectEvent.Kind kind =
        switch (type) {
          case "Object Created" -> ObjectEvent.Kind.CREATED;
          case "Object Deleted" -> ObjectEvent.Kind.DELETED;
          default -> ObjectEvent.Kind.OTHER;
        };
    return event(
        kind,
        type,
        required(object("detail.bucket", detail.get("bucket")), "name"),
        // EventBridge does not encode keys.
        required(object, "key"),
        text(object, "version-id"),
        text(object, "etag"),
        text(object, "sequencer"),
        object.get("size"),
        text(json, "time"));
  }

  private static ObjectEvent event(
      ObjectEvent.Kind kind,
      String type,
      String bucket,
      String key,
      String versionId,
      String etag,
      String sequencer,
      @Nullable Object size,
      String time) {
    return new ObjectEvent(
        kind,
        type,
        new ObjectName(bucket, key),
        versionId.equals("null") ? "" : versionId,
        etag.replace("\"", ""),
        sequencer,
        size instanceof Long bytes ? bytes : -1,
        instant(time));
  }

  private static Optional<Instant> instant(String time) {
    try {
      return time.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(time));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Map<?, ?> object(String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(name + " is not a JSON object");
  }

  private static String required(Map<?, ?> json, String key) {
    String value = text(json, key);
    if (value.isEmpty()) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  private static String text(Map<?, ?> json, String key) {
    return json.get(key) instanceof String value ? value : "";
  }
}
