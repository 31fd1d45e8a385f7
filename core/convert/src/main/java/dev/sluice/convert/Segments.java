package dev.sluice.convert;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Arrays of one size that stages are made of once they are large, and that go from the stages that
 * are encoded to those that are filled: what was never thrown away need not be collected. Any
 * thread takes and gives.
 */
final class Segments {
  /** Bytes of an array. */
  static final int BYTES = 1 << 16;

  private final long mostKept;
  private final Deque<long[]> longs = new ArrayDeque<>();
  private final Deque<int[]> ints = new ArrayDeque<>();
  private final Deque<byte[]> bytes = new ArrayDeque<>();
  private long kept;

  /**
   * @param mostKept bytes of arrays that are kept for those who will need them
   */
  Segments(long mostKept) {
    this.mostKept = mostKept;
  }

  /** An array with anything in it. */
  long[] takeLongs() {
    long[] array = take(longs);
    return array == null ? new long[BYTES / Long.BYTES] : array;
  }

  /** An array with anything in it. */
  int[] takeInts() {
    int[] array = take(ints);
    return array == null ? new int[BYTES / Integer.BYTES] : array;
  }

  /** An array with anything in it. */
  byte[] takeBytes() {
    byte[] array = take(bytes);
    return array == null ? new byte[BYTES] : array;
  }

  /** Takes back an array that nobody refers to any more, if it is of the size. */
  void give(long[] array) {
    if (array.length == BYTES / Long.BYTES) {
      give(longs, array);
    }
  }

  /** Takes back an array that nobody refers to any more, if it is of the size. */
  void give(int[] array) {
    if (array.length == BYTES / Integer.BYTES) {
      give(ints, array);
    }
  }

  /** Takes back an array that nobody refers to any more, if it is of the size. */
  void give(byte[] array) {
    if (array.length == BYTES) {
      give(bytes, array);
    }
  }

  private synchronized <A> A take(Deque<A> from) {
    A array = from.poll();
    if (array != null) {
      kept -= BYTES;
    }
    return array;
  }

  private synchronized <A> void give(Deque<A> to, A array) {
    if (kept < mostKept) {
      to.push(array);
      kept += BYTES;
    }
  }
}
