package dev.sluice.convert;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Little-endian access to byte arrays. */
final class Bytes {
  /**
   * Readable bytes that every scanned buffer has behind its end, so that word reads stay inside.
   */
  static final int PADDING = 64;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private Bytes() {}

  static long word(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** The low {@code count} bytes of a word set, count 0 to 8 and more. */
  static long mask(int count) {
    return count >= 8 ? -1L : count <= 0 ? 0 : (1L << 8 * count) - 1;
  }

  /** The same for equal content; reads up to 7 bytes past the end. */
  static long hash(byte[] bytes, int from, int length) {
    long h = length;
    int last = from + length - 8;
    int at = from;
    for (; at < last; at += 8) {
      h = (h ^ word(bytes, at)) * MULTIPLIER;
      h ^= h >>> 29;
    }
    // The last word overlaps the one before, unless it is the only one and short.
    long word = last >= from ? word(bytes, last) : word(bytes, from) & mask(length);
    h = (h ^ word) * MULTIPLIER;
    // The last bytes have reached the highest bits only: fold them down and up again.
    h = (h ^ h >>> 32) * MULTIPLIER;
    return h ^ h >>> 32;
  }

  static long mix(long value) {
    // Doubles of few digits differ in their high bits only; fold them down before they are mixed.
    return (value ^ value >>> 32) * MULTIPLIER >>> 32;
  }

  /** Whether content is equal; reads up to 7 bytes past the ends. */
  static boolean equal(byte[] a, int aFrom, byte[] b, int bFrom, int length) {
    int i = 0;
    for (; i + 8 <= length; i += 8) {
      if (word(a, aFrom + i) != word(b, bFrom + i)) {
        return false;
      }
    }
    return i == length || ((word(a, aFrom + i) ^ word(b, bFrom + i)) & mask(length - i)) == 0;
  }

  /**
   * Copies text, which mostly is so short that {@link System#arraycopy} costs more. Reads and
   * writes up to 7 bytes past the ends.
   */
  static void copy(byte[] source, int from, byte[] target, int to, int length) {
    if (length > PADDING) {
      System.arraycopy(source, from, target, to, length);
      return;
    }
    for (int i = 0; i < length; i += 8) {
      LONG.set(target, to + i, word(source, from + i));
    }
  }

  /** Unsigned lexicographic order. */
  static int compare(byte[] a, int aFrom, int aLength, byte[] b, int bFrom, int bLength) {
    return Arrays.compareUnsigned(a, aFrom, aFrom + aLength, b, bFrom, bFrom + bLength);
  }

  static byte[] grow(byte[] bytes, int needed) {
    return needed <= bytes.length
        ? bytes
        : Arrays.copyOf(
            bytes, (int) Math.min(Integer.MAX_VALUE - 16, Math.max(needed, 2L * bytes.length)));
  }
}
