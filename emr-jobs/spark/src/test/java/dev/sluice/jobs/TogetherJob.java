package dev.sluice.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A table that reads one before it, and two that begin with the same. */
public final class TogetherJob implements GoldJob {
  static volatile boolean broken = false;

  @Override
  public List<String> inputs() {
    return List.of("readings");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result(
            "t_first",
            Refresh.whole(),
            tables -> tables.silver("readings").agg(count(lit(1)).as("readings"))),
        new Result(
            "t_reader",
            Refresh.whole(),
            tables -> tables.gold("t_first").orElseThrow().select(col("readings").as("counted"))),
        new Result("t_sharing", Refresh.whole(), TogetherJob::shared),
        new Result("t_sharing_too", Refresh.whole(), TogetherJob::shared));
  }

  private static Dataset<Row> shared(Tables tables) {
    return tables.shared(
        "shared",
        () -> tables.silver("readings").select(broken ? col("nowhere") : lit(1).as("one")));
  }
}
