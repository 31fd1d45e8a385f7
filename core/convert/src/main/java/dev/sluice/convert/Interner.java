package dev.sluice.convert;

import java.util.Arrays;

/**
 * Gives equal byte strings of one column the same small number, so that later steps move and
 * compare numbers. Gives up for good once the column shows itself as not repetitive.
 */
final class Interner {
  private static final int MAX_ENTRIES = 1 << 16;
  private static final int MAX_BYTES = 4 << 20;

  private final int maxEntries;
  private final int maxBytes;

  /** Hash above, code + 1 below; 0 is free. */
  private long[] slots = new long[512];

  private int mask = slots.length - 1;
  private long seen;

  int size;
  int[] offsets = new int[129];
  byte[] bytes = new byte[1024 + Bytes.PADDING];

  /** Whether the column is no longer interned. */
  boolean raw;

  /**
   * @param bytes what the interner may take, roughly; it never takes more than about 8 MiB
   */
  Interner(long bytes) {
    maxBytes = (int) Math.min(MAX_BYTES, bytes / 2);
    maxEntries = Math.min(MAX_ENTRIES, maxBytes / (MAX_BYTES / MAX_ENTRIES));
  }

  private Interner(Interner other) {
    maxBytes = other.maxBytes;
    maxEntries = other.maxEntries;
    slots = other.slots;
    mask = other.mask;
    size = other.size;
    offsets = other.offsets;
    bytes = other.bytes;
    raw = other.raw;
  }

  /** What is known now, for another thread to read; this interner may go on meanwhile. */
  Interner view() {
    return new Interner(this);
  }

  /** Replaces references by codes; stops where the column turns raw. */
  void intern(Batch batch, Batch.Column column) {
    long[] values = column.values;
    int count = column.count;
    byte[] buffer = batch.buffer;
    byte[] auxiliary = batch.auxiliary;
    boolean nullable = column.definition > 0;
    byte[] definitions = column.definitions;
    seen += count;
    for (int i = 0; i < count; i++) {
      if (nullable && definitions[i] < column.definition) {
        continue;
      }
      long value = values[i];
      int code = code(value < 0 ? auxiliary : buffer, Batch.offset(value), Batch.length(value));
      if (code < 0) {
        raw = true;
        return;
      }
      values[i] = code;
    }
    if (size > 2048 && size > seen / 16 * 15 || size > 4096 && size > seen / 2) {
      raw = true;
    }
  }

  private int code(byte[] source, int from, int length) {
    long hash = Bytes.hash(source, from, length);
    int at = (int) hash & mask;
    long tag = hash & 0xffffffff00000000L;
    long slot;
    while ((slot = slots[at]) != 0) {
      if ((slot & 0xffffffff00000000L) == tag) {
        int code = (int) slot - 1;
        int start = offsets[code];
        if (offsets[code + 1] - start == length
            && Bytes.equal(bytes, start, source, from, length)) {
          return code;
        }
      }
      at = at + 1 & mask;
    }
    int end = offsets[size];
    if (size == maxEntries || end + length > maxBytes) {
      return -1;
    }
    bytes = Bytes.grow(bytes, end + length + Bytes.PADDING);
    System.arraycopy(source, from, bytes, end, length);
    if (size + 2 > offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }
    offsets[size + 1] = end + length;
    slots[at] = tag | ++size;
    if (size * 2 > slots.length) {
      rehash();
    }
    return size - 1;
  }

  private void rehash() {
    long[] larger = new long[slots.length * 4];
    mask = larger.length - 1;
    // The low half of a hash is not kept, so it is computed again.
    for (int code = 0; code < size; code++) {
      long hash = Bytes.hash(bytes, offsets[code], offsets[code + 1] - offsets[code]);
      int at = (int) hash & mask;
      while (larger[at] != 0) {
        at = at + 1 & mask;
      }
      larger[at] = hash & 0xffffffff00000000L | code + 1;
    }
    slots = larger;
  }

  int offset(int code) {
    return offsets[code];
  }

  int length(int code) {
    return offsets[code + 1] - offsets[code];
  }
}
