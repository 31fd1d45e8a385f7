package dev.sluice.convert;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The least and greatest value of a page or a column chunk, in the order of its type. Text is only
 * pointed at: its bytes must stay as they are until the bounds have been asked for.
 */
final class MinMax {
  /** Text beyond this is left without statistics; it would not help to skip anything. */
  private static final int MAX_TEXT = 256;

  private final Node leaf;
  private final boolean text;
  private final boolean unordered;

  /** What the bits of a negative floating number are flipped by, to be ordered as integers. */
  private final long flip;

  private boolean any;
  private boolean tooLong;
  private long min = Long.MAX_VALUE;
  private long max = Long.MIN_VALUE;
  private final Text least = new Text();
  private final Text most = new Text();

  private static final class Text {
    private byte[] bytes = new byte[0];
    private int from;
    private int length;

    /** The first eight bytes, to be compared without a sign. */
    private long prefix;

    void set(byte[] bytes, int from, int length, long prefix) {
      this.bytes = bytes;
      this.from = from;
      this.length = length;
      this.prefix = prefix;
    }

    /** How other text compares to this one. */
    int order(byte[] other, int otherFrom, int otherLength, long otherPrefix) {
      return prefix != otherPrefix
          ? Long.compareUnsigned(otherPrefix, prefix)
          : Bytes.compare(other, otherFrom, otherLength, bytes, from, length);
    }

    byte[] copy() {
      return Arrays.copyOfRange(bytes, from, from + length);
    }
  }

  MinMax(Node leaf) {
    this.leaf = leaf;
    text = leaf.kind == Node.STRING || leaf.kind == Node.ENUM || leaf.kind == Node.BINARY;
    unordered = leaf.isBytes() && !text;
    flip = leaf.kind == Node.DOUBLE || leaf.kind == Node.FLOAT ? Long.MAX_VALUE : 0;
  }

  void add(long value) {
    long key = value ^ (value >> 63 & flip);
    min = Math.min(min, key);
    max = Math.max(max, key);
    any = true;
  }

  void add(long[] values, int from, int to) {
    long low = min;
    long high = max;
    for (int i = from; i < to; i++) {
      long key = values[i] ^ (values[i] >> 63 & flip);
      low = Math.min(low, key);
      high = Math.max(high, key);
    }
    min = low;
    max = high;
    any |= to > from;
  }

  void add(int[] values, int from, int to) {
    long low = min;
    long high = max;
    for (int i = from; i < to; i++) {
      long key = values[i] ^ ((long) values[i] >> 63 & flip);
      low = Math.min(low, key);
      high = Math.max(high, key);
    }
    min = low;
    max = high;
    any |= to > from;
  }

  /** Reads up to 7 bytes past the end. */
  void add(byte[] bytes, int from, int length) {
    if (unordered || tooLong) {
      return;
    }
    if (length > MAX_TEXT) {
      tooLong = true;
      return;
    }
    long prefix = Long.reverseBytes(Bytes.word(bytes, from) & Bytes.mask(length));
    if (!any) {
      least.set(bytes, from, length, prefix);
      most.set(bytes, from, length, prefix);
      any = true;
    } else if (least.order(bytes, from, length, prefix) < 0) {
      least.set(bytes, from, length, prefix);
    } else if (most.order(bytes, from, length, prefix) > 0) {
      most.set(bytes, from, length, prefix);
    }
  }

  void add(MinMax other) {
    tooLong |= other.tooLong;
    if (!other.any) {
      return;
    }
    if (text) {
      add(other.least.bytes, other.least.from, other.least.length);
      add(other.most.bytes, other.most.from, other.most.length);
    }
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    any = true;
  }

  /** Whether there is something to say. */
  boolean isKnown() {
    return any && !tooLong && !unordered;
  }

  byte @Nullable [] min() {
    if (!isKnown()) {
      return null;
    }
    return text ? least.copy() : fixed(min, true);
  }

  byte @Nullable [] max() {
    if (!isKnown()) {
      return null;
    }
    return text ? most.copy() : fixed(max, false);
  }

  private byte[] fixed(long key, boolean lower) {
    long value = key ^ (key >> 63 & flip);
    byte[] bytes = new byte[leaf.width()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    if (flip != 0 && value << 65 - 8 * bytes.length == 0) {
      // Zero has two signs and an unclear order: the wider bound is right for all readers.
      bytes[bytes.length - 1] = (byte) (lower ? 0x80 : 0);
    }
    return bytes;
  }
}
