package dev.sluice.jobs.clickstream;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.dayofmonth;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.functions.year;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The star schema: facts that say what happened, dimensions that say to whom, with what, on what
 * and when. Every foreign key of a fact has its row in the dimension; what is not known points to
 * the member {@link Events#UNKNOWN}.
 */
final class Star {
  private static final Column PLACE = struct(col("event_time"), col("event_id"));
  private static final String BOUGHT = "event_type = 'purchase'";

  private Star() {}

  // ---- dimensions

  /** Products with every name, category and price they have had. */
  static Dataset<Row> products(Dataset<Row> flat) {
    Dataset<Row> versions =
        Versions.of(flat, "product_key", "product_id", "product_name", "category", "price")
            .withColumnRenamed("product_name", "name");
    return withUnknown(versions, Events.UNKNOWN, "unknown", "unknown", "unknown", null);
  }

  /** The kinds of device that occur. */
  static Dataset<Row> devices(Dataset<Row> flat) {
    Dataset<Row> devices =
        flat.select(
                Events.deviceKey().as("device_key"), col("device_type"), col("os"), col("browser"))
            .distinct()
            .where(col("device_key").notEqual(Events.UNKNOWN));
    return withUnknown(devices, Events.UNKNOWN, "unknown", "unknown", "unknown");
  }

  /**
   * Users with every country they have been in.
   *
   * @param visited of {@link Events#visited}
   */
  static Dataset<Row> users(Dataset<Row> visited) {
    WindowSpec history = Window.partitionBy("user_id").orderBy("user_version");
    Dataset<Row> versions =
        visited
            .where(col("new_version").and(col("user_id").isNotNull()))
            .withColumn("valid_to", lead("event_time", 1).over(history))
            .select(
                col("user_key"),
                col("user_id"),
                col("country"),
                min("event_time").over(Window.partitionBy("user_id")).as("first_seen"),
                col("event_time").as("valid_from"),
                col("valid_to"),
                col("valid_to").isNull().as("is_current"));
    return withUnknown(versions, Events.UNKNOWN, "unknown", "unknown", null, null);
  }

  /** Every day from the first event's to the last one's, whether anything happened or not. */
  static Dataset<Row> dates(Dataset<Row> visited) {
    Dataset<Row> days =
        visited
            .agg(min("date").as("from"), max("date").as("to"))
            .select(expr("explode(sequence(`from`, `to`))").as("date"))
            .select(
                dateKey(col("date")).as("date_key"),
                col("date"),
                expr("year(date)").as("year"),
                expr("quarter(date)").as("quarter"),
                expr("month(date)").as("month"),
                expr("day(date)").as("day_of_month"),
                expr("weekday(date) + 1").as("day_of_week"),
                expr("date_format(date, 'EEEE')").as("day_name"),
                expr("weekday(date) >= 5").as("is_weekend"),
                expr("extract(YEAROFWEEK FROM date)").as("iso_year"),
                expr("weekofyear(date)").as("iso_week"),
                expr("cast(date_trunc('week', date) as date)").as("week"));
    return withUnknown(
        days,
        (int) Events.UNKNOWN,
        null,
        null,
        null,
        null,
        null,
        null,
        "unknown",
        null,
        null,
        null,
        null);
  }

  /** 2026-11-20 as 20261120. */
  static Column dateKey(Column date) {
    return year(date).multiply(10_000).plus(month(date).multiply(100)).plus(dayofmonth(date));
  }

  /** A day as silver's partitions spell it. */
  static Column day(Column date) {
    return date.cast("string").as("day");
  }

  /** Adds one row; its values after those given are null or, for {@code is_current}, true. */
  private static Dataset<Row> withUnknown(Dataset<Row> dimension, @Nullable Object... values) {
    StructType columns = dimension.schema();
    List<@Nullable Object> row = new ArrayList<>(Arrays.asList(values));
    while (row.size() < columns.size()) {
      row.add(columns.fields()[row.size()].name().equals("is_current") ? true : null);
    }
    StructType nullable = new StructType();
    for (var field : columns.fields()) {
      nullable = nullable.add(field.name(), field.dataType(), true);
    }
    return dimension.union(
        dimension
            .sparkSession()
            .createDataFrame(List.of(RowFactory.create(row.toArray())), nullable));
  }

  // ---- facts

  /**
   * Looks up each event's version of its product.
   *
   * @param products of {@link #products}; small enough to be sent everywhere, or Spark finds
   *     another way when it sees that it is not
   */
  static Dataset<Row> withProducts(Dataset<Row> flat, Dataset<Row> products) {
    Dataset<Row> versions =
        products
            .where(col("product_key").notEqual(Events.UNKNOWN))
            .select(
                col("product_key"), col("product_id").as("id"), col("valid_from"), col("valid_to"));
    Column then =
        col("product_id")
            .equalTo(col("id"))
            .and(col("event_time").geq(col("valid_from")))
            .and(col("valid_to").isNull().or(col("event_time").lt(col("valid_to"))));
    return flat.join(versions, then, "left")
        .drop("id", "valid_from", "valid_to")
        .withColumn("product_key", coalesce(col("product_key"), lit(Events.UNKNOWN)));
  }

  /** A row for each event. */
  static Dataset<Row> events(Dataset<Row> visited) {
    return visited.select(
        col("event_id"),
        col("event_time"),
        col("date_key"),
        col("user_key"),
        col("product_key"),
        col("device_key"),
        col("session_key"),
        col("session_id"),
        col("event_type"),
        col("page_url"),
        col("page_section"),
        col("quantity"),
        col("price"),
        col("value"),
        col("order_id"),
        col("referrer"),
        col("campaign"),
        col("search_query"),
        day(col("date")));
  }

  /** A row for each visit by the gap between events. */
  static Dataset<Row> sessions(Dataset<Row> visited) {
    List<Column> columns = new ArrayList<>(Sessions.measures());
    columns.add(max("event_time").as("session_end"));
    columns.add(min_by(col("session_key"), PLACE).as("session_key"));
    columns.add(min_by(col("user_key"), PLACE).as("user_key"));
    columns.add(min_by(col("device_key"), PLACE).as("device_key"));
    columns.add(min_by(col("date_key"), PLACE).as("date_key"));
    columns.add(min_by(col("page_url"), PLACE).as("landing_page"));
    columns.add(min_by(col("page_section"), PLACE).as("landing_section"));
    columns.add(max_by(col("page_url"), PLACE).as("exit_page"));
    columns.add(min_by(col("referrer"), PLACE).as("referrer"));
    columns.add(min("campaign").as("campaign"));
    columns.add(min("session_id").as("session_id"));
    return visited
        .groupBy("visitor", "session_start")
        .agg(columns.get(0), columns.subList(1, columns.size()).toArray(Column[]::new))
        .select(
            col("session_key"),
            col("user_key"),
            col("device_key"),
            col("date_key"),
            col("session_id"),
            col("session_start"),
            col("session_end"),
            expr("(unix_micros(session_end) - unix_micros(session_start)) / 1e6D").as("seconds"),
            col("events"),
            col("events").equalTo(1).as("bounced"),
            col("page_views"),
            col("searches"),
            col("product_views"),
            col("adds"),
            col("removes"),
            col("checkouts"),
            col("purchases"),
            col("revenue"),
            col("cart_value"),
            expr("adds > 0 AND purchases = 0").as("abandoned"),
            col("landing_page"),
            col("landing_section"),
            col("exit_page"),
            col("referrer"),
            col("campaign"),
            day(col("date")));
  }

  /**
   * A row for each order: bought at the time of its last line, with the user's first and last
   * campaign up to then, null when there was none.
   */
  static Dataset<Row> orders(Dataset<Row> visited) {
    WindowSpec ofUser = Window.partitionBy("user_id").orderBy("ordered_at", "order_id");
    return visited
        .where(expr(BOUGHT).and(col("order_id").isNotNull()))
        .groupBy("order_id")
        .agg(
            min("user_id").as("user_id"),
            max("event_time").as("ordered_at"),
            max_by(col("user_key"), PLACE).as("user_key"),
            max_by(col("device_key"), PLACE).as("device_key"),
            max_by(col("date_key"), PLACE).as("date_key"),
            max_by(col("session_key"), PLACE).as("session_key"),
            max_by(col("first_touch"), PLACE).as("first_touch"),
            max_by(col("last_touch"), PLACE).as("last_touch"),
            max_by(col("date"), PLACE).as("date"),
            count(lit(1)).as("lines"),
            countDistinct("product_id").as("products"),
            sum("quantity").as("pieces"),
            sum("value").cast("decimal(38,2)").as("value"))
        .withColumn(
            "number",
            expr(
                "CASE WHEN user_id IS NOT NULL THEN row_number() OVER (PARTITION BY user_id ORDER BY ordered_at, order_id) END"))
        .withColumn("ordered_before", lag("ordered_at", 1).over(ofUser))
        .select(
            xxhash64(col("order_id")).as("order_key"),
            col("order_id"),
            col("user_id"),
            col("user_key"),
            col("device_key"),
            col("date_key"),
            col("session_key"),
            col("ordered_at"),
            col("lines"),
            col("products"),
            col("pieces"),
            col("value"),
            col("number"),
            expr("CASE WHEN user_id IS NOT NULL THEN"
                    + " (unix_micros(ordered_at) - unix_micros(ordered_before)) / 3600e6D END")
                .as("hours_since_order"),
            col("first_touch"),
            col("last_touch"),
            day(col("date")));
  }
}
