package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.store.MessageQueue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link MessageQueue} over SQS. Safe for concurrent use. */
public final class SqsQueue implements MessageQueue {
  /** SQS's own limit for one call. */
  private static final int BATCH = 10;

  private final JsonCalls sqs;
  private final String name;
  private final int attempts;
  private @Nullable String url;

  SqsQueue(JsonCalls sqs, String name, int attempts) {
    this.sqs = sqs;
    this.name = name;
    this.attempts = attempts;
  }

  @Override
  public void send(List<String> bodies) {
    for (int from = 0; from < bodies.size(); from += BATCH) {
      batch(bodies.subList(from, Math.min(bodies.size(), from + BATCH)));
    }
  }

  private void batch(List<String> bodies) {
    Map<String, String> waiting = new LinkedHashMap<>();
    for (String body : bodies) {
      waiting.put(Integer.toString(waiting.size()), body);
    }
    for (int attempt = 1; ; attempt++) {
      List<Map<String, String>> entries = new ArrayList<>();
      waiting.forEach((id, body) -> entries.add(Map.of("Id", id, "MessageBody", body)));
      Map<String, @Nullable Object> answer =
          sqs.call("SendMessageBatch", name, Map.of("QueueUrl", url(), "Entries", entries));
      if (answer.get("Successful") instanceof List<?> sent) {
        for (Object one : sent) {
          if (one instanceof Map<?, ?> entry) {
            waiting.remove(String.valueOf(entry.get("Id")));
          }
        }
      }
      if (waiting.isEmpty()) {
        return;
      }
      String why = failures(answer);
      if (attempt == attempts) {
        throw new SluiceException(
            ErrorCode.UNAVAILABLE,
            "Cannot send to queue "
                + name
                + ": it did not take "
                + waiting.size()
                + " of "
                + bodies.size()
                + " messages"
                + why);
      }
      JsonCalls.pause(attempt);
    }
  }

  private String failures(Map<String, @Nullable Object> answer) {
    if (!(answer.get("Failed") instanceof List<?> failed)) {
      return "";
    }
    List<String> codes = new ArrayList<>();
    for (Object one : failed) {
      if (one instanceof Map<?, ?> entry) {
        if (Boolean.TRUE.equals(entry.get("SenderFault"))) {
          throw new SluiceException(
              ErrorCode.INTERNAL,
              "Cannot send to queue " + name + ": SQS refuses a message: " + entry.get("Code"));
        }
        codes.add(String.valueOf(entry.get("Code")));
      }
    }
    return ": " + String.join(", ", codes);
  }

  private synchronized String url() {
    if (url == null) {
      Object found = sqs.call("GetQueueUrl", name, Map.of("QueueName", name)).get("QueueUrl");
      if (!(found instanceof String text)) {
        throw new SluiceException(
            ErrorCode.UNAVAILABLE, "Cannot find queue " + name + ": SQS's answer has no address");
      }
      url = text;
    }
    return url;
  }
}
