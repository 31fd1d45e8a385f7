package dev.sluice.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;

/**
 * What must be done at the end of a command, however it ends: normally, by an exception, or by
 * Ctrl-C. Last added, first done, each once.
 */
final class Ending implements AutoCloseable {
  private static volatile boolean interrupted;

  private final Deque<Step> steps = new ArrayDeque<>();
  private final Thread hook = new Thread(this::interrupt, "ending");
  private final CountDownLatch never = new CountDownLatch(1);

  /** One thing to be done. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  Ending() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the process is being ended from outside, so that errors now mean nothing. */
  static boolean isUnderway() {
    return interrupted;
  }

  /** Adds a thing to be done. */
  synchronized void add(Step step) {
    steps.push(step);
  }

  /** Adds a thing to be closed, and answers it. */
  <T extends AutoCloseable> T closing(T resource) {
    add(resource::close);
    return resource;
  }

  /** Waits until Ctrl-C; does not return then, the process ends. */
  void await() throws InterruptedException {
    never.await();
  }

  private void interrupt() {
    interrupted = true;
    run();
  }

  private synchronized void run() {
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (Exception e) {
        // The others must be done all the same; what is left behind is in a temporary folder or
        // ends with this process.
        System.getLogger(Ending.class.getName()).log(System.Logger.Level.DEBUG, "At the end", e);
      }
    }
  }

  @Override
  public void close() {
    if (interrupted) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return; // The hook does it.
    }
    run();
  }
}
