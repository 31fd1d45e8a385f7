package dev.sluice.lake.lambda;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Calls a function from time to time, as EventBridge Scheduler does, for the first time after one
 * rate. What fails is logged and left to the next time.
 */
public final class Schedule implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Schedule.class.getName());

  private final String name;
  private final FunctionPool function;
  private final Supplier<String> input;
  private final Duration rate;
  private final Thread thread;

  private Schedule(String name, FunctionPool function, Supplier<String> input, Duration rate) {
    this.name = name;
    this.function = function;
    this.input = input;
    this.rate = rate;
    thread = Thread.ofVirtual().name("schedule-" + name).unstarted(this::run);
  }

  /**
   * Starts to wait.
   *
   * @param input what the function is given, asked for at each time
   */
  public static Schedule start(
      String name, FunctionPool function, Supplier<String> input, Duration rate) {
    Schedule schedule = new Schedule(name, function, input, rate);
    schedule.thread.start();
    return schedule;
  }

  /** Ends it; a call under way is broken off, as the function bears at any instant. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(rate);
        call();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void call() throws InterruptedException {
    try {
      if (function.invoke(input.get().getBytes(StandardCharsets.UTF_8))
          instanceof Outcome.Failed(String id, String type, String message)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "{0} failed when {1} called it, request {2}: {3}: {4}",
            function.function().name(),
            name,
            id,
            type,
            message);
      }
    } catch (RuntimeException e) {
      if (!Thread.currentThread().isInterrupted()) {
        LOG.log(System.Logger.Level.ERROR, "Cannot call the function of the schedule " + name, e);
      }
    }
  }
}
