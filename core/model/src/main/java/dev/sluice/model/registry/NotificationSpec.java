package dev.sluice.model.registry;

import java.util.List;

/**
 * What a bucket tells a queue.
 *
 * @param id the configuration's id
 * @param bucket whose events
 * @param queue name of the queue that gets them
 * @param events S3's event names, for instance {@code s3:ObjectCreated:*}
 */
public record NotificationSpec(String id, String bucket, String queue, List<String> events) {
  public NotificationSpec {
    events = List.copyOf(events);
    if (events.isEmpty() || !events.stream().allMatch(e -> e.matches("s3:\\w+:[\\w*]+"))) {
      throw new IllegalArgumentException("Cannot declare a notification: no S3 events: " + events);
    }
  }
}
