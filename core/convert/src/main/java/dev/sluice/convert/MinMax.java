package dev.sluice.convert;

import org.jspecify.annotations.Nullable;

/** The least and greatest value of a page or a column chunk, in the order of its type. */
final class MinMax {
  /** Text beyond this is left without statistics; it would not help to skip anything. */
  private static final int MAX_TEXT = 256;

  private final Node leaf;
  private final boolean floating;
  private final boolean text;
  private final boolean unordered;

  private boolean any;
  private boolean tooLong;
  private long min;
  private long max;
  private double low;
  private double high;
  private byte[] least = new byte[0];
  private byte[] most = new byte[0];

  MinMax(Node leaf) {
    this.leaf = leaf;
    floating = leaf.kind == Node.DOUBLE || leaf.kind == Node.FLOAT;
    text = leaf.kind == Node.STRING || leaf.kind == Node.ENUM || leaf.kind == Node.BINARY;
    unordered = leaf.isBytes() && !text;
  }

  void clear() {
    any = false;
    tooLong = false;
  }

  void add(long value) {
    if (floating) {
      double number =
          leaf.kind == Node.FLOAT
              ? Float.intBitsToFloat((int) value)
              : Double.longBitsToDouble(value);
      low = any ? Math.min(low, number) : number;
      high = any ? Math.max(high, number) : number;
    } else {
      min = any ? Math.min(min, value) : value;
      max = any ? Math.max(max, value) : value;
    }
    any = true;
  }

  void add(byte[] bytes, int from, int length) {
    if (unordered || tooLong) {
      return;
    }
    if (length > MAX_TEXT) {
      tooLong = true;
      return;
    }
    if (!any) {
      least = java.util.Arrays.copyOfRange(bytes, from, from + length);
      most = least;
      any = true;
    } else if (Bytes.compare(bytes, from, length, least, 0, least.length) < 0) {
      least = java.util.Arrays.copyOfRange(bytes, from, from + length);
    } else if (Bytes.compare(bytes, from, length, most, 0, most.length) > 0) {
      most = java.util.Arrays.copyOfRange(bytes, from, from + length);
    }
  }

  void add(MinMax other) {
    tooLong |= other.tooLong;
    if (!other.any) {
      return;
    }
    if (text) {
      add(other.least, 0, other.least.length);
      add(other.most, 0, other.most.length);
    } else if (floating) {
      low = any ? Math.min(low, other.low) : other.low;
      high = any ? Math.max(high, other.high) : other.high;
    } else {
      min = any ? Math.min(min, other.min) : other.min;
      max = any ? Math.max(max, other.max) : other.max;
    }
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
    // Zero has two signs and an unclear order: the wider bound is right for all readers.
    return text ? least : floating ? floating(low == 0 ? -0.0 : low) : fixed(min);
  }

  byte @Nullable [] max() {
    if (!isKnown()) {
      return null;
    }
    return text ? most : floating ? floating(high == 0 ? 0.0 : high) : fixed(max);
  }

  private byte[] floating(double value) {
    return fixed(
        leaf.kind == Node.FLOAT
            ? Float.floatToRawIntBits((float) value)
            : Double.doubleToRawLongBits(value));
  }

  private byte[] fixed(long value) {
    byte[] bytes = new byte[leaf.width()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    return bytes;
  }
}
