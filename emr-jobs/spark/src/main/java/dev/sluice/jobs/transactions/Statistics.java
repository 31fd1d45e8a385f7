package dev.sluice.jobs.transactions;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * What bookings add up to, by user, department, day and week; all take what {@link Risk} scored.
 */
final class Statistics {
  private static final Column BOOKINGS = count(lit(1)).as("bookings");
  private static final Column TOTAL = sum("amount").cast("decimal(38,2)").as("total");
  private static final Column OFF_HOURS = number(col("off_hours")).as("off_hours");
  private static final Column ALERTS = number(col("risk_score").geq(Risk.ALERT)).as("alerts");

  private Statistics() {}

  private static Column number(Column holds) {
    return sum(when(holds, 1L).otherwise(0L));
  }

  /** A row for each employee. */
  static Dataset<Row> users(Dataset<Row> scored) {
    return scored
        .groupBy("user_id")
        .agg(
            BOOKINGS,
            TOTAL,
            max("amount").as("max_amount"),
            countDistinct("department").as("departments"),
            OFF_HOURS,
            number(col("approved_by").isNotNull()).as("approved"),
            min("event_time").as("first_booking"),
            max("event_time").as("last_booking"),
            ALERTS,
            max("risk_score").as("max_risk"),
            avg("risk_score").as("average_risk"))
        .withColumn("average_amount", expr("cast(total as double) / bookings"))
        .withColumn("off_hours_share", expr("cast(off_hours as double) / bookings"));
  }

  /** A row for each department. */
  static Dataset<Row> departments(Dataset<Row> scored) {
    return scored
        .groupBy("department")
        .agg(
            BOOKINGS,
            countDistinct("user_id").as("users"),
            TOTAL,
            max("amount").as("max_amount"),
            OFF_HOURS,
            ALERTS,
            max("risk_score").as("max_risk"),
            avg("risk_score").as("average_risk"))
        .withColumn("average_amount", expr("cast(total as double) / bookings"));
  }

  /** A row for each day with bookings, and the average total of it and up to six such before. */
  static Dataset<Row> daily(Dataset<Row> scored) {
    return scored
        .groupBy("day")
        .agg(BOOKINGS, countDistinct("user_id").as("users"), TOTAL, ALERTS)
        .withColumn(
            "average_of_week",
            avg(col("total").cast("double"))
                .over(Window.orderBy("day").rowsBetween(-6, Window.currentRow())));
  }

  /** A row for each department and week, named by its Monday, and the change to the one before. */
  static Dataset<Row> weekly(Dataset<Row> scored) {
    return scored
        .groupBy(
            col("department"), expr("cast(date_trunc('week', to_date(day)) as date)").as("week"))
        .agg(BOOKINGS, countDistinct("user_id").as("users"), TOTAL, ALERTS)
        .withColumn(
            "before",
            lag(col("total").cast("double"), 1)
                .over(Window.partitionBy("department").orderBy("week")))
        .withColumn("change", expr("try_divide(cast(total as double), before) - 1"))
        .drop("before");
  }
}
