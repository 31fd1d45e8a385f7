package dev.sluice.jobs.clickstream;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.last;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The events as the tables need them, each with the visit and the version of the visitor that it
 * belongs to.
 *
 * <p>All that depends on the order of a visitor's events is found in one pass over them: one
 * exchange, one sort. What is ordered by is the event's own time, so it does not matter when or in
 * which file an event arrived. Keys are hashes of what they stand for; no run needs to know those
 * of another.
 */
final class Events {
  /** A visit ends when nothing happens for longer than this. */
  static final long GAP_MINUTES = 30;

  /** The key of every dimension's member that stands for nothing and for what is not known. */
  static final long UNKNOWN = -1;

  private static final long MICROS_PER_MINUTE = 60_000_000;

  private Events() {}

  /** The columns of silver that any table needs, records taken apart. */
  static Dataset<Row> flat(Dataset<Row> silver) {
    return silver.select(
        col("event_id"),
        col("event_time"),
        col("user_id"),
        col("session_id"),
        col("event_type"),
        col("page.url").as("page_url"),
        col("page.section").as("page_section"),
        col("product.product_id").as("product_id"),
        col("product.name").as("product_name"),
        col("product.category").as("category"),
        col("product.price").as("price"),
        col("quantity"),
        col("order_id"),
        col("device.type").as("device_type"),
        col("device.os").as("os"),
        col("device.browser").as("browser"),
        col("country"),
        col("referrer"),
        col("campaign"),
        col("search_query"));
  }

  /**
   * Adds to the events, by the order of each visitor's:
   *
   * <ul>
   *   <li>{@code visitor}: the user; events of nobody known are kept apart by the browser's visit,
   *       so that they are neither one endless visit nor one task;
   *   <li>{@code session_start}, {@code session_key}, {@code new_session}: the visit by the gap
   *       between events, whatever the browser says;
   *   <li>{@code user_key}, {@code user_since}, {@code user_version}, {@code new_version}: the
   *       version of the user, a new one when the country changes;
   *   <li>{@code first_touch}, {@code last_touch}: the user's first and last campaign up to then;
   *   <li>{@code device_key}, {@code date_key}, {@code day}, {@code value}.
   * </ul>
   *
   * Copies of an event (same user, time and id) are left out; events that merely look alike stay.
   *
   * @param flat of {@link #flat}, without or with further columns, which are kept
   */
  static Dataset<Row> visited(Dataset<Row> flat) {
    WindowSpec ordered = Window.partitionBy("visitor").orderBy("event_time", "event_id");
    WindowSpec upTo = ordered.rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    // With the events of the same instant: a campaign counts when it is not later than the order.
    WindowSpec until =
        Window.partitionBy("visitor")
            .orderBy("event_time")
            .rangeBetween(Window.unboundedPreceding(), Window.currentRow());
    Column touch =
        when(
            col("campaign").isNotNull(),
            struct(col("event_time"), col("event_id"), col("campaign")));

    return flat.withColumn("device_key", deviceKey())
        .drop("device_type", "os", "browser", "product_name", "category")
        .withColumn(
            "visitor",
            coalesce(
                col("user_id"),
                concat(lit("visit "), col("session_id")),
                concat(lit("event "), col("event_id"))))
        .withColumn("time_before", lag("event_time", 1).over(ordered))
        .withColumn("id_before", lag("event_id", 1).over(ordered))
        .withColumn("country_before", lag("country", 1).over(ordered))
        .where(
            not(
                col("event_time")
                    .eqNullSafe(col("time_before"))
                    .and(col("event_id").eqNullSafe(col("id_before")))))
        .withColumn(
            "new_session",
            col("time_before")
                .isNull()
                .or(
                    expr("unix_micros(event_time) - unix_micros(time_before)")
                        .gt(GAP_MINUTES * MICROS_PER_MINUTE)))
        .withColumn(
            "new_version",
            col("time_before").isNull().or(not(col("country").eqNullSafe(col("country_before")))))
        .withColumn(
            "session_start", last(when(col("new_session"), col("event_time")), true).over(upTo))
        .withColumn(
            "user_since", last(when(col("new_version"), col("event_time")), true).over(upTo))
        .withColumn("user_version", sum(when(col("new_version"), 1).otherwise(0)).over(upTo))
        .withColumn("first_touch", min(touch).over(until).getField("campaign"))
        .withColumn("last_touch", max(touch).over(until).getField("campaign"))
        .withColumn("session_key", xxhash64(col("visitor"), col("session_start")))
        .withColumn("user_key", userKey())
        .withColumn("date", expr("cast(event_time as date)"))
        .withColumn("date_key", Star.dateKey(col("date")))
        .withColumn("value", expr("quantity * price"))
        .drop("time_before", "id_before", "country_before");
  }

  /** The first version's key keeps its value when an earlier event turns up late. */
  private static Column userKey() {
    return when(col("user_id").isNull(), lit(UNKNOWN))
        .otherwise(
            xxhash64(
                col("user_id"),
                coalesce(col("country"), lit("")),
                when(col("user_version").gt(1), col("user_since"))));
  }

  /** The key of the device that the columns {@code device_type, os, browser} describe. */
  static Column deviceKey() {
    return when(coalesce(col("device_type"), col("os"), col("browser")).isNull(), lit(UNKNOWN))
        .otherwise(
            xxhash64(
                coalesce(col("device_type"), lit("")),
                coalesce(col("os"), lit("")),
                coalesce(col("browser"), lit(""))));
  }
}
