package dev.sluice.jobs;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * One table of a {@link GoldJob}.
 *
 * @param table its name in the database {@code gold}; its partitions and its description are
 *     declared
 * @param refresh which part of it has to be computed anew after a change
 * @param transformation computes it, from whatever part of the input it is given
 */
public record Result(String table, Refresh refresh, Transformation transformation) {

  /** How a table is computed. Pure: it reads what it is given, and writes nothing. */
  @FunctionalInterface
  public interface Transformation {
    Dataset<Row> apply(Tables tables);
  }
}
