package dev.sluice.convert;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Moves the records of a batch to the stages of their partitions.
 *
 * <p>The records are first grouped by partition. Then every column is moved partition by partition
 * by loops that know the width of its values, so that no loop decides anything for a single value.
 */
final class Scatter {
  private int[] rowsOf = new int[16];
  private int[] touched = new int[16];
  private int touchedCount;
  private int next;

  /** The records grouped by partition, those of {@code touched[i]} up to {@code rowEnds[i]}. */
  private int[] rows = new int[1024];

  private int[] rowEnds = new int[16];

  /** The entries of a repeated column, grouped in the same way. */
  private int[] entries = new int[1024];

  private int[] entryEnds = new int[16];

  /** The entries of one partition that hold a value. */
  private int[] present = new int[1024];

  /**
   * Moves the records from {@code first} on, until those of {@code most} partitions are moved;
   * where it stopped is then {@link #next()}.
   *
   * @param partition the stage of each record, negative for none
   * @return bytes by which the memory of the stages grew
   */
  long move(
      Batch batch,
      @Nullable Interner[] interners,
      int[] partition,
      Stage[] stages,
      int stageCount,
      int first,
      int most) {
    group(batch.rows, partition, stageCount, first, most);
    long grown = 0;
    for (int i = 0; i < touchedCount; i++) {
      grown -= stages[touched[i]].memory();
      stages[touched[i]].open();
    }
    // The leaves of one array have their entries in the same places.
    int[] grouped = null;
    for (int c = 0; c < batch.columns.length; c++) {
      Batch.Column column = batch.columns[c];
      Interner interner = interners[c];
      int[] order = rows;
      int[] ends = rowEnds;
      if (column.repeated) {
        if (grouped == null || !sameEnds(grouped, column.ends, batch.rows)) {
          groupEntries(column);
          grouped = column.ends;
        }
        order = entries;
        ends = entryEnds;
      }
      boolean nulls = column.hasNulls();
      int from = 0;
      for (int i = 0; i < touchedCount; i++) {
        StagedColumn target = stages[touched[i]].columns[c];
        move(batch, column, interner, nulls, order, from, ends[i], target);
        from = ends[i];
      }
    }
    for (int i = 0; i < touchedCount; i++) {
      Stage stage = stages[touched[i]];
      stage.rows += rowsOf[touched[i]];
      rowsOf[touched[i]] = 0;
      grown += stage.measure();
    }
    return grown;
  }

  /** The first record that was not moved. */
  int next() {
    return next;
  }

  /** How many partitions were moved to. */
  int touchedCount() {
    return touchedCount;
  }

  /** The partitions that were moved to. */
  int touched(int i) {
    return touched[i];
  }

  private void group(int batchRows, int[] partition, int stageCount, int first, int most) {
    if (rowsOf.length < stageCount) {
      rowsOf = new int[stageCount * 2];
      touched = new int[stageCount * 2];
      rowEnds = new int[stageCount * 2];
      entryEnds = new int[stageCount * 2];
    }
    if (rows.length < batchRows) {
      rows = new int[batchRows * 2];
    }
    touchedCount = 0;
    int stop = first;
    for (; stop < batchRows; stop++) {
      int p = partition[stop];
      if (p < 0) {
        continue;
      }
      if (rowsOf[p] == 0) {
        if (touchedCount == most) {
          break;
        }
        touched[touchedCount++] = p;
      }
      rowsOf[p]++;
    }
    next = stop;
    int from = 0;
    for (int i = 0; i < touchedCount; i++) {
      // Where the partition begins now, where it ends once all are placed.
      rowEnds[i] = from;
      from += rowsOf[touched[i]];
      rowsOf[touched[i]] = i;
    }
    for (int row = first; row < stop; row++) {
      int p = partition[row];
      if (p >= 0) {
        rows[rowEnds[rowsOf[p]]++] = row;
      }
    }
    for (int i = 0; i < touchedCount; i++) {
      rowsOf[touched[i]] = rowEnds[i] - (i == 0 ? 0 : rowEnds[i - 1]);
    }
  }

  private static boolean sameEnds(int[] a, int[] b, int batchRows) {
    return Arrays.equals(a, 0, batchRows, b, 0, batchRows);
  }

  private void groupEntries(Batch.Column column) {
    if (entries.length < column.count) {
      entries = new int[column.count * 2];
    }
    int at = 0;
    int row = 0;
    for (int i = 0; i < touchedCount; i++) {
      for (; row < rowEnds[i]; row++) {
        int end = column.end(rows[row]);
        for (int entry = column.start(rows[row]); entry < end; entry++) {
          entries[at++] = entry;
        }
      }
      entryEnds[i] = at;
    }
  }

  /** Moves the entries {@code order[from]} to {@code order[to - 1]} of one column. */
  private void move(
      Batch batch,
      Batch.Column column,
      @Nullable Interner interner,
      boolean nulls,
      int[] order,
      int from,
      int to,
      StagedColumn target) {
    if (interner != null && interner.raw) {
      target.toRaw(interner);
    }
    int[] chosen = order;
    int first = from;
    int last = to;
    if (column.definition > 0) {
      moveLevels(column, nulls, order, from, to, target);
      if (nulls) {
        last = present(column, order, from, to);
        first = 0;
        chosen = present;
      }
    } else {
      target.entries += to - from;
    }
    if (target.width == 0 && target.raw) {
      gatherText(batch, column.values, interner, chosen, first, last, target);
      target.values += last - first;
    } else {
      moveValues(column.values, chosen, first, last, target);
    }
  }

  private static void moveLevels(
      Batch.Column column, boolean nulls, int[] order, int from, int to, StagedColumn target) {
    for (int i = from; i < to; ) {
      int count = target.roomForEntries(to - i);
      int at = target.entryPosition();
      if (column.repeated) {
        gather(column.repetitions, order, i, i + count, target.repetitions, at);
      }
      if (nulls) {
        gather(column.definitions, order, i, i + count, target.definitions, at);
      } else {
        Arrays.fill(target.definitions, at, at + count, (byte) column.definition);
      }
      target.entries += count;
      i += count;
    }
  }

  private static void moveValues(
      long[] values, int[] order, int from, int to, StagedColumn target) {
    for (int i = from; i < to; ) {
      int count = target.roomForValues(to - i);
      int at = target.valuePosition();
      switch (target.width) {
        case 8 -> gather(values, order, i, i + count, target.longs, at);
        case 1 -> gather(values, order, i, i + count, target.bytes, at);
        default -> gather(values, order, i, i + count, target.ints, at);
      }
      target.values += count;
      i += count;
    }
  }

  private int present(Batch.Column column, int[] order, int from, int to) {
    if (present.length < to - from) {
      present = new int[(to - from) * 2];
    }
    int[] chosen = present;
    byte[] definitions = column.definitions;
    int full = column.definition;
    int count = 0;
    for (int i = from; i < to; i++) {
      int entry = order[i];
      chosen[count] = entry;
      // Levels are never above the full one: 0 for a null, 1 for a value.
      count += 1 + (definitions[entry] - full >> 31);
    }
    return count;
  }

  private static void gather(byte[] levels, int[] order, int from, int to, byte[] into, int at) {
    int p = at;
    for (int i = from; i < to; i++) {
      into[p++] = levels[order[i]];
    }
  }

  private static void gather(long[] values, int[] order, int from, int to, long[] into, int at) {
    int p = at;
    for (int i = from; i < to; i++) {
      into[p++] = values[order[i]];
    }
  }

  private static void gather(long[] values, int[] order, int from, int to, int[] into, int at) {
    int p = at;
    for (int i = from; i < to; i++) {
      into[p++] = (int) values[order[i]];
    }
  }

  private static void gather(long[] values, int[] order, int from, int to, byte[] into, int at) {
    int p = at;
    for (int i = from; i < to; i++) {
      into[p++] = (byte) values[order[i]];
    }
  }

  private static void gatherText(
      Batch batch,
      long[] values,
      @Nullable Interner interner,
      int[] order,
      int from,
      int to,
      StagedColumn target) {
    for (int i = from; i < to; i++) {
      long value = values[order[i]];
      if (Batch.isReference(value)) {
        target.addRaw(batch.bytes(value), Batch.offset(value), Batch.length(value));
      } else if (interner != null) {
        // The column turned raw in the middle of the batch.
        int code = (int) value;
        target.addRaw(interner.bytes, interner.offset(code), interner.length(code));
      }
    }
  }

  /** A fresh array for the partitions of a batch, grown when needed. */
  static int[] sized(int[] partition, int rows) {
    return partition.length >= rows ? partition : Arrays.copyOf(partition, Math.max(rows, 1024));
  }
}
