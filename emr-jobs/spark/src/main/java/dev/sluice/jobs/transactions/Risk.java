package dev.sluice.jobs.transactions;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * How much each booking deserves a look, from 0 to 100 points. The points and their limits are the
 * constants below; each booking says what it got them for.
 *
 * <p>History is what was booked on the {@value #HISTORY_DAYS} days before: it does not depend on
 * the order in which bookings of one day arrive, a strange booking is not compared with itself, and
 * a day's scores are final as soon as the days before are.
 */
final class Risk {
  /** How far back history reaches. */
  static final int HISTORY_DAYS = 90;

  /** Points for an amount of at least so many times the average of the history. */
  private static final int FAR = 10;

  private static final int CLEARLY = 5;
  private static final int SOMEWHAT = 3;
  private static final int[] USER_POINTS = {30, 20, 10};
  private static final int[] DEPARTMENT_POINTS = {25, 15, 5};

  /** With fewer bookings of the type before, there is no history to compare with. */
  static final int LEAST_USER_BOOKINGS = 3;

  static final int LEAST_DEPARTMENT_BOOKINGS = 10;

  /** Where drugs and expensive devices are at hand. */
  static final List<String> DEPARTMENTS = List.of("pharmacy", "surgery", "administration");

  private static final int DEPARTMENT_AT_RISK = 10;

  /** What is resold easily, or hard to check for its worth. */
  static final List<String> TYPES = List.of("drug_purchase", "equipment", "consulting");

  private static final int TYPE_AT_RISK = 10;

  /** Before six and from eight in the evening on, as the queries of the dataset have it. */
  static final String OFF_HOURS = "(hour(event_time) < 6 OR hour(event_time) >= 20)";

  private static final int AT_NIGHT = 15;

  /** Bookings of the same user within an hour, this one included. */
  private static final int MANY = 5;

  private static final int SOME = 3;
  private static final int[] FREQUENCY_POINTS = {10, 5};

  /** From how many points on a booking is an alert, and how urgent. */
  static final int ALERT = 50;

  static final int HIGH = 65;
  static final int CRITICAL = 80;

  private Risk() {}

  /**
   * Every booking with its points.
   *
   * @param bookings of {@link #bookings}
   */
  static Dataset<Row> scored(Dataset<Row> bookings) {
    return bookings
        .join(history(bookings, "user_id"), Names.seq("user_id", "type", "date"), "left")
        // Days, departments and types are few: no booking is moved for this.
        .join(
            broadcast(history(bookings, "department")),
            Names.seq("department", "type", "date"),
            "left")
        .withColumn("user_times", times("user_id_total", "user_id_bookings", LEAST_USER_BOOKINGS))
        .withColumn(
            "department_times",
            times("department_total", "department_bookings", LEAST_DEPARTMENT_BOOKINGS))
        .withColumn("off_hours", expr(OFF_HOURS))
        .withColumn("points_user", points(col("user_times"), USER_POINTS))
        .withColumn("points_department", points(col("department_times"), DEPARTMENT_POINTS))
        .withColumn(
            "points_place",
            points(col("department").isin(DEPARTMENTS.toArray()), DEPARTMENT_AT_RISK))
        .withColumn("points_type", points(col("type").isin(TYPES.toArray()), TYPE_AT_RISK))
        .withColumn("points_hour", points(col("off_hours"), AT_NIGHT))
        .withColumn(
            "points_frequency",
            when(col("bookings_in_hour").geq(MANY), FREQUENCY_POINTS[0])
                .when(col("bookings_in_hour").geq(SOME), FREQUENCY_POINTS[1])
                .otherwise(0))
        .withColumn(
            "risk_score",
            expr(
                "points_user + points_department + points_place + points_type + points_hour"
                    + " + points_frequency"))
        .withColumn(
            "risk_level",
            when(col("risk_score").geq(CRITICAL), "critical")
                .when(col("risk_score").geq(HIGH), "high")
                .when(col("risk_score").geq(ALERT), "medium")
                .otherwise("low"))
        .withColumn(
            "reasons",
            array_compact(
                array(
                    reason("points_user", "amount far above the user's own"),
                    reason("points_department", "amount far above the department's"),
                    reason("points_place", "department at risk"),
                    reason("points_type", "type at risk"),
                    reason("points_hour", "outside office hours"),
                    reason("points_frequency", "many bookings within an hour"))))
        .withColumn("day", expr("cast(date as string)"))
        .select(
            "transaction_id",
            "event_time",
            "user_id",
            "department",
            "type",
            "amount",
            "currency",
            "vendor",
            "approved_by",
            "user_times",
            "department_times",
            "bookings_in_hour",
            "off_hours",
            "points_user",
            "points_department",
            "points_place",
            "points_type",
            "points_hour",
            "points_frequency",
            "risk_score",
            "risk_level",
            "reasons",
            "day");
  }

  /** The bookings of at least {@value #ALERT} points. */
  static Dataset<Row> alerts(Dataset<Row> scored) {
    return scored.where(col("risk_score").geq(ALERT));
  }

  /**
   * Bookings with the number of the user's within the hour up to them. Copies of a booking (same
   * user, time and id) are left out; bookings that merely look alike stay.
   */
  static Dataset<Row> bookings(Dataset<Row> silver) {
    WindowSpec ofUser = Window.partitionBy("user_id").orderBy("event_time", "transaction_id");
    WindowSpec hour =
        Window.partitionBy("user_id").orderBy("micros").rangeBetween(-3_600_000_000L, 0);
    return silver
        .select(
            "transaction_id",
            "event_time",
            "user_id",
            "department",
            "type",
            "amount",
            "currency",
            "vendor",
            "approved_by")
        .withColumn("date", expr("cast(event_time as date)"))
        .withColumn("micros", expr("unix_micros(event_time)"))
        .withColumn("time_before", lag("event_time", 1).over(ofUser))
        .withColumn("id_before", lag("transaction_id", 1).over(ofUser))
        .where(
            not(
                col("event_time")
                    .eqNullSafe(col("time_before"))
                    .and(col("transaction_id").eqNullSafe(col("id_before")))))
        .withColumn("bookings_in_hour", count(lit(1)).over(hour));
  }

  /**
   * Bookings and total of each group on the days before each day on which there is one. Counted by
   * day first: a window over the bookings of a department would be the work of one task.
   */
  private static Dataset<Row> history(Dataset<Row> bookings, String who) {
    WindowSpec earlierDays =
        Window.partitionBy(who, "type").orderBy("day_number").rangeBetween(-HISTORY_DAYS, -1);
    return bookings
        .groupBy(who, "type", "date")
        .agg(count(lit(1)).as("bookings"), sum("amount").as("total"))
        .withColumn("day_number", expr("cast(unix_date(date) as bigint)"))
        .select(
            col(who),
            col("type"),
            col("date"),
            sum("bookings").over(earlierDays).as(who + "_bookings"),
            sum("total").over(earlierDays).as(who + "_total"));
  }

  private static Column times(String total, String bookings, int least) {
    return when(
        col(bookings).geq(least),
        col("amount").cast("double").divide(col(total).cast("double").divide(col(bookings))));
  }

  private static Column points(Column times, int[] points) {
    return when(times.geq(FAR), points[0])
        .when(times.geq(CLEARLY), points[1])
        .when(times.geq(SOMEWHAT), points[2])
        .otherwise(0);
  }

  private static Column points(Column holds, int points) {
    return when(holds, points).otherwise(0);
  }

  private static Column reason(String points, String words) {
    return when(col(points).gt(0), words);
  }
}
