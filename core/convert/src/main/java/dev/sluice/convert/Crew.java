package dev.sluice.convert;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several threads that convert one source together.
 *
 * <p>The source is cut into pieces at the ends of lines, in order; pieces are scanned in any order;
 * what was scanned is assembled in order, which decides on row groups; row groups are encoded in
 * any order, those of one partition one after the other. Whoever is free takes the step that lets
 * the source advance most: assemble, else encode, else scan, else cut. What cannot be cut, because
 * records span lines or a line is very long, is read and assembled in one step while others encode.
 *
 * <p>Threads decide nothing but the order of steps that do not depend on one another, so files do
 * not depend on threads. Memory beyond that of one thread: for each thread three pieces of text
 * with their columns and what it takes to encode a row group; and for all of them the stages that
 * wait to be encoded, for which assembling waits.
 */
final class Crew {
  /**
   * What the threads work on.
   *
   * @param reader cuts the source
   * @param batch that the reader fills with what cannot be cut
   * @param pieces makes the pieces that are scanned apart
   * @param encoders makes an encoder for a thread
   */
  record Job(
      Input input,
      RecordReader reader,
      Batch batch,
      Supplier<Piece> pieces,
      Assembly assembly,
      TableWriter table,
      Supplier<Encoder> encoders,
      QuarantineWriter quarantine,
      Progress progress) {}

  /** One thing to do, by one thread. */
  private interface Step {
    void run(Encoder encoder) throws IOException;
  }

  private final Job job;
  private final long mostMemory;
  private final long mostLoading;

  // Everything below is guarded by this object.
  private final Deque<Piece> free = new ArrayDeque<>();
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final Deque<Encoder.Load> loads = new ArrayDeque<>();
  private final Set<Partition> busy = new HashSet<>();
  private final List<Thread> helpers = new ArrayList<>();
  private boolean cutting;
  private boolean assembling;
  private boolean cannotCut;
  private boolean ended;

  /** Bytes of stages that are not encoded yet. */
  private long staged;

  /** Bytes of scratch space that are being encoded. */
  private long loading;

  /** Loads with data in scratch space that are not encoded yet. */
  private int scattered;

  private @Nullable Throwable failure;

  Crew(int threads, long bufferBytes, Job job) {
    this.job = job;
    this.mostMemory = bufferBytes + bufferBytes / 4;
    this.mostLoading = bufferBytes / 2;
    for (int i = 0; i < 3 * threads; i++) {
      free.add(job.pieces().get());
    }
    for (int i = 1; i < threads; i++) {
      Thread helper = new Thread(this::work, "sluice-convert-" + i);
      helper.setDaemon(true);
      helpers.add(helper);
    }
  }

  /** Converts until everything is encoded; no thread is left when it returns. */
  void run() throws IOException {
    helpers.forEach(Thread::start);
    work();
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable why = failure();
    if (why instanceof IOException e) {
      throw e;
    } else if (why instanceof RuntimeException e) {
      throw e;
    } else if (why instanceof Error e) {
      throw e;
    }
  }

  private synchronized @Nullable Throwable failure() {
    return failure;
  }

  private void work() {
    try (Encoder encoder = job.encoders().get()) {
      for (Step step = next(); step != null; step = next()) {
        step.run(encoder);
      }
    } catch (IOException | RuntimeException | Error e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(new InterruptedIOException("Interrupted while converting"));
    }
  }

  private synchronized void fail(Throwable why) {
    if (failure == null) {
      failure = why;
      helpers.stream().filter(t -> t != Thread.currentThread()).forEach(Thread::interrupt);
    }
    notifyAll();
  }

  /** What this thread does next; null when there is nothing left to do. */
  private synchronized @Nullable Step next() throws InterruptedException {
    while (failure == null) {
      Step step = assemble();
      step = step == null ? encode() : step;
      step = step == null ? scan() : step;
      step = step == null ? cut() : step;
      if (step != null) {
        return step;
      }
      if (ended && loads.isEmpty() && busy.isEmpty()) {
        notifyAll();
        return null;
      }
      wait();
    }
    return null;
  }

  // ---- steps: what may be done is looked up with the lock, and done without it

  private @Nullable Step assemble() {
    if (assembling
        || ended
        || scattered > 0
        || staged + job.table().memory() > mostMemory && staged > 0) {
      return null;
    }
    Piece first = pieces.peek();
    if (first != null && first.scanned) {
      assembling = true;
      return encoder -> {
        first.assemble(job.reader(), job.assembly(), job.quarantine(), job.progress());
        assembled(true);
      };
    }
    if (first == null && cannotCut) {
      assembling = true;
      return encoder -> {
        boolean more = job.reader().next();
        if (more) {
          job.assembly().take(job.batch(), job.reader());
          job.progress().at(job.input().storedBytes(), job.reader().read());
        } else {
          job.table().flush();
        }
        assembled(more);
      };
    }
    return null;
  }

  private synchronized void assembled(boolean more) {
    Piece done = pieces.poll();
    if (done != null) {
      free.add(done);
    } else {
      cannotCut = false;
    }
    assembling = false;
    ended = !more;
    Encoder.Load load;
    while ((load = job.table().next()) != null) {
      loads.add(load);
      staged += load.stage().memory();
      scattered += load.scratch() == null ? 0 : 1;
    }
    notifyAll();
  }

  private @Nullable Step encode() {
    for (Encoder.Load load : loads) {
      if (busy.contains(load.partition())) {
        continue;
      }
      long more = load.waiting().bytes();
      if (loading > 0 && loading + more > mostLoading) {
        // A later one of the same partition must not overtake it.
        return null;
      }
      loads.remove(load);
      busy.add(load.partition());
      loading += more;
      long held = load.stage().memory();
      return encoder -> {
        encoder.encode(load);
        encoded(load, held);
      };
    }
    return null;
  }

  private synchronized void encoded(Encoder.Load load, long held) {
    busy.remove(load.partition());
    loading -= load.waiting().bytes();
    staged -= held;
    scattered -= load.scratch() == null ? 0 : 1;
    notifyAll();
  }

  private @Nullable Step scan() {
    for (Piece piece : pieces) {
      if (!piece.scanning) {
        piece.scanning = true;
        return encoder -> {
          piece.scan();
          scanned(piece);
        };
      }
    }
    return null;
  }

  private synchronized void scanned(Piece piece) {
    piece.scanned = true;
    notifyAll();
  }

  private @Nullable Step cut() {
    if (cutting || cannotCut || ended || free.isEmpty()) {
      return null;
    }
    cutting = true;
    Piece piece = free.remove();
    return encoder -> wasCut(piece, job.reader().cut(piece));
  }

  private synchronized void wasCut(Piece piece, boolean any) {
    cutting = false;
    if (any) {
      pieces.add(piece);
    } else {
      free.add(piece);
      cannotCut = true;
    }
    notifyAll();
  }
}
