package dev.sluice.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Sums by day, by room and day, and in all. */
public final class DailyJob implements GoldJob {
  static volatile String revision = "1";
  static volatile boolean wider;

  @Override
  public List<String> inputs() {
    return List.of("readings");
  }

  @Override
  public String revision() {
    return revision;
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result("t_daily", Refresh.by("day"), tables -> daily(tables.silver("readings"))),
        new Result(
            "t_rooms",
            Refresh.by("room", "day"),
            tables ->
                tables
                    .silver("readings")
                    .groupBy(col("room"), col("day"))
                    .agg(sum("value").as("total"))),
        new Result(
            "t_total",
            Refresh.whole(),
            tables ->
                tables
                    .gold("t_daily")
                    .orElseThrow()
                    .agg(sum("total").as("total"), sum("readings").as("readings"))));
  }

  static Dataset<Row> daily(Dataset<Row> readings) {
    Dataset<Row> daily =
        readings
            .groupBy(col("day").cast("date").as("day"))
            .agg(count(lit(1)).as("readings"), sum("value").as("total"));
    return wider ? daily.withColumn("more", lit(1)) : daily;
  }
}
