package dev.sluice.model.registry;

import java.time.Duration;

/**
 * A queue, the function it feeds, and where undeliverable messages go.
 *
 * @param name its name
 * @param function name of the function that receives its messages
 * @param visibility how long a received message is hidden; at least six times the function's
 *     time-out, as Lambda asks
 * @param retention how long a message is kept
 * @param maxReceiveCount after that many receives a message goes to the dead-letter queue
 * @param deadLetterQueue name of that queue
 * @param deadLetterRetention how long it keeps a message
 * @param batchSize most messages in one invocation
 * @param batchWindow how long to wait for a batch to fill
 * @param maxConcurrency most invocations at a time, 2 to 1,000
 * @param maxMessageBytes the largest message
 */
public record QueueSpec(
    String name,
    String function,
    Duration visibility,
    Duration retention,
    int maxReceiveCount,
    String deadLetterQueue,
    Duration deadLetterRetention,
    int batchSize,
    Duration batchWindow,
    int maxConcurrency,
    int maxMessageBytes) {

  public QueueSpec {
    check(name, name.matches("[A-Za-z0-9_-]{1,80}"), "no valid name");
    check(name, !name.equals(deadLetterQueue), "it is its own dead-letter queue");
    check(name, within(visibility, 0, 12 * 3600), "visibility is 0 to 12 hours");
    check(name, within(retention, 60, 14 * 86_400), "retention is 1 minute to 14 days");
    check(
        name,
        within(deadLetterRetention, 60, 14 * 86_400)
            && deadLetterRetention.compareTo(retention) >= 0,
        "the dead-letter queue keeps messages at least as long, because their age counts on");
    check(name, maxReceiveCount >= 1 && maxReceiveCount <= 1000, "maxReceiveCount is 1 to 1000");
    check(name, batchSize >= 1 && batchSize <= 10_000, "batchSize is 1 to 10000");
    check(name, within(batchWindow, 0, 300), "batchWindow is 0 to 300 s");
    check(
        name,
        batchSize <= 10 || !batchWindow.isZero(),
        "a batch of more than 10 needs a batch window");
    check(name, maxConcurrency >= 2 && maxConcurrency <= 1000, "maxConcurrency is 2 to 1000");
    check(
        name,
        maxMessageBytes >= 1024 && maxMessageBytes <= 1 << 20,
        "maxMessageBytes is 1 KiB to 1 MiB");
  }

  private static boolean within(Duration duration, long least, long most) {
    return duration.toSeconds() >= least
        && duration.compareTo(Duration.ofSeconds(most)) <= 0
        && duration.getNano() == 0;
  }

  private static void check(String name, boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException("Cannot declare queue " + name + ": " + why);
    }
  }
}
