package dev.sluice.lake.lambda;

import dev.sluice.model.SluiceException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The processes of one function: started when needed, up to a limit, kept for the next event,
 * replaced when they fail or when the jar was built anew. Safe for use by many threads.
 */
public final class FunctionPool implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FunctionPool.class.getName());

  private final LambdaFunction function;
  private final Settings settings;
  private final Semaphore permits;
  private final Object lock = new Object();
  private final Deque<Sandbox> idle = new ArrayDeque<>();
  private final Map<Sandbox, Integer> numbers = new HashMap<>();
  private final BitSet taken = new BitSet();
  private boolean closed;

  /**
   * Where and how processes run.
   *
   * @param javaHome the JDK
   * @param folder for deployed jars and working folders, one folder for each function
   * @param logs for the logs, {@code lambda-<function>-<n>.log}
   * @param endpoint what the function gets as {@code AWS_ENDPOINT_URL}
   * @param region the AWS region
   * @param account the account id
   * @param concurrency the most processes at a time
   * @param nativeClient whether AWS's runtime interface client works with its native library; there
   *     is one for Linux only, elsewhere a stand-in in Java makes the same requests
   * @param timeToStart how long a process may take until it asks for its first event
   */
  public record Settings(
      Path javaHome,
      Path folder,
      Path logs,
      Supplier<URI> endpoint,
      String region,
      String account,
      int concurrency,
      boolean nativeClient,
      Duration timeToStart) {

    /** Whether there is a native library for this machine. */
    public static boolean hasNativeClient() {
      return Deployment.hasNativeLibrary();
    }
  }

  /** A pool without any process yet. */
  public FunctionPool(LambdaFunction function, Settings settings) {
    this.function = function;
    this.settings = settings;
    this.permits = new Semaphore(settings.concurrency());
  }

  /** The function. */
  public LambdaFunction function() {
    return function;
  }

  /** The most invocations at a time. */
  public int concurrency() {
    return settings.concurrency();
  }

  /** The processes that there are, by their number in the operating system. */
  public List<Long> pids() {
    synchronized (lock) {
      return numbers.keySet().stream().filter(Sandbox::isUsable).map(Sandbox::pid).toList();
    }
  }

  /** Starts a process ahead of the first event, when there is none; does not wait for it. */
  public void warm() {
    if (permits.tryAcquire()) {
      try {
        release(acquire());
      } finally {
        permits.release();
      }
    }
  }

  /**
   * Handles one event, waiting for a process when all are busy.
   *
   * @param event JSON
   * @throws SluiceException when no process can be started, for instance because the jar is missing
   * @throws InterruptedException when the thread is interrupted; a process at work is ended then
   */
  public Outcome invoke(byte[] event) throws InterruptedException {
    permits.acquire();
    try {
      Sandbox sandbox = acquire();
      try {
        return sandbox.invoke(event);
      } finally {
        release(sandbox);
      }
    } finally {
      permits.release();
    }
  }

  /** Ends all processes. */
  @Override
  public void close() {
    List<Sandbox> all;
    synchronized (lock) {
      closed = true;
      all = new ArrayList<>(numbers.keySet());
      idle.clear();
      numbers.clear();
    }
    // Together: each may take a moment to go.
    List<Thread> threads =
        all.stream().map(sandbox -> Thread.ofVirtual().start(sandbox::close)).toList();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Sandbox acquire() {
    Deployment current = Deployment.of(function, settings.folder().resolve(function.name()));
    int number;
    List<Sandbox> useless = new ArrayList<>();
    try {
      synchronized (lock) {
        if (closed) {
          throw new IllegalStateException("The pool of " + function.name() + " is closed");
        }
        while (!idle.isEmpty()) {
          // The one that was used last is the warmest.
          Sandbox sandbox = idle.pop();
          if (sandbox.isUsable() && sandbox.deployment().equals(current)) {
            return sandbox;
          }
          forget(sandbox);
          useless.add(sandbox);
        }
        number = taken.nextClearBit(0);
        taken.set(number);
      }
    } finally {
      useless.forEach(Sandbox::close);
    }
    Sandbox sandbox;
    try {
      sandbox = Sandbox.start(function, current, settings, number);
    } catch (RuntimeException | Error e) {
      synchronized (lock) {
        taken.clear(number);
      }
      throw e;
    }
    LOG.log(
        System.Logger.Level.DEBUG,
        () -> "Started process " + sandbox.pid() + " of " + function.name());
    synchronized (lock) {
      if (!closed) {
        numbers.put(sandbox, number);
        return sandbox;
      }
    }
    sandbox.close();
    throw new IllegalStateException("The pool of " + function.name() + " is closed");
  }

  private void release(Sandbox sandbox) {
    synchronized (lock) {
      if (!closed && sandbox.isUsable()) {
        idle.push(sandbox);
        return;
      }
      forget(sandbox);
    }
    sandbox.close();
  }

  private void forget(Sandbox sandbox) {
    Integer number = numbers.remove(sandbox);
    if (number != null) {
      taken.clear(number);
    }
  }
}
