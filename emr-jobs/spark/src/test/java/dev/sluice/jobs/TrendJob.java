package dev.sluice.jobs;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_add;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A day's average beside that of the day before. */
public final class TrendJob implements GoldJob {
  @Override
  public List<String> inputs() {
    return List.of("readings");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result(
            "t_trend",
            Refresh.byDay("day", 1, 0),
            tables -> {
              Dataset<Row> days =
                  tables
                      .silver("readings")
                      .groupBy(col("day").cast("date").as("day"))
                      .agg(avg("value").as("value"));
              Dataset<Row> before =
                  days.select(date_add(col("day"), 1).as("day"), col("value").as("value_before"));
              return days.join(
                  before,
                  scala.jdk.javaapi.CollectionConverters.asScala(List.of("day")).toSeq(),
                  "left");
            }));
  }
}
