package dev.sluice.books;

import static dev.sluice.books.World.reading;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/**
 * Many deliveries of many objects, eight of each event, shuffled, on several threads at once, while
 * every fourth object is overwritten.
 */
public final class Storm {
  private static final int COPIES = 8;

  private final Shelf shelf;
  private final Path scratch;
  private final Mutant mutant;
  private final int threads;

  /** What it came to. */
  public record Count(long objects, long uploads, long deliveries, Findings findings) {}

  public Storm(Shelf shelf, Path scratch, Mutant mutant, int threads) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.mutant = mutant;
    this.threads = threads;
  }

  /**
   * Lets it happen.
   *
   * @param deliveries about how many
   * @param progress hears of each thousandth delivery
   */
  public Count run(int deliveries, long seed, LongConsumer progress) {
    int objects = Math.max(1, deliveries / COPIES * 4 / 5);
    Random random = new Random(seed);
    Scene scene = new Scene(shelf, scratch, false, mutant);
    scene.severalAtATime();
    Pool pool = new Pool(random);
    int serial = 0;
    for (int i = 0; i < objects; i++) {
      String key = "readings/" + i + ".json";
      pool.add(scene.upload(key, content(random, ++serial)));
      if (i % 4 == 0) {
        byte[] other = content(random, ++serial);
        pool.add(() -> pool.add(scene.upload(key, other)));
      }
    }
    pool.start(scene, progress);
    return new Count(objects, serial, pool.delivered, scene.finish());
  }

  /** The text of an upload; records are like those of no other serial number. */
  public static byte[] content(Random random, int serial) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= serial % 4; i++) {
      int id = serial * 10 + i;
      text.append(
          i == 3
              ? FaultRuns.never(id)
              : reading(id, List.of("a", "b", "c").get(random.nextInt(3)), id));
    }
    return FaultRuns.bytes(text.toString());
  }

  /** What is to be done, taken out in any order. */
  private final class Pool {
    private final Random random;
    private final List<Object> tasks = new ArrayList<>();
    private int running;
    private long delivered;

    Pool(Random random) {
      this.random = random;
    }

    synchronized void add(ObjectEvent event) {
      tasks.addAll(Collections.nCopies(COPIES, event));
    }

    synchronized void add(Runnable overwrite) {
      tasks.add(overwrite);
    }

    private synchronized void again(ObjectEvent event) {
      tasks.add(event);
    }

    private synchronized Object next() throws InterruptedException {
      while (tasks.isEmpty() && running > 0) {
        wait(10);
      }
      if (tasks.isEmpty()) {
        return this;
      }
      running++;
      int chosen = random.nextInt(tasks.size());
      Object task = tasks.get(chosen);
      Object last = tasks.remove(tasks.size() - 1);
      if (chosen < tasks.size()) {
        tasks.set(chosen, last);
      }
      return task;
    }

    private synchronized long done(boolean delivery) {
      running--;
      return delivery ? ++delivered : 0;
    }

    void start(Scene scene, LongConsumer progress) {
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          all.add(pool.submit(() -> work(scene, progress)));
        }
        for (Future<?> each : all) {
          each.get();
        }
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException("The storm ended early", e);
      } finally {
        pool.shutdownNow();
      }
    }

    private Void work(Scene scene, LongConsumer progress) throws InterruptedException {
      for (Object task = next(); task != this; task = next()) {
        if (task instanceof ObjectEvent event) {
          if (!scene.deliver(event)) {
            again(event);
          }
          long so = done(true);
          if (so % 1000 == 0) {
            progress.accept(so);
          }
        } else {
          ((Runnable) task).run();
          done(false);
        }
      }
      return null;
    }
  }
}
