package dev.sluice.jobs;

import dev.sluice.books.SilverFiles;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What is done otherwise when the input is small: the time then goes into planning, into the start
 * of tasks and into opening files, not into records.
 */
public final class Small {
  /** A setting of Spark: up to how many records an input is small; 0 for never. */
  public static final String ROWS = "spark.sluice.smallRows";

  private static final long DEFAULT_ROWS = 250_000;

  /** Few records may be large. */
  private static final long MOST_BYTES = 32L << 20;

  private static final String ADAPTIVE = "spark.sql.adaptive.enabled";
  private static final String SHUFFLE = "spark.sql.shuffle.partitions";

  private final SparkSession spark;
  private final long most;

  /**
   * @throws SluiceException {@code INVALID_SETTINGS} when {@value #ROWS} is no number
   */
  public Small(SparkSession spark) {
    this.spark = spark;
    String rows = spark.conf().get(ROWS, String.valueOf(DEFAULT_ROWS));
    try {
      this.most = Long.parseLong(rows);
    } catch (NumberFormatException e) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run jobs: " + ROWS + " must be a number of records, 0 for never: " + rows,
          e);
    }
  }

  /** Whether so much is small. */
  public boolean is(long rows, long bytes) {
    return rows <= most && bytes <= MOST_BYTES;
  }

  /** Whether these files of some datasets are small, all together. */
  boolean is(Collection<SilverFiles> inputs) {
    long rows = 0;
    long bytes = 0;
    for (SilverFiles files : inputs) {
      for (List<LedgerEntry.OutputFile> partition : files.byPartition().values()) {
        for (LedgerEntry.OutputFile file : partition) {
          rows += file.rows();
          bytes += file.bytes();
        }
      }
    }
    return is(rows, bytes);
  }

  /**
   * Has Spark plan each query once, and not again after each of its stages, with as many tasks as
   * run at a time. Small sides of joins are known by the sizes of the files.
   *
   * @return puts the settings back as they were
   */
  public Runnable plan() {
    Map<String, String> before = new HashMap<>();
    for (String key : List.of(ADAPTIVE, SHUFFLE)) {
      before.put(key, spark.conf().get(key));
    }
    int tasks = Math.max(1, spark.sparkContext().defaultParallelism());
    spark.conf().set(ADAPTIVE, false);
    spark.conf().set(SHUFFLE, Math.min(tasks, Integer.parseInt(before.get(SHUFFLE))));
    return () -> before.forEach((key, value) -> spark.conf().set(key, value));
  }
}
