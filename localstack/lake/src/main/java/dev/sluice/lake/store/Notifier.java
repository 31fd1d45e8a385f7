package dev.sluice.lake.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Says which messages a change of an object causes. Called while the change is being stored. */
@FunctionalInterface
public interface Notifier {

  /** Sends nothing. */
  Notifier NONE = change -> List.of();

  /** The messages, which become durable together with the change. */
  List<Message> messages(Change change);

  /**
   * A change that has just been decided.
   *
   * @param bucket the bucket
   * @param settings the bucket's settings by name
   * @param versioned whether versions of the bucket have ids
   * @param key the key
   * @param version the new version, or for a deletion the version that is gone
   * @param sequence orders the changes of a key
   * @param time when it happened
   * @param cause what happened, and through whom
   */
  record Change(
      String bucket,
      Map<String, String> settings,
      boolean versioned,
      String key,
      Version version,
      long sequence,
      Instant time,
      Cause cause) {}

  /**
   * The request behind a change.
   *
   * @param event the event's name, for instance {@code ObjectCreated:Put}
   * @param sourceIp the address of the client
   * @param requestId as answered in {@code x-amz-request-id}
   * @param hostId as answered in {@code x-amz-id-2}
   */
  record Cause(String event, String sourceIp, String requestId, String hostId) {

    /** The same request with another event. */
    public Cause withEvent(String newEvent) {
      return new Cause(newEvent, sourceIp, requestId, hostId);
    }
  }

  /**
   * A message to deliver.
   *
   * @param queueArn the queue
   * @param body the text
   */
  record Message(String queueArn, String body) {}
}
