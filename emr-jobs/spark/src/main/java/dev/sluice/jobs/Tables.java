package dev.sluice.jobs;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a {@link Result} is computed from. */
public interface Tables {

  /**
   * A dataset's silver table, or as much of it as the run needs: columns as declared, then
   * partition columns, which are strings.
   */
  Dataset<Row> silver(String dataset);

  /**
   * A gold table of the same job as it is now: with what this run wrote when it stands earlier in
   * the list of results, otherwise as earlier runs left it; empty when there is none.
   */
  Optional<Dataset<Row>> gold(String table);

  /**
   * Something that several results begin with. Computed for the first of them, kept in memory or on
   * local disk until the job ends, and shared by those that are computed from the same part of the
   * input. Gold tables that it reads must stand before all of these in the list of results, since
   * two results may be computed at a time.
   */
  Dataset<Row> shared(String name, Supplier<Dataset<Row>> made);

  /** The instant that the run was planned for. */
  Instant slot();
}
