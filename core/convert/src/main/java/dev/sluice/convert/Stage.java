package dev.sluice.convert;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition that wait to be written, as typed columns in record order. An empty
 * stage holds no columns, so that many partitions cost little.
 */
final class Stage {
  private static final int FIRST = 16;
  private static final int SMALL = 4096;
  private static final Column[] NONE = {};
  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};
  private static final byte[] NO_BYTES = {};

  static final class Column {
    /** Roughly what the object and its arrays take besides their content. */
    static final int OVERHEAD = 136;

    final Node leaf;

    /** As {@link Node#width()}. */
    final int width;

    /** Numbers of eight bytes, or empty. */
    long[] longs = NO_LONGS;

    /** Numbers of four bytes, or codes of interned text. */
    int[] ints = NO_INTS;

    /** Booleans, one byte each, or raw text: four bytes of length, then the bytes. */
    byte[] bytes = NO_BYTES;

    byte[] definitions = NO_BYTES;
    byte[] repetitions = NO_BYTES;

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
      reserve(more, more, interned);
    }

    private void reserve(int moreEntries, int moreValues, boolean interned) {
      int needed = values + moreValues;
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
      } else if (needed + 7 > bytes.length) {
        // Booleans are read eight at a time.
        bytes = Arrays.copyOf(bytes, size(needed + 7, bytes.length));
      }
      int entriesNeeded = entries + moreEntries;
      if (leaf.definition > 0 && entriesNeeded > definitions.length) {
        definitions = Arrays.copyOf(definitions, size(entriesNeeded, definitions.length));
      }
      if (leaf.repetition > 0 && entriesNeeded > repetitions.length) {
        repetitions = Arrays.copyOf(repetitions, size(entriesNeeded, repetitions.length));
      }
    }

    private static int size(int needed, int length) {
      // Small arrays are many and grow often; what large ones have too much counts.
      return Math.max(Math.max(needed, FIRST), length + (length < SMALL ? length : length >> 1));
    }

    /** Turns codes into raw text, for good. */
    void toRaw(Interner interner) {
      if (raw) {
        return;
      }
      raw = true;
      addCodes(ints, values, interner);
      ints = NO_INTS;
    }

    private void addCodes(int[] codes, int count, Interner interner) {
      for (int i = 0; i < count; i++) {
        addRaw(interner.bytes, interner.offset(codes[i]), interner.length(codes[i]));
      }
    }

    void addRaw(byte[] source, int from, int length) {
      reserveRaw(4 + length);
      Bytes.INT.set(bytes, rawBytes, length);
      Bytes.copy(source, from, bytes, rawBytes + 4, length);
      rawBytes += 4 + length;
    }

    private void reserveRaw(int more) {
      if (rawBytes + more + Bytes.PADDING > bytes.length) {
        bytes = Bytes.grow(bytes, rawBytes + more + Bytes.PADDING);
      }
    }

    /** Bytes by which codes grow when they are turned into raw text. */
    long growth(@Nullable Interner interner) {
      long growth = 0;
      if (!raw && interner != null) {
        for (int i = 0; i < values; i++) {
          growth += interner.length(ints[i]);
        }
      }
      return growth;
    }

    private void append(Column more, @Nullable Interner interner) {
      if (more.raw && !raw && interner != null) {
        toRaw(interner);
      }
      reserve(more.entries, more.values, !raw);
      switch (width) {
        case 8 -> System.arraycopy(more.longs, 0, longs, values, more.values);
        case 4 -> System.arraycopy(more.ints, 0, ints, values, more.values);
        case 1 -> System.arraycopy(more.bytes, 0, bytes, values, more.values);
        default -> {
          if (!raw) {
            System.arraycopy(more.ints, 0, ints, values, more.values);
          } else if (more.raw) {
            reserveRaw(more.rawBytes);
            System.arraycopy(more.bytes, 0, bytes, rawBytes, more.rawBytes);
            rawBytes += more.rawBytes;
          } else if (interner != null) {
            addCodes(more.ints, more.values, interner);
          }
        }
      }
      if (leaf.definition > 0) {
        System.arraycopy(more.definitions, 0, definitions, entries, more.entries);
      }
      if (leaf.repetition > 0) {
        System.arraycopy(more.repetitions, 0, repetitions, entries, more.entries);
      }
      entries += more.entries;
      values += more.values;
    }

    private void write(Scratch out) throws IOException {
      out.put(entries);
      out.put(values);
      out.put(raw ? rawBytes : -1);
      switch (width) {
        case 8 -> out.put(longs, values);
        case 4 -> out.put(ints, values);
        case 1 -> out.put(bytes, values);
        default -> {
          if (raw) {
            out.put(bytes, rawBytes);
          } else {
            out.put(ints, values);
          }
        }
      }
      if (leaf.definition > 0) {
        out.put(definitions, entries);
      }
      if (leaf.repetition > 0) {
        out.put(repetitions, entries);
      }
    }

    /** Reads into a column without entries. */
    private void read(Scratch.Reader in) throws IOException {
      int entryCount = in.next();
      int valueCount = in.next();
      int textBytes = in.next();
      raw = textBytes >= 0;
      reserve(entryCount, valueCount, true);
      switch (width) {
        case 8 -> in.read(longs, valueCount);
        case 4 -> in.read(ints, valueCount);
        case 1 -> in.read(bytes, valueCount);
        default -> {
          if (raw) {
            reserveRaw(textBytes);
            in.read(bytes, textBytes);
            rawBytes = textBytes;
          } else {
            in.read(ints, valueCount);
          }
        }
      }
      if (leaf.definition > 0) {
        in.read(definitions, entryCount);
      }
      if (leaf.repetition > 0) {
        in.read(repetitions, entryCount);
      }
      entries = entryCount;
      values = valueCount;
    }

    long memory() {
      return OVERHEAD
          + 8L * longs.length
          + 4L * ints.length
          + bytes.length
          + definitions.length
          + repetitions.length;
    }
  }

  private final List<Node> leaves;
  private long memory;
  Column[] columns = NONE;
  int rows;

  Stage(List<Node> leaves) {
    this.leaves = leaves;
  }

  /** What a stage takes at the least once it has a record, in bytes. */
  static long least(List<Node> leaves) {
    return leaves.size() * (Column.OVERHEAD + FIRST * 9L);
  }

  /** Has columns from here on. */
  void open() {
    if (columns.length == 0) {
      columns = leaves.stream().map(Column::new).toArray(Column[]::new);
    }
  }

  /** Bytes of all columns when they were last measured. */
  long memory() {
    return memory;
  }

  /** Measures the bytes of all columns. */
  long measure() {
    memory = 0;
    for (Column column : columns) {
      memory += column.memory();
    }
    return memory;
  }

  /** Bytes by which {@link #append} would make this stage grow. */
  long growth(Stage more, @Nullable Interner[] interners) {
    long growth = more.memory();
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].raw != more.columns[i].raw) {
        growth += columns[i].growth(interners[i]) + more.columns[i].growth(interners[i]);
      }
    }
    return growth;
  }

  /** Adds the records of another stage behind its own. */
  void append(Stage more, @Nullable Interner[] interners) {
    open();
    for (int i = 0; i < columns.length; i++) {
      columns[i].append(more.columns[i], interners[i]);
    }
    rows += more.rows;
    measure();
  }

  /** Writes all columns to scratch space. */
  void write(Scratch out) throws IOException {
    out.put(rows);
    for (Column column : columns) {
      column.write(out);
    }
  }

  /** The stage that was written where the reader stands. */
  static Stage read(List<Node> leaves, Scratch.Reader in) throws IOException {
    Stage stage = new Stage(leaves);
    stage.open();
    stage.rows = in.next();
    for (Column column : stage.columns) {
      column.read(in);
    }
    stage.measure();
    return stage;
  }

  /** Empties this stage; answers what was in it. */
  Stage take() {
    Stage taken = new Stage(leaves);
    taken.columns = columns;
    taken.rows = rows;
    taken.memory = memory;
    columns = NONE;
    rows = 0;
    memory = 0;
    return taken;
  }
}
