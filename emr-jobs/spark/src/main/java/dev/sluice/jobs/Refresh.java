package dev.sluice.jobs;

import java.util.List;

/** Which part of a gold table depends on which part of its input. */
public sealed interface Refresh {

  /** Everything depends on everything: computed anew as a whole whenever anything changed. */
  record Whole() implements Refresh {}

  /**
   * A row depends only on the input's partitions that have the same values in some columns, and,
   * when one of them is a day, on those of some days around it.
   *
   * @param columns columns of the gold table that are partition columns of it, and partition
   *     columns of the same name of at least one input; a change of other inputs changes everything
   * @param daysBefore how many earlier days a row of one day depends on
   * @param daysAfter how many later days
   */
  record ByPartition(List<String> columns, int daysBefore, int daysAfter) implements Refresh {
    public ByPartition {
      columns = List.copyOf(columns);
      if (columns.isEmpty() || daysBefore < 0 || daysAfter < 0) {
        throw new IllegalArgumentException("Cannot refresh by " + columns);
      }
    }
  }

  /** Everything depends on everything. */
  static Refresh whole() {
    return new Whole();
  }

  /** A row depends on the input's partitions with the same values in these columns. */
  static Refresh by(String... columns) {
    return new ByPartition(List.of(columns), 0, 0);
  }

  /**
   * A row depends on the input's partitions of its day and of days around it.
   *
   * @param column partition column of gold and input, a day as in {@code 2024-01-15}
   */
  static Refresh byDay(String column, int daysBefore, int daysAfter) {
    return new ByPartition(List.of(column), daysBefore, daysAfter);
  }
}
