package dev.sluice.convert;

import java.io.IOException;
import java.util.List;

/**
 * The records of one partition that wait to be written, as typed columns in record order. An empty
 * stage holds no columns, so that many partitions cost little.
 */
final class Stage {
  private static final StagedColumn[] NONE = {};

  private final List<Node> leaves;
  private final Segments segments;
  private long memory;
  StagedColumn[] columns = NONE;
  int rows;

  /**
   * @param segments what the columns are made of
   */
  Stage(List<Node> leaves, Segments segments) {
    this.leaves = leaves;
    this.segments = segments;
  }

  /** What a stage takes at the least once it has a record, in bytes. */
  static long least(List<Node> leaves) {
    return leaves.size() * (StagedColumn.OVERHEAD + StagedColumn.FIRST * 9L);
  }

  /** Has columns from here on. */
  void open() {
    if (columns.length == 0) {
      columns =
          leaves.stream()
              .map(leaf -> new StagedColumn(leaf, segments))
              .toArray(StagedColumn[]::new);
    }
  }

  /** Bytes of all columns when they were last measured. */
  long memory() {
    return memory;
  }

  /** Measures the bytes of all columns. */
  long measure() {
    memory = 0;
    for (StagedColumn column : columns) {
      memory += column.memory();
    }
    return memory;
  }

  /** Writes all columns to scratch space, and gives up what they are made of. */
  void write(Scratch out) throws IOException {
    out.put(rows);
    for (StagedColumn column : columns) {
      column.write(out);
      column.release();
    }
  }

  /** The stage that was written where the reader stands. */
  static Stage read(List<Node> leaves, Segments segments, Scratch.Reader in) throws IOException {
    Stage stage = new Stage(leaves, segments);
    stage.open();
    stage.rows = in.next();
    for (StagedColumn column : stage.columns) {
      column.read(in);
    }
    stage.measure();
    return stage;
  }

  /** Empties this stage; answers what was in it. */
  Stage take() {
    Stage taken = new Stage(leaves, segments);
    taken.columns = columns;
    taken.rows = rows;
    taken.memory = memory;
    columns = NONE;
    rows = 0;
    memory = 0;
    return taken;
  }
}
