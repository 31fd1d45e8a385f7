package dev.sluice.convert;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One column of a row group, each kind of its data in one array. */
final class WholeColumn {
  final Node leaf;

  /** As {@link Node#width()}. */
  final int width;

  /** Numbers of eight bytes, or empty. */
  final long[] longs;

  /** Numbers of four bytes, or codes of interned text, or empty. */
  final int[] ints;

  /** Booleans, one byte each, or raw text: four bytes of length, then the bytes; or empty. */
  final byte[] bytes;

  final byte[] definitions;
  final byte[] repetitions;

  /** Entries, nulls among them. */
  final int entries;

  /** Entries that have a value. */
  final int values;

  /** Bytes of raw text. */
  final int rawBytes;

  /** Whether text is held raw and not as codes. */
  final boolean raw;

  private WholeColumn(
      StagedColumn first,
      long[] longs,
      int[] ints,
      byte[] bytes,
      byte[] definitions,
      byte[] repetitions,
      int entries,
      int values,
      int rawBytes,
      boolean raw) {
    this.leaf = first.leaf;
    this.width = first.width;
    this.longs = longs;
    this.ints = ints;
    this.bytes = bytes;
    this.definitions = definitions;
    this.repetitions = repetitions;
    this.entries = entries;
    this.values = values;
    this.rawBytes = rawBytes;
    this.raw = raw;
  }

  /**
   * Puts columns together. Keeps its arrays from one to the next, so a column that it made is good
   * until the next one is made.
   */
  static final class Joiner {
    private long[] longs = new long[0];
    private int[] ints = new int[0];
    private byte[] bytes = new byte[0];
    private byte[] definitions = new byte[0];
    private byte[] repetitions = new byte[0];
    private int at;

    /**
     * Puts the columns of the same leaf together, in order. A single one that is whole is left as
     * it is, and must stay so until the result has been used; others are released.
     *
     * @param interner of the codes; where one of the columns is raw, the result is
     */
    WholeColumn join(List<StagedColumn> columns, @Nullable Interner interner) throws IOException {
      StagedColumn first = columns.get(0);
      if (columns.size() == 1 && first.isWhole()) {
        return new WholeColumn(
            first,
            first.longs,
            first.ints,
            first.bytes,
            first.definitions,
            first.repetitions,
            first.entries,
            first.values,
            first.rawBytes,
            first.raw);
      }
      int entries = 0;
      int values = 0;
      boolean raw = false;
      for (StagedColumn column : columns) {
        entries += column.entries;
        values += column.values;
        raw |= column.raw;
      }
      int rawBytes = 0;
      switch (first.width) {
        case 8 -> joinLongs(columns, values);
        case 4 -> joinInts(columns, values);
        case 1 -> joinFlags(columns, values);
        default -> {
          if (raw) {
            rawBytes = joinText(columns, interner);
          } else {
            joinInts(columns, values);
          }
        }
      }
      if (first.leaf.definition > 0) {
        definitions = sized(definitions, entries);
        at = 0;
        for (StagedColumn column : columns) {
          column.definitions((array, count) -> append(array, count, definitions));
        }
      }
      if (first.leaf.repetition > 0) {
        repetitions = sized(repetitions, entries);
        at = 0;
        for (StagedColumn column : columns) {
          column.repetitions((array, count) -> append(array, count, repetitions));
        }
      }
      columns.forEach(StagedColumn::release);
      return new WholeColumn(
          first, longs, ints, bytes, definitions, repetitions, entries, values, rawBytes, raw);
    }

    private void joinLongs(List<StagedColumn> columns, int values) throws IOException {
      if (longs.length < values) {
        longs = new long[values];
      }
      at = 0;
      for (StagedColumn column : columns) {
        column.longs((array, count) -> append(array, count, longs));
      }
    }

    private void joinInts(List<StagedColumn> columns, int values) throws IOException {
      if (ints.length < values) {
        ints = new int[values];
      }
      at = 0;
      for (StagedColumn column : columns) {
        column.ints((array, count) -> append(array, count, ints));
      }
    }

    private void joinFlags(List<StagedColumn> columns, int values) throws IOException {
      bytes = sized(bytes, values + Bytes.PADDING);
      at = 0;
      for (StagedColumn column : columns) {
        column.bytes((array, count) -> append(array, count, bytes));
      }
    }

    private int joinText(List<StagedColumn> columns, @Nullable Interner interner)
        throws IOException {
      long needed = 0;
      for (StagedColumn column : columns) {
        needed +=
            column.raw
                ? column.rawBytes
                : (long) Integer.BYTES * column.values + column.growth(interner);
      }
      bytes = sized(bytes, Math.toIntExact(needed + Bytes.PADDING));
      at = 0;
      for (StagedColumn column : columns) {
        if (column.raw) {
          column.bytes((array, count) -> append(array, count, bytes));
        } else if (interner != null) {
          column.ints((codes, count) -> spell(codes, count, interner));
        }
      }
      return at;
    }

    private void spell(int[] codes, int count, Interner interner) {
      for (int i = 0; i < count; i++) {
        int length = interner.length(codes[i]);
        Bytes.INT.set(bytes, at, length);
        Bytes.copy(interner.bytes, interner.offset(codes[i]), bytes, at + Integer.BYTES, length);
        at += Integer.BYTES + length;
      }
    }

    /** Copies from one array to another of the same type. */
    private void append(Object array, int count, Object into) {
      System.arraycopy(array, 0, into, at, count);
      at += count;
    }

    private static byte[] sized(byte[] array, int needed) {
      return array.length < needed ? new byte[needed] : array;
    }
  }
}
