package dev.sluice.books;

import dev.sluice.model.json.Json;
import dev.sluice.model.store.MessageQueue;
import dev.sluice.model.store.ObjectName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Asks ingest to look at objects, through its own queue, in messages of the shape that S3 sends,
 * with event names of their own. Safe for concurrent use.
 */
public final class Redrive {
  /** What one request of SQS takes. */
  private static final int BATCH = 10;

  private final MessageQueue queue;
  private final Clock clock;
  private final List<String> waiting = new ArrayList<>();

  public Redrive(MessageQueue queue, Clock clock) {
    this.queue = queue;
    this.clock = clock;
  }

  /** Asks to load what is not loaded, and to withdraw what is left over. Sent with the next ten. */
  public void look(ObjectName object) {
    add(object, ObjectEvent.LOOK);
  }

  /** Asks to load the object, also when everything seems to be in place. Sent with the next ten. */
  public void reload(ObjectName object) {
    add(object, ObjectEvent.RELOAD);
  }

  private void add(ObjectName object, String event) {
    Map<String, ?> hint =
        Map.of(
            "eventName",
            event,
            "eventTime",
            clock.instant().toString(),
            "s3",
            Map.of(
                "bucket",
                Map.of("name", object.bucket()),
                "object",
                Map.of("key", URLEncoder.encode(object.key(), StandardCharsets.UTF_8))));
    List<String> batch;
    synchronized (waiting) {
      waiting.add(Json.write(Map.of("Records", List.of(hint))));
      if (waiting.size() < BATCH) {
        return;
      }
      batch = List.copyOf(waiting);
      waiting.clear();
    }
    queue.send(batch);
  }

  /** Sends what waits. */
  public void flush() {
    List<String> batch;
    synchronized (waiting) {
      batch = List.copyOf(waiting);
      waiting.clear();
    }
    if (!batch.isEmpty()) {
      queue.send(batch);
    }
  }
}
