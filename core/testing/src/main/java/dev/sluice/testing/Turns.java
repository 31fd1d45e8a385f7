package dev.sluice.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Several workers of which one runs at a time. Before each of its remote calls a worker asks who
 * goes on, so that the answers alone decide what happens, and the same answers make it happen
 * again.
 */
public final class Turns {
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "worker");
        thread.setDaemon(true);
        return thread;
      });

  private final ThreadLocal<@Nullable Integer> self = new ThreadLocal<>();
  private final List<Semaphore> turns = new ArrayList<>();
  private final Semaphore over = new Semaphore(0);
  private final List<Integer> alive = new ArrayList<>();
  private final Chooser chooser;
  private @Nullable Throwable failure;

  /** Decides who goes on. */
  public interface Chooser {
    /**
     * @param free whether none runs at this moment: a worker has just ended, or none began
     * @param options how many could go on, two at least; 0 is the one that runs
     */
    int choose(boolean free, int options);
  }

  public Turns(Chooser chooser) {
    this.chooser = chooser;
  }

  /** Runs all to their ends; what one of them throws is thrown when all have ended. */
  public void run(List<Runnable> workers) {
    for (int i = 0; i < workers.size(); i++) {
      turns.add(new Semaphore(0));
      alive.add(i);
    }
    for (int i = 0; i < workers.size(); i++) {
      int number = i;
      THREADS.execute(() -> live(number, workers.get(number)));
    }
    turns.get(alive.get(chosen(true))).release();
    over.acquireUninterruptibly();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private void live(int number, Runnable worker) {
    self.set(number);
    Thread.currentThread().setName("worker " + number);
    turns.get(number).acquireUninterruptibly();
    try {
      worker.run();
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      self.remove();
      alive.remove(Integer.valueOf(number));
      if (alive.isEmpty()) {
        over.release();
      } else {
        turns.get(alive.get(chosen(true))).release();
      }
    }
  }

  /** To be called before each remote call; other threads pass. */
  public void step() {
    Integer number = self.get();
    if (number == null || alive.size() == 1) {
      return;
    }
    int choice = chosen(false);
    if (choice > 0) {
      List<Integer> others = new ArrayList<>(alive);
      others.remove(number);
      turns.get(others.get(choice - 1)).release();
      turns.get(number).acquireUninterruptibly();
    }
  }

  private int chosen(boolean free) {
    return alive.size() == 1 ? 0 : chooser.choose(free, alive.size());
  }
}
