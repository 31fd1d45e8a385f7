package dev.sluice.lake.lambda;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.sqs.Queues;
import dev.sluice.lake.sqs.ReceivedMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a function from a queue, as Lambda's event source mapping does: collects a batch, invokes,
 * deletes what was handled. What was not handled is received again when its visibility time-out is
 * over, and goes to the dead-letter queue by the queue's own rule.
 */
public final class EventSource implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(EventSource.class.getName());
  private static final Duration LONG_POLL = Duration.ofSeconds(20);
  private static final Duration PAUSE_AFTER_ERROR = Duration.ofSeconds(2);
  private static final int MAX_RECEIVE = 10;
  private static final int MAX_DOUBLINGS = 6;

  private final Queues queues;
  private final FunctionPool function;
  private final Settings settings;
  private final List<Thread> pollers = new ArrayList<>();
  private final Set<Thread> busy = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  /**
   * How to read the queue.
   *
   * @param queue the queue's name
   * @param region the region that stands in events
   * @param batchSize the most messages in an event
   * @param batchWindow how long to wait for a batch to fill
   * @param concurrency the most invocations at a time
   * @param retryAfter when a message that failed for the first time is received again, twice as
   *     long after each further time; null for when its visibility time-out is over, as on AWS
   */
  public record Settings(
      String queue,
      String region,
      int batchSize,
      Duration batchWindow,
      int concurrency,
      @Nullable Duration retryAfter) {}

  private EventSource(Queues queues, FunctionPool function, Settings settings) {
    this.queues = queues;
    this.function = function;
    this.settings = settings;
  }

  /** Starts to poll. */
  public static EventSource start(Queues queues, FunctionPool function, Settings settings) {
    EventSource source = new EventSource(queues, function, settings);
    queues.sendReceivedAnew(settings.queue());
    int count = Math.max(1, Math.min(settings.concurrency(), function.concurrency()));
    for (int i = 0; i < count; i++) {
      source.pollers.add(
          Thread.ofVirtual().name("poll-" + settings.queue() + "-" + i).start(source::poll));
    }
    return source;
  }

  /** Stops to poll; invocations under way have the given time to end. */
  public void stop(Duration patience) {
    stopping = true;
    long end = System.nanoTime() + patience.toNanos();
    for (Thread poller : pollers) {
      try {
        if (busy.contains(poller)) {
          poller.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
        poller.interrupt();
        poller.join();
      } catch (InterruptedException e) {
        poller.interrupt();
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  private void poll() {
    while (!stopping) {
      try {
        List<ReceivedMessage> batch = batch();
        if (!batch.isEmpty()) {
          busy.add(Thread.currentThread());
          try {
            handle(batch);
          } finally {
            busy.remove(Thread.currentThread());
          }
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        if (stopping) {
          return;
        }
        LOG.log(
            System.Logger.Level.ERROR,
            "Cannot feed "
                + function.function().name()
                + " from the queue "
                + settings.queue()
                + "; trying again",
            e);
        try {
          Thread.sleep(PAUSE_AFTER_ERROR);
        } catch (InterruptedException interrupted) {
          return;
        }
      }
    }
  }

  private List<ReceivedMessage> batch() throws InterruptedException {
    List<ReceivedMessage> batch = new ArrayList<>(receive(settings.batchSize(), LONG_POLL));
    if (batch.isEmpty()) {
      return batch;
    }
    long end = System.nanoTime() + settings.batchWindow().toNanos();
    while (batch.size() < settings.batchSize()) {
      Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
      List<ReceivedMessage> more = receive(settings.batchSize() - batch.size(), left);
      if (more.isEmpty()) {
        break;
      }
      batch.addAll(more);
    }
    return batch;
  }

  private List<ReceivedMessage> receive(int max, Duration wait) throws InterruptedException {
    return queues.receive(settings.queue(), Math.min(max, MAX_RECEIVE), null, wait);
  }

  private void handle(List<ReceivedMessage> batch) throws InterruptedException {
    byte[] event = SqsBatch.event(batch, queues.arn(settings.queue()), settings.region());
    Outcome outcome;
    try {
      outcome = function.invoke(event);
    } catch (RuntimeException | Error e) {
      batch.forEach(this::retryLater);
      throw e;
    }
    Set<String> failed;
    switch (outcome) {
      case Outcome.Returned(String id, String payload) -> {
        failed = SqsBatch.failures(payload, batch);
        if (!failed.isEmpty()) {
          LOG.log(
              System.Logger.Level.WARNING,
              "{0} left {1} of {2} messages in the queue, request {3}",
              function.function().name(),
              failed.size(),
              batch.size(),
              id);
        }
      }
      case Outcome.Failed(String id, String type, String message) -> {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} failed, {1} messages stay in the queue, request {2}: {3}: {4}",
            function.function().name(),
            batch.size(),
            id,
            type,
            message);
        failed = null;
      }
    }
    for (ReceivedMessage message : batch) {
      if (failed != null && !failed.contains(message.id())) {
        queues.deleteMessage(settings.queue(), message.receiptHandle());
      } else {
        retryLater(message);
      }
    }
  }

  /**
   * Each time later than before, so that what is wrong has time to be mended. Not as the same
   * message, which comes again only after minutes, when its function has certainly ended.
   */
  private void retryLater(ReceivedMessage message) {
    Duration first = settings.retryAfter();
    if (first == null) {
      return;
    }
    int failures = Integer.parseInt(message.system().getOrDefault("ApproximateReceiveCount", "1"));
    Duration after = first.multipliedBy(1L << Math.min(failures - 1, MAX_DOUBLINGS));
    try {
      queues.sendAnew(settings.queue(), message.receiptHandle(), after);
    } catch (ServiceException e) {
      // It is visible already, which is as good.
    }
  }
}
