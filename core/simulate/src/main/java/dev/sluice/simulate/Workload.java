package dev.sluice.simulate;

import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** The data of one dataset, and what is known about it. */
interface Workload {
  /** How much older than those around them late records may be. */
  long MOST_LATE_MILLIS = 3 * Text.DAY_MILLIS;

  /**
   * Appends the next record, good in every respect.
   *
   * @param lateMillis how much older it shall be than its place in the stream says
   */
  void generate(StringBuilder line, long lateMillis);

  /** Takes the record last generated into the truth. */
  void count();

  /** The ways in which a record can be broken. */
  List<Fault> faults();

  /** Counted records by partition directory. */
  void partitions(ObjLongConsumer<String> consumer);

  /** The answers to the dataset's queries for the counted records, by query name. */
  Map<String, Answer> answers();
}
