package dev.sluice.convert;

import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives every record the number of its partition; partitions are numbered as they appear. */
final class Router {
  private final PartitionSpec spec;
  private final PartitionColumn[] columns;
  private final int[] leaves;
  private final LongIntMap[] steps;
  private final List<int[]> partitions = new ArrayList<>();
  private final int[][] numbers;

  Router(PartitionSpec spec, Node root) {
    this.spec = spec;
    int count = spec.fields().size();
    columns = new PartitionColumn[count];
    leaves = new int[count];
    steps = new LongIntMap[count];
    for (int i = 0; i < count; i++) {
      PartitionField field = spec.fields().get(i);
      Node source = root.find(field.source());
      columns[i] = new PartitionColumn(field, source);
      leaves[i] = source.leaf;
      steps[i] = new LongIntMap();
    }
    numbers = new int[count][0];
    if (count == 0) {
      partitions.add(new int[0]);
    }
  }

  PartitionSpec spec() {
    return spec;
  }

  /** How many partitions have been seen. */
  int count() {
    return partitions.size();
  }

  /**
   * Numbers the records of a batch.
   *
   * @param partition receives the number for every record that is not negative there already;
   *     negative for those that cannot be placed, which are refused
   */
  void route(Batch batch, Interner[] interners, int[] partition, RecordReader reader)
      throws IOException {
    int count = columns.length;
    int rows = batch.rows;
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (numbers[i].length < rows) {
        numbers[i] = new int[rows];
      }
      columns[i].number(batch, interners[leaves[i]], numbers[i]);
    }
    long lastKey = -1;
    int last = -1;
    for (int row = 0; row < rows; row++) {
      if (partition[row] < 0) {
        continue;
      }
      int unplaced = unplaced(row);
      if (unplaced >= 0) {
        partition[row] = -1;
        reader.refuse(row, columns[unplaced].tooLong());
        continue;
      }
      int at = 0;
      boolean fresh = false;
      for (int i = 0; i < count; i++) {
        long key = (long) at << 32 | numbers[i][row];
        if (i == 0 && count == 1 && key == lastKey) {
          at = last;
          break;
        }
        int number = steps[i].number(key);
        fresh = number < 0;
        at = fresh ? -1 - number : number;
        if (count == 1) {
          lastKey = key;
          last = at;
        }
      }
      if (fresh) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
          values[i] = numbers[i][row];
        }
        partitions.add(values);
      }
      partition[row] = at;
    }
  }

  /** The first column whose value is too long, or -1. */
  private int unplaced(int row) {
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i][row] == PartitionColumn.TOO_LONG) {
        return i;
      }
    }
    return -1;
  }

  /** The values of a partition by column, in layout order, unescaped; null for null. */
  Map<String, @Nullable String> values(int partition) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    for (int i = 0; i < columns.length; i++) {
      values.put(spec.fields().get(i).column(), columns[i].text(partitions.get(partition)[i]));
    }
    return values;
  }
}
