package dev.sluice.jobs.clickstream;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
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
 * What the star schema tells. Words mean what they mean in the queries of the dataset: a cart is
 * abandoned when something was put into it and nothing bought in the visit, a customer is recent
 * within two days of the newest order, buys often from two orders on and much from 500 on.
 */
final class Analyses {
  static final long RECENT_MINUTES = 2 * 24 * 60;
  static final long OFTEN_ORDERS = 2;
  static final long MUCH_REVENUE = 500;

  /** In how many orders a pair must stand together to be told. */
  static final long PAIR_ORDERS = 2;

  /** The campaign of orders that no campaign led to. */
  static final String NO_CAMPAIGN = "none";

  private Analyses() {}

  /**
   * Visits that reached each step on the way to a purchase, for both ways of counting visits.
   *
   * @param sessions of {@link Sessions#both}
   */
  static Dataset<Row> funnel(Dataset<Row> sessions) {
    return sessions
        .groupBy("sessions_by")
        .agg(
            count(lit(1)).as("n1"),
            reached("product_views").as("n2"),
            reached("adds").as("n3"),
            reached("checkouts").as("n4"),
            reached("purchases").as("n5"),
            sum("revenue").cast("decimal(38,2)").as("total"))
        .select(
            col("sessions_by"),
            col("n1"),
            expr(
                "stack(5,"
                    + " 1, 'session', n1, cast(null as bigint), cast(null as decimal(38,2)),"
                    + " 2, 'product_view', n2, n1, null,"
                    + " 3, 'add_to_cart', n3, n2, null,"
                    + " 4, 'checkout', n4, n3, null,"
                    + " 5, 'purchase', n5, n4, total"
                    + ") AS (place, step, sessions, before, revenue)"))
        .select(
            col("sessions_by"),
            col("place"),
            col("step"),
            col("sessions"),
            expr("try_divide(cast(sessions as double), n1)").as("of_all"),
            expr("try_divide(cast(sessions as double), before)").as("of_previous"),
            col("revenue"));
  }

  private static Column reached(String measure) {
    return sum(when(col(measure).gt(0), 1L).otherwise(0L));
  }

  /** Carts that were filled and left, by the day on which the visit began. */
  static Dataset<Row> carts(Dataset<Row> sessions) {
    Column left = col("purchases").equalTo(0);
    return sessions
        .where(col("adds").gt(0))
        .groupBy("sessions_by", "day")
        .agg(
            count(lit(1)).as("carts"),
            sum(when(left, 1L).otherwise(0L)).as("abandoned"),
            avg(when(left, 1.0).otherwise(0.0)).as("share"),
            coalesce(sum(when(left, col("cart_value"))), lit(0))
                .cast("decimal(38,2)")
                .as("value_left"));
  }

  /**
   * Customers by how recently, how often, and for how much they bought.
   *
   * @param orders of {@link Star#orders}
   */
  static Dataset<Row> segments(Dataset<Row> orders) {
    Dataset<Row> buyers =
        orders
            .where(col("user_id").isNotNull())
            .groupBy("user_id")
            .agg(
                max("ordered_at").as("last_order"),
                count(lit(1)).as("orders"),
                sum("value").cast("decimal(38,2)").as("revenue"));
    return buyers
        .crossJoin(broadcast(orders.agg(max("ordered_at").as("newest_order"))))
        .withColumn(
            "minutes", expr("(unix_micros(newest_order) - unix_micros(last_order)) div 60000000"))
        .withColumn(
            "recency", when(col("minutes").leq(RECENT_MINUTES), "recent").otherwise("long ago"))
        .withColumn("frequency", when(col("orders").geq(OFTEN_ORDERS), "often").otherwise("rarely"))
        .withColumn("money", when(col("revenue").geq(MUCH_REVENUE), "much").otherwise("little"))
        .select(
            col("user_id"),
            col("last_order"),
            col("orders"),
            col("revenue"),
            col("recency"),
            col("frequency"),
            col("money"),
            segment().as("segment"));
  }

  private static Column segment() {
    Column recent = col("recency").equalTo("recent");
    Column often = col("frequency").equalTo("often");
    Column much = col("money").equalTo("much");
    return when(recent.and(often).and(much), "champion")
        .when(recent.and(often), "loyal")
        .when(recent.and(much), "promising")
        .when(recent, "new")
        .when(often.and(much), "slipping away")
        .when(often, "at risk")
        .when(much, "gone")
        .otherwise("lost");
  }

  /** Visitors by the week of their first visit, and how many came again after each week. */
  static Dataset<Row> cohorts(Dataset<Row> visited) {
    Dataset<Row> weeks =
        visited
            .where(col("user_id").isNotNull())
            .select(col("user_id"), expr("cast(date_trunc('week', date) as date)").as("week"))
            .distinct()
            .withColumn("cohort", min("week").over(Window.partitionBy("user_id")))
            .groupBy(col("cohort"), expr("datediff(week, cohort) div 7").as("weeks_later"))
            .agg(count(lit(1)).as("visitors"));
    // Everybody is there in the week of the first visit.
    Column size = max("visitors").over(Window.partitionBy("cohort"));
    return weeks.withColumn("share", col("visitors").cast("double").divide(size));
  }

  /**
   * From view to purchase, for each product that any event is about.
   *
   * @param products of {@link Star#products}, for the current name, category and price
   */
  static Dataset<Row> products(Dataset<Row> visited, Dataset<Row> products) {
    Dataset<Row> viewed =
        visited
            .where(col("product_id").isNotNull())
            .groupBy("product_id", "session_id")
            .agg(
                times("product_view").as("views"),
                times("add_to_cart").as("adds"),
                times("purchase").as("purchases"))
            .groupBy("product_id")
            .agg(
                sum("views").as("views"),
                sum(when(col("views").gt(0), 1L).otherwise(0L)).as("viewers"),
                sum(expr("CASE WHEN views > 0 AND adds > 0 THEN 1L ELSE 0L END")).as("added"),
                sum(expr("CASE WHEN views > 0 AND purchases > 0 THEN 1L ELSE 0L END"))
                    .as("buyers"));
    Dataset<Row> sold =
        visited
            .where(col("event_type").equalTo("purchase").and(col("product_id").isNotNull()))
            .groupBy("product_id")
            .agg(
                countDistinct("order_id").as("orders"),
                sum("quantity").as("pieces"),
                sum("value").cast("decimal(38,2)").as("revenue"));
    Dataset<Row> current =
        products
            .where(col("is_current").and(col("product_key").notEqual(Events.UNKNOWN)))
            .select("product_id", "name", "category", "price");
    Column none = lit(0L);
    return viewed
        .join(sold, Lists.seq("product_id"), "left")
        .join(current, Lists.seq("product_id"), "left")
        .select(
            col("product_id"),
            col("name"),
            col("category"),
            col("price"),
            col("views"),
            col("viewers"),
            col("added"),
            col("buyers"),
            expr("try_divide(cast(buyers as double), viewers)").as("share"),
            coalesce(col("orders"), none).as("orders"),
            coalesce(col("pieces"), none).as("pieces"),
            coalesce(col("revenue"), lit(0)).cast("decimal(38,2)").as("revenue"));
  }

  private static Column times(String eventType) {
    return sum(when(col("event_type").equalTo(eventType), 1L).otherwise(0L));
  }

  /**
   * What is bought together, at least {@value #PAIR_ORDERS} times: pairs of products, and pairs of
   * categories, the lesser name first. {@code confidence} is the share of the orders with the first
   * that have the second too; {@code lift} how many times more often that is than by chance.
   */
  static Dataset<Row> affinity(Dataset<Row> visited, Dataset<Row> products) {
    Dataset<Row> items =
        visited
            .where(col("event_type").equalTo("purchase").and(col("order_id").isNotNull()))
            .select("order_id", "product_id", "product_key")
            .join(products.select("product_key", "category"), "product_key")
            .select(
                col("order_id"),
                expr("stack(2, 'product', product_id, 'category', category) AS (level, item)"))
            .where(col("item").isNotNull())
            .groupBy("level", "order_id")
            .agg(collect_set("item").as("items"));
    Dataset<Row> totals =
        items
            .select(col("level"), explode(col("items")).as("item"))
            .groupBy("level", "item")
            .agg(count(lit(1)).as("of_item"));
    Dataset<Row> everything = items.groupBy("level").agg(count(lit(1)).as("of_all"));
    return items
        .select(
            col("level"),
            expr(
                "inline(flatten(transform(items, a -> transform(filter(items, b -> b > a),"
                    + " b -> struct(a AS first, b AS second)))))"))
        .groupBy("level", "first", "second")
        .agg(count(lit(1)).as("orders"))
        .where(col("orders").geq(PAIR_ORDERS))
        .join(
            totals.select(col("level"), col("item").as("first"), col("of_item").as("of_first")),
            Lists.seq("level", "first"))
        .join(
            totals.select(col("level"), col("item").as("second"), col("of_item").as("of_second")),
            Lists.seq("level", "second"))
        .join(broadcast(everything), Lists.seq("level"))
        .select(
            col("level"),
            col("first"),
            col("second"),
            col("orders"),
            expr("cast(orders as double) / of_first").as("confidence"),
            expr("cast(orders as double) * of_all / (cast(of_first as double) * of_second)")
                .as("lift"));
  }

  /**
   * Orders and revenue of each campaign, once credited to the customer's first campaign, once to
   * the last one up to the order.
   */
  static Dataset<Row> attribution(Dataset<Row> orders) {
    return orders
        .withColumn("none", lit(0).cast("decimal(38,2)"))
        .select(
            expr(
                "stack(2,"
                    + (" coalesce(first_touch, '" + NO_CAMPAIGN + "'), 1L, value, 0L, none,")
                    + (" coalesce(last_touch, '" + NO_CAMPAIGN + "'), 0L, none, 1L, value")
                    + ") AS (campaign, first_orders, first_value, last_orders, last_value)"))
        .groupBy("campaign")
        .agg(
            sum("first_orders").as("first_touch_orders"),
            sum("first_value").cast("decimal(38,2)").as("first_touch_revenue"),
            sum("last_orders").as("last_touch_orders"),
            sum("last_value").cast("decimal(38,2)").as("last_touch_revenue"));
  }
}
