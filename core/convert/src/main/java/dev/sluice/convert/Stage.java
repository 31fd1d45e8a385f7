package dev.sluice.convert;

import java.util.Arrays;
import java.util.List;

/** The records of one partition that wait to be written, as typed columns in record order. */
final class Stage {
  private static final int FIRST = 16;

  static final class Column {
    final Node leaf;

    /** As {@link Node#width()}. */
    final int width;

    /** Numbers of eight bytes, or empty. */
    long[] longs = new long[0];

    /** Numbers of four bytes, or codes of interned text. */
    int[] ints = new int[0];

    /** Booleans, one byte each, or raw text: four bytes of length, then the bytes. */
    byte[] bytes = new byte[0];

    byte[] definitions = new byte[0];
    byte[] repetitions = new byte[0];

    /** Entries, nulls among them. */
    int entries;

    /** Entries that have a value. */
    int values;

    /** Bytes of raw text. */
    int rawBytes;

    /** Whether text is held raw and not as codes. */
    boolean raw;

    Column(Node leaf) {
      this.leaf = leaf;
      width = leaf.width();
      raw = leaf.isBytes() && leaf.kind != Node.STRING && leaf.kind != Node.ENUM;
    }

    void reserve(int more, boolean interned) {
      int needed = values + more;
      if (width == 0) {
        if (interned && !raw && needed > ints.length) {
          ints = Arrays.copyOf(ints, size(needed, ints.length));
        }
      } else if (width == 8) {
        if (needed > longs.length) {
          longs = Arrays.copyOf(longs, size(needed, longs.length));
        }
      } else if (width == 4) {
        if (needed > ints.length) {
          ints = Arrays.copyOf(ints, size(needed, ints.length));
        }
      } else if (needed > bytes.length) {
        bytes = Arrays.copyOf(bytes, size(needed, bytes.length));
      }
      int entriesNeeded = entries + more;
      if (leaf.definition > 0 && entriesNeeded > definitions.length) {
        definitions = Arrays.copyOf(definitions, size(entriesNeeded, definitions.length));
      }
      if (leaf.repetition > 0 && entriesNeeded > repetitions.length) {
        repetitions = Arrays.copyOf(repetitions, size(entriesNeeded, repetitions.length));
      }
    }

    private static int size(int needed, int length) {
      return Math.max(Math.max(needed, FIRST), length + (length >> 1));
    }

    /** Turns codes into raw text, for good. */
    void toRaw(Interner interner) {
      if (raw) {
        return;
      }
      raw = true;
      for (int i = 0; i < values; i++) {
        int code = ints[i];
        addRaw(interner.bytes, interner.offset(code), interner.length(code));
      }
      ints = new int[0];
    }

    void addRaw(byte[] source, int from, int length) {
      if (rawBytes + 4 + length + Bytes.PADDING > bytes.length) {
        bytes = Bytes.grow(bytes, rawBytes + 4 + length + Bytes.PADDING);
      }
      Bytes.INT.set(bytes, rawBytes, length);
      System.arraycopy(source, from, bytes, rawBytes + 4, length);
      rawBytes += 4 + length;
    }

    long memory() {
      return 8L * longs.length
          + 4L * ints.length
          + bytes.length
          + definitions.length
          + repetitions.length;
    }

    void clear() {
      longs = new long[0];
      ints = new int[0];
      bytes = new byte[0];
      definitions = new byte[0];
      repetitions = new byte[0];
      entries = 0;
      values = 0;
      rawBytes = 0;
      raw = leaf.isBytes() && leaf.kind != Node.STRING && leaf.kind != Node.ENUM;
    }
  }

  final Column[] columns;
  int rows;

  Stage(List<Node> leaves) {
    columns = leaves.stream().map(Column::new).toArray(Column[]::new);
  }

  /** Bytes of all arrays. */
  long memory() {
    long total = 0;
    for (Column column : columns) {
      total += column.memory();
    }
    return total;
  }

  void clear() {
    rows = 0;
    for (Column column : columns) {
      column.clear();
    }
  }
}
