package dev.sluice.convert;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Moves the records of a batch to the stages of their partitions, column by column. */
final class Scatter {
  private int[] entriesOf = new int[16];
  private int[] rowsOf = new int[16];
  private int[] touched = new int[16];
  private int touchedCount;
  private int next;

  /**
   * Moves the records from {@code from} on, until those of {@code most} partitions are moved; where
   * it stopped is then {@link #next()}.
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
      int from,
      int most) {
    if (rowsOf.length < stageCount) {
      rowsOf = new int[stageCount * 2];
      entriesOf = new int[stageCount * 2];
      touched = new int[stageCount * 2];
    }
    touchedCount = 0;
    int to = from;
    for (; to < batch.rows; to++) {
      int p = partition[to];
      if (p >= 0 && rowsOf[p] == 0) {
        if (touchedCount == most) {
          break;
        }
        touched[touchedCount++] = p;
      }
      if (p >= 0) {
        rowsOf[p]++;
      }
    }
    long before = 0;
    long after = 0;
    for (int i = 0; i < touchedCount; i++) {
      before += stages[touched[i]].memory();
      stages[touched[i]].open();
    }
    for (int c = 0; c < batch.columns.length; c++) {
      Batch.Column column = batch.columns[c];
      Interner interner = interners[c];
      count(column, partition, from, to);
      for (int i = 0; i < touchedCount; i++) {
        Stage.Column target = stages[touched[i]].columns[c];
        boolean interned = interner != null && !interner.raw;
        if (interner != null && interner.raw) {
          target.toRaw(interner);
        }
        target.reserve(entriesOf[touched[i]], interned);
      }
      moveColumn(batch, column, interner, partition, from, to, stages, c);
    }
    for (int i = 0; i < touchedCount; i++) {
      Stage stage = stages[touched[i]];
      stage.rows += rowsOf[touched[i]];
      rowsOf[touched[i]] = 0;
      after += stage.measure();
    }
    next = to;
    return after - before;
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

  private void count(Batch.Column column, int[] partition, int first, int stop) {
    if (!column.repeated) {
      for (int i = 0; i < touchedCount; i++) {
        entriesOf[touched[i]] = rowsOf[touched[i]];
      }
      return;
    }
    for (int i = 0; i < touchedCount; i++) {
      entriesOf[touched[i]] = 0;
    }
    int from = column.start(first);
    for (int row = first; row < stop; row++) {
      int to = column.ends[row];
      if (partition[row] >= 0) {
        entriesOf[partition[row]] += to - from;
      }
      from = to;
    }
  }

  private static void moveColumn(
      Batch batch,
      Batch.Column column,
      @Nullable Interner interner,
      int[] partition,
      int from,
      int to,
      Stage[] stages,
      int c) {
    int entry = column.start(from);
    for (int row = from; row < to; row++) {
      int stop = column.end(row);
      int p = partition[row];
      if (p < 0) {
        entry = stop;
        continue;
      }
      Stage.Column target = stages[p].columns[c];
      for (; entry < stop; entry++) {
        int at = target.entries++;
        if (column.repeated) {
          target.repetitions[at] = column.repetitions[entry];
        }
        if (column.definition > 0) {
          byte level = column.definitions[entry];
          target.definitions[at] = level;
          if (level < column.definition) {
            continue;
          }
        }
        add(batch, interner, target, column.values[entry]);
      }
    }
  }

  private static void add(
      Batch batch, @Nullable Interner interner, Stage.Column target, long value) {
    int at = target.values++;
    switch (target.width) {
      case 8 -> target.longs[at] = value;
      case 4 -> target.ints[at] = (int) value;
      case 1 -> target.bytes[at] = (byte) value;
      default -> {
        if (!target.raw) {
          target.ints[at] = (int) value;
        } else if (Batch.isReference(value)) {
          target.addRaw(batch.bytes(value), Batch.offset(value), Batch.length(value));
        } else if (interner != null) {
          target.addRaw(interner.bytes, interner.offset((int) value), interner.length((int) value));
        }
      }
    }
  }

  /** A fresh array for the partitions of a batch, grown when needed. */
  static int[] sized(int[] partition, int rows) {
    return partition.length >= rows ? partition : Arrays.copyOf(partition, Math.max(rows, 1024));
  }
}
