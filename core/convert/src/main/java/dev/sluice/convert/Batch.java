package dev.sluice.convert;

import java.util.Arrays;
import java.util.List;

/**
 * Records as typed columns: per leaf its entries in record order, each with a value and, where the
 * schema has them, definition and repetition levels.
 *
 * <p>A value is a number's bits, or for bytes either a reference (offset above, length below, the
 * sign bit for the auxiliary buffer) or, once interned, a dictionary code. Codes are below 2^32;
 * references never are, because no string starts at offset 0 of its buffer.
 */
final class Batch {
  /** Values that all columns together keep room for from one batch to the next. */
  private static final long MOST_KEPT = 1 << 22;

  private static final int FIRST_SIZE = 1024;

  static final class Column {
    final int definition;
    final boolean repeated;
    long[] values = new long[FIRST_SIZE];
    byte[] definitions;
    byte[] repetitions;

    /** For a repeated column: entries up to and including each record. */
    int[] ends;

    int count;

    Column(Node leaf) {
      definition = leaf.definition;
      repeated = leaf.repetition > 0;
      definitions = definition > 0 ? new byte[FIRST_SIZE] : new byte[0];
      repetitions = repeated ? new byte[FIRST_SIZE] : new byte[0];
      ends = repeated ? new int[1024] : new int[0];
    }

    void add(long value, int level, int repetition) {
      int i = count;
      if (i == values.length) {
        grow();
      }
      values[i] = value;
      if (definition > 0) {
        definitions[i] = (byte) level;
      }
      if (repeated) {
        repetitions[i] = (byte) repetition;
      }
      count = i + 1;
    }

    private void grow() {
      resize(values.length * 2);
    }

    void shrink() {
      resize(FIRST_SIZE);
    }

    private void resize(int size) {
      values = Arrays.copyOf(values, size);
      if (definition > 0) {
        definitions = Arrays.copyOf(definitions, size);
      }
      if (repeated) {
        repetitions = Arrays.copyOf(repetitions, size);
      }
    }

    boolean isNull(int entry) {
      return definition > 0 && definitions[entry] < definition;
    }

    /** Whether any entry holds no value. */
    boolean hasNulls() {
      if (definition == 0) {
        return false;
      }
      byte[] levels = definitions;
      int lacking = 0;
      for (int i = 0; i < count; i++) {
        // Levels are never above the full one, so the sign bit tells.
        lacking |= levels[i] - definition;
      }
      return lacking < 0;
    }

    int start(int row) {
      return repeated ? row == 0 ? 0 : ends[row - 1] : row;
    }

    int end(int row) {
      return repeated ? ends[row] : row + 1;
    }
  }

  final Column[] columns;
  private final Column[] repeated;
  int rows;
  byte[] buffer = new byte[0];

  /** Text that does not stand in the input as it is: unescaped strings, decoded binary. */
  byte[] auxiliary = new byte[1 << 12];

  int auxiliaryEnd = 8;

  // Where each record stands in the buffer, for those that a rule turns down.
  int[] starts = new int[1024];
  int[] stops = new int[1024];
  int[] lines = new int[1024];

  Batch(List<Node> leaves) {
    columns = leaves.stream().map(Column::new).toArray(Column[]::new);
    repeated = Arrays.stream(columns).filter(c -> c.repeated).toArray(Column[]::new);
  }

  void clear() {
    long capacity = 0;
    for (Column column : columns) {
      column.count = 0;
      capacity += column.values.length;
    }
    if (capacity > MOST_KEPT) {
      // One column after the other may have been long; together they would not fit into memory.
      for (Column column : columns) {
        column.shrink();
      }
    }
    rows = 0;
    auxiliaryEnd = 8;
  }

  void endRow(int start, int stop, int line) {
    int row = rows++;
    if (row == starts.length) {
      starts = Arrays.copyOf(starts, row * 2);
      stops = Arrays.copyOf(stops, row * 2);
      lines = Arrays.copyOf(lines, row * 2);
    }
    starts[row] = start;
    stops[row] = stop;
    lines[row] = line;
    for (Column column : repeated) {
      if (row == column.ends.length) {
        column.ends = Arrays.copyOf(column.ends, row * 2);
      }
      column.ends[row] = column.count;
    }
  }

  /** Takes back what was added since the last {@link #endRow}. */
  void rollback() {
    for (Column column : columns) {
      column.count = column.repeated ? rows == 0 ? 0 : column.ends[rows - 1] : rows;
    }
  }

  /** Makes room for {@code length} more auxiliary bytes, padding included. */
  void reserve(int length) {
    auxiliary = Bytes.grow(auxiliary, auxiliaryEnd + length + Bytes.PADDING);
  }

  /** The reference to the last bytes of the auxiliary buffer, from {@code from}. */
  long auxiliaryReference(int from) {
    return 1L << 63 | (long) from << 32 | auxiliaryEnd - from;
  }

  long addAuxiliary(byte[] bytes) {
    reserve(bytes.length);
    int from = auxiliaryEnd;
    System.arraycopy(bytes, 0, auxiliary, from, bytes.length);
    auxiliaryEnd += bytes.length;
    return auxiliaryReference(from);
  }

  byte[] bytes(long reference) {
    return reference < 0 ? auxiliary : buffer;
  }

  static boolean isReference(long value) {
    return value >>> 32 != 0;
  }

  static int offset(long reference) {
    return (int) (reference >>> 32) & 0x7fffffff;
  }

  static int length(long reference) {
    return (int) reference;
  }
}
