package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives every record the number of its partition; partitions are numbered as they appear, up to a
 * limit.
 */
final class Router {
  private final PartitionSpec spec;
  private final PartitionColumn[] columns;
  private final int[] leaves;

  /** The numbers of each partition's values, one partition after the other. */
  private int[] partitions = new int[64];

  private int size;

  /** By the hash of its values' numbers, each partition + 1. */
  private int[] slots = new int[64];

  private final int[][] numbers;
  private final int most;
  private boolean full;

  /**
   * @param most partitions there may be
   */
  Router(PartitionSpec spec, Node root, int most) {
    this.spec = spec;
    this.most = most;
    int count = spec.fields().size();
    columns = new PartitionColumn[count];
    leaves = new int[count];
    for (int i = 0; i < count; i++) {
      PartitionField field = spec.fields().get(i);
      Node source = root.find(field.source());
      columns[i] = new PartitionColumn(field, source);
      leaves[i] = source.leaf;
    }
    numbers = new int[count][0];
    if (count == 0) {
      size = 1;
    }
  }

  PartitionSpec spec() {
    return spec;
  }

  /** How many partitions have been seen. */
  int count() {
    return size;
  }

  /**
   * Numbers the records of a batch.
   *
   * @param partition receives the number for every record that is not negative there already;
   *     negative for those that cannot be placed, which are refused
   */
  void route(Batch batch, Interner[] interners, int[] partition, Records reader)
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
    for (int row = 0; row < rows; row++) {
      if (partition[row] < 0) {
        continue;
      }
      int unplaced = unplaced(row);
      if (unplaced >= 0) {
        partition[row] = -1;
        reader.refuse(row, columns[unplaced].tooLong());
      } else {
        partition[row] = partition(row);
        if (partition[row] < 0) {
          reader.refuse(row, tooMany());
        }
      }
    }
    if (size == most && !full) {
      full = true;
      for (PartitionColumn column : columns) {
        column.close();
      }
    }
  }

  private Fault tooMany() {
    return new Fault(
        Reason.TOO_MANY_PARTITIONS,
        "",
        "",
        "at most " + most + " partitions of one source",
        "another one",
        0);
  }

  /** The partition of a record, or -1 when it would be one too many. */
  private int partition(int row) {
    long hash = 0;
    for (int[] column : numbers) {
      hash = Bytes.mix(hash + column[row]);
    }
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    int known;
    while ((known = slots[at]) != 0) {
      if (isAt(known - 1, row)) {
        return known - 1;
      }
      at = at + 1 & mask;
    }
    return size == most ? -1 : add(row, at);
  }

  /** Whether a record has the values of a partition. */
  private boolean isAt(int partition, int row) {
    int first = partition * numbers.length;
    for (int i = 0; i < numbers.length; i++) {
      if (partitions[first + i] != numbers[i][row]) {
        return false;
      }
    }
    return true;
  }

  private int add(int row, int slot) {
    int count = numbers.length;
    int added = size++;
    if (size * count > partitions.length) {
      partitions = Arrays.copyOf(partitions, size * count * 2);
    }
    for (int i = 0; i < count; i++) {
      partitions[added * count + i] = numbers[i][row];
    }
    slots[slot] = size;
    if (size * 2 > slots.length) {
      rehash();
    }
    return added;
  }

  private void rehash() {
    slots = new int[slots.length * 4];
    int mask = slots.length - 1;
    int count = numbers.length;
    for (int p = 0; p < size; p++) {
      long hash = 0;
      for (int i = 0; i < count; i++) {
        hash = Bytes.mix(hash + partitions[p * count + i]);
      }
      int at = (int) hash & mask;
      while (slots[at] != 0) {
        at = at + 1 & mask;
      }
      slots[at] = p + 1;
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
      values.put(
          spec.fields().get(i).column(),
          columns[i].text(partitions[partition * columns.length + i]));
    }
    return values;
  }
}
