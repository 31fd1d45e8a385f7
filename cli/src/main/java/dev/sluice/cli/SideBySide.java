package dev.sluice.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Shares threads out among inputs: large ones have all of them, one after the other; small ones go
 * side by side, with a thread each, as many as the heap has room for. Every conversion keeps its
 * whole budget of memory, because its files depend on that.
 */
final class SideBySide {
  /** From here on an input is worth several threads. */
  private static final long LARGE = 32L << 20;

  /** What a conversion with default options may take of the heap, with room to spare. */
  private static final long HEAP_EACH = 160L << 20;

  private final int threads;
  private final int atOnce;

  /** Converts one input. */
  interface Work<R> {
    R convert(Inputs.Input input, int threads) throws IOException;
  }

  /**
   * @param heap the most memory that there is
   */
  SideBySide(int threads, long heap) {
    this.threads = threads;
    this.atOnce = (int) Math.max(1, Math.min(threads, heap / HEAP_EACH));
  }

  /**
   * Converts all inputs; answers the results in the order of the inputs. After the first failure no
   * other input is begun, and those that are being converted are interrupted.
   */
  <R> List<R> run(List<Inputs.Input> inputs, Work<R> work) throws IOException {
    Map<Inputs.Input, R> results = new LinkedHashMap<>();
    List<Inputs.Input> small = new ArrayList<>();
    for (Inputs.Input input : inputs) {
      if (input.bytes() >= LARGE || inputs.size() == 1) {
        results.put(input, work.convert(input, threads));
      } else {
        small.add(input);
      }
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      Map<Inputs.Input, Future<R>> pending = new LinkedHashMap<>();
      for (Inputs.Input input : small) {
        pending.put(input, pool.submit(() -> work.convert(input, 1)));
      }
      try {
        for (Map.Entry<Inputs.Input, Future<R>> each : pending.entrySet()) {
          results.put(each.getKey(), each.getValue().get());
        }
      } catch (ExecutionException e) {
        pool.shutdownNow();
        throw thrown(e.getCause());
      } catch (InterruptedException e) {
        pool.shutdownNow();
        Thread.currentThread().interrupt();
        throw new Failure("Cannot convert all inputs: interrupted", e);
      }
    }
    return inputs.stream().map(results::get).toList();
  }

  private static IOException thrown(Throwable cause) {
    if (cause instanceof RuntimeException e) {
      throw e;
    }
    if (cause instanceof Error e) {
      throw e;
    }
    return cause instanceof IOException e ? e : new IOException(cause);
  }
}
