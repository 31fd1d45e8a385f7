package dev.sluice.convert;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one row group is made of: stages of one partition, in the order of their records. */
final class RowGroupData {
  private final List<Stage> stages = new ArrayList<>(1);

  /** For each column whether any stage has it raw, so that all of it is written as raw text. */
  private boolean[] raw = new boolean[0];

  /** Bytes that the columns take when they are put together. */
  private long memory;

  private int rows;

  int rows() {
    return rows;
  }

  /** Bytes by which another stage would make this grow. */
  private long growth(Stage more, @Nullable Interner[] interners) {
    long growth = more.memory();
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != more.columns[i].raw) {
        growth += more.columns[i].growth(interners[i]);
        for (Stage stage : stages) {
          growth += raw[i] ? 0 : stage.columns[i].growth(interners[i]);
        }
      }
    }
    return growth;
  }

  /**
   * Adds a stage that has records, unless there are others and all together would take more than
   * {@code most} bytes.
   */
  boolean add(Stage more, @Nullable Interner[] interners, long most) {
    long growth = growth(more, interners);
    if (rows > 0 && memory + growth > most) {
      return false;
    }
    memory += growth;
    if (stages.isEmpty()) {
      raw = new boolean[more.columns.length];
    }
    for (int i = 0; i < raw.length; i++) {
      raw[i] |= more.columns[i].raw;
    }
    rows += more.rows;
    stages.add(more);
    return true;
  }

  int columns() {
    return raw.length;
  }

  /** What the stages hold of one column. */
  List<StagedColumn> column(int i) {
    return stages.stream().map(stage -> stage.columns[i]).toList();
  }
}
