package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Many small requests at a time. */
final class Parallel {
  private Parallel() {}

  /** The results in the order of the items; the first failure is thrown. */
  static <T, R> List<R> map(Collection<T> items, int threads, Function<T, R> work) {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "books");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<R>> pending = new ArrayList<>(items.size());
      items.forEach(item -> pending.add(pool.submit(() -> work.apply(item))));
      List<R> results = new ArrayList<>(items.size());
      for (Future<R> each : pending) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot read the books: interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
