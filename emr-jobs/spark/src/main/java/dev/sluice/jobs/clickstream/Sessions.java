package dev.sluice.jobs.clickstream;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * Visits as they are counted in two ways: {@link #BROWSER} by the session id that came in, as the
 * queries of the dataset count them, and {@link #GAP} by the time between events.
 */
final class Sessions {
  static final String BROWSER = "browser";
  static final String GAP = "gap";

  private Sessions() {}

  /** What is counted about a visit, by either way of counting. */
  static List<Column> measures() {
    List<Column> measures = new ArrayList<>();
    measures.add(count(lit(1)).as("events"));
    measures.add(number("page_view").as("page_views"));
    measures.add(number("search").as("searches"));
    measures.add(number("product_view").as("product_views"));
    measures.add(number("add_to_cart").as("adds"));
    measures.add(number("remove_from_cart").as("removes"));
    measures.add(number("checkout").as("checkouts"));
    measures.add(number("purchase").as("purchases"));
    measures.add(money("purchase").cast("decimal(38,2)").as("revenue"));
    // What was put in less what was taken out, at the prices of the moment.
    measures.add(
        money("add_to_cart")
            .minus(money("remove_from_cart"))
            .cast("decimal(38,2)")
            .as("cart_value"));
    measures.add(min("date").as("date"));
    return measures;
  }

  private static Column number(String eventType) {
    return sum(when(col("event_type").equalTo(eventType), 1L).otherwise(0L));
  }

  private static Column money(String eventType) {
    return coalesce(
        sum(when(col("event_type").equalTo(eventType), col("value"))),
        expr("cast(0 as decimal(31,2))"));
  }

  /** A row for each visit of both ways of counting: {@code sessions_by} and the measures. */
  static Dataset<Row> both(Dataset<Row> visited, Dataset<Row> factSessions) {
    List<Column> measures = measures();
    Dataset<Row> browser =
        visited
            .where(col("session_id").isNotNull())
            .groupBy("session_id")
            .agg(measures.get(0), measures.subList(1, measures.size()).toArray(Column[]::new));
    return narrow(browser.withColumn("day", Star.day(col("date"))), BROWSER)
        .unionByName(narrow(factSessions, GAP));
  }

  private static Dataset<Row> narrow(Dataset<Row> sessions, String by) {
    return sessions.select(
        lit(by).as("sessions_by"),
        col("day"),
        col("product_views"),
        col("adds"),
        col("checkouts"),
        col("purchases"),
        col("revenue"),
        col("cart_value"));
  }

  /**
   * How far the browser's visits and those by the gap agree, by the day on which they began: {@code
   * identical} ones have just the same events; a visit of the browser is {@code split} when its
   * events belong to several visits by the gap, which are {@code merged} when theirs have several
   * session ids.
   */
  static Dataset<Row> compared(Dataset<Row> visited) {
    Dataset<Row> pairs =
        visited
            .where(col("session_id").isNotNull())
            .groupBy("visitor", "session_start", "session_id")
            .agg(min("date").as("date"))
            .withColumn("ids", count(lit(1)).over(Window.partitionBy("visitor", "session_start")))
            .withColumn("visits", count(lit(1)).over(Window.partitionBy("session_id")));
    Column none = lit(0L);
    Dataset<Row> browser =
        pairs
            .groupBy("session_id")
            .agg(min("date").as("date"), max("visits").as("visits"), max("ids").as("ids"))
            .select(
                col("date"),
                lit(1L).as("browser_sessions"),
                none.as("gap_sessions"),
                when(col("visits").equalTo(1).and(col("ids").equalTo(1)), 1L)
                    .otherwise(0L)
                    .as("identical"),
                when(col("visits").gt(1), 1L).otherwise(0L).as("split"),
                none.as("merged"));
    Dataset<Row> gap =
        pairs
            .groupBy("visitor", "session_start")
            .agg(min("date").as("date"), max("ids").as("ids"))
            .select(
                col("date"),
                none.as("browser_sessions"),
                lit(1L).as("gap_sessions"),
                none.as("identical"),
                none.as("split"),
                when(col("ids").gt(1), 1L).otherwise(0L).as("merged"));
    return browser
        .unionByName(gap)
        .groupBy(Star.day(col("date")))
        .agg(
            sum("browser_sessions").as("browser_sessions"),
            sum("gap_sessions").as("gap_sessions"),
            sum("identical").as("identical"),
            sum("split").as("split"),
            sum("merged").as("merged"));
  }
}
