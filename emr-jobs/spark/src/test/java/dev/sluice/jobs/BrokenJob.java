package dev.sluice.jobs;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;

import java.util.List;

/** Its second table fails. */
public final class BrokenJob implements GoldJob {
  static volatile boolean broken = true;

  @Override
  public List<String> inputs() {
    return List.of("readings");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result(
            "t_before",
            Refresh.whole(),
            tables -> tables.silver("readings").agg(count(lit(1)).as("readings"))),
        new Result(
            "t_broken",
            Refresh.whole(),
            tables ->
                tables
                    .silver("readings")
                    .select(
                        broken
                            ? raise_error(lit("out of luck")).cast("int").as("x")
                            : lit(1).as("x"))));
  }
}
