package dev.sluice.books;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Sorts more records than memory holds: what the budget does not take is written to files in sorted
 * runs, which are merged. Records are bytes, and sorted as unsigned ones. Not safe for concurrent
 * use.
 */
final class SortedRuns implements AutoCloseable {
  /** So many files are read side by side, each with its buffers; of more, one is made. */
  private static final int MOST_RUNS = 64;

  /** What a record takes in memory beside its bytes. */
  private static final int OVERHEAD = 32;

  private static final int BUFFER = 1 << 13;

  private final Path folder;
  private final long budget;
  private final List<byte[]> buffer = new ArrayList<>();
  private final List<Path> runs = new ArrayList<>();
  private final List<Run> open = new ArrayList<>();
  private long buffered;
  private int written;

  /**
   * @param folder an existing folder for files; what is written there is removed again
   * @param budget bytes of memory for records that are not in files yet
   */
  SortedRuns(Path folder, long budget) {
    this.folder = folder;
    this.budget = budget;
  }

  void add(byte[] record) {
    buffer.add(record);
    buffered += record.length + OVERHEAD;
    if (buffered > budget) {
      spill();
    }
  }

  /** All records in order. To be called once, when all are added; valid until this is closed. */
  Iterator<byte[]> sorted() {
    buffer.sort(Arrays::compareUnsigned);
    if (runs.isEmpty()) {
      return buffer.iterator();
    }
    return merged(buffer.iterator());
  }

  private void spill() {
    buffer.sort(Arrays::compareUnsigned);
    Path run = write(buffer.iterator());
    runs.add(run);
    buffer.clear();
    buffered = 0;
    if (runs.size() == MOST_RUNS) {
      List<Path> old = List.copyOf(runs);
      Path all = write(merged(List.<byte[]>of().iterator()));
      closeRuns();
      runs.clear();
      runs.add(all);
      old.forEach(SortedRuns::delete);
    }
  }

  private Path write(Iterator<byte[]> records) {
    Path file = folder.resolve("run-" + written++);
    // Neighbours have long prefixes in common, so that the quickest compression pays.
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try (OutputStream raw = Files.newOutputStream(file);
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(new DeflaterOutputStream(raw, deflater, BUFFER)))) {
      while (records.hasNext()) {
        byte[] record = records.next();
        out.writeInt(record.length);
        out.write(record);
      }
      out.writeInt(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      deflater.end();
    }
    return file;
  }

  private Iterator<byte[]> merged(Iterator<byte[]> inMemory) {
    PriorityQueue<Head> heads =
        new PriorityQueue<>(Comparator.comparing(Head::record, Arrays::compareUnsigned));
    for (Path file : runs) {
      Run run = new Run(file);
      open.add(run);
      advance(heads, run);
    }
    advance(heads, inMemory);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !heads.isEmpty();
      }

      @Override
      public byte[] next() {
        Head least = heads.poll();
        if (least == null) {
          throw new NoSuchElementException();
        }
        advance(heads, least.rest());
        return least.record();
      }
    };
  }

  private static void advance(PriorityQueue<Head> heads, Iterator<byte[]> records) {
    if (records.hasNext()) {
      heads.add(new Head(records.next(), records));
    }
  }

  /** The first record of a run, and the run after it. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Head(byte[] record, Iterator<byte[]> rest) {}

  private static final class Run implements Iterator<byte[]> {
    private final DataInputStream in;
    private int next;

    Run(Path file) {
      try {
        in =
            new DataInputStream(
                new BufferedInputStream(new InflaterInputStream(Files.newInputStream(file))));
        next = in.readInt();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean hasNext() {
      return next >= 0;
    }

    @Override
    public byte[] next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        byte[] record = in.readNBytes(next);
        next = in.readInt();
        return record;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void close() {
      try {
        in.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void closeRuns() {
    open.forEach(Run::close);
    open.clear();
  }

  @Override
  public void close() {
    closeRuns();
    runs.forEach(SortedRuns::delete);
    runs.clear();
    buffer.clear();
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
