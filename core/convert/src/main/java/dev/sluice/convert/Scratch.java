package dev.sluice.convert;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file of arrays that wait outside of the heap. It loses its name as soon as it is open, so that
 * its space is free again however the process ends. One thread writes; any number read what is
 * {@linkplain #flush() flushed}. Whoever needs it has a share; the last who closes his frees it.
 */
final class Scratch implements AutoCloseable {
  private static final int BUFFER = 1 << 18;

  private final FileChannel channel;
  private final ByteBuffer out = buffer();
  private final AtomicInteger shares = new AtomicInteger(1);
  private long written;

  /**
   * Makes a file, with one share.
   *
   * @param file made here, in a folder that is made too
   */
  Scratch(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    Files.deleteIfExists(file);
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes put so far, which is where the next one goes. */
  long size() {
    return written + out.position();
  }

  void put(int value) throws IOException {
    room(Integer.BYTES);
    out.putInt(value);
  }

  void put(byte[] values, int count) throws IOException {
    for (int i = 0; i < count; ) {
      int n = Math.min(count - i, room(Byte.BYTES));
      out.put(values, i, n);
      i += n;
    }
  }

  void put(int[] values, int count) throws IOException {
    for (int i = 0; i < count; ) {
      int n = Math.min(count - i, room(Integer.BYTES) / Integer.BYTES);
      out.asIntBuffer().put(values, i, n);
      out.position(out.position() + n * Integer.BYTES);
      i += n;
    }
  }

  void put(long[] values, int count) throws IOException {
    for (int i = 0; i < count; ) {
      int n = Math.min(count - i, room(Long.BYTES) / Long.BYTES);
      out.asLongBuffer().put(values, i, n);
      out.position(out.position() + n * Long.BYTES);
      i += n;
    }
  }

  private int room(int bytes) throws IOException {
    if (out.remaining() < bytes) {
      flush();
    }
    return out.remaining();
  }

  /** Makes what was put so far readable. */
  void flush() throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      written += channel.write(out, written);
    }
    out.clear();
  }

  /** Gives another share. */
  Scratch share() {
    shares.incrementAndGet();
    return this;
  }

  /** Gives a share up. */
  @Override
  public void close() throws IOException {
    if (shares.decrementAndGet() == 0) {
      channel.close();
    }
  }

  /** Frees the space, whoever has a share. */
  void discard() throws IOException {
    channel.close();
  }

  /** Reads scratch files; keeps its buffer from one to the next. */
  static final class Reader {
    private ByteBuffer in = ByteBuffer.allocate(0);
    private @Nullable FileChannel channel;
    private long next;
    private long end;

    /** Goes to a place in a scratch file, from which so many bytes are wanted. */
    void seek(Scratch scratch, long position, int length) {
      channel = scratch.channel;
      next = position;
      end = position + length;
      if (in.capacity() == 0) {
        // Only now: small conversions have nothing to read.
        in = buffer();
      }
      in.limit(0);
    }

    int next() throws IOException {
      ready(Integer.BYTES);
      return in.getInt();
    }

    void read(byte[] values, int count) throws IOException {
      for (int i = 0; i < count; ) {
        int n = Math.min(count - i, ready(Byte.BYTES));
        in.get(values, i, n);
        i += n;
      }
    }

    void read(int[] values, int count) throws IOException {
      for (int i = 0; i < count; ) {
        int n = Math.min(count - i, ready(Integer.BYTES) / Integer.BYTES);
        in.asIntBuffer().get(values, i, n);
        in.position(in.position() + n * Integer.BYTES);
        i += n;
      }
    }

    void read(long[] values, int count) throws IOException {
      for (int i = 0; i < count; ) {
        int n = Math.min(count - i, ready(Long.BYTES) / Long.BYTES);
        in.asLongBuffer().get(values, i, n);
        in.position(in.position() + n * Long.BYTES);
        i += n;
      }
    }

    private int ready(int bytes) throws IOException {
      while (in.remaining() < bytes) {
        in.compact();
        in.limit((int) Math.min(in.capacity(), in.position() + end - next));
        int n = channel == null ? -1 : channel.read(in, next);
        in.flip();
        if (n <= 0) {
          throw new EOFException("Nothing is left to read from scratch space at " + next);
        }
        next += n;
      }
      return in.remaining();
    }
  }
}
