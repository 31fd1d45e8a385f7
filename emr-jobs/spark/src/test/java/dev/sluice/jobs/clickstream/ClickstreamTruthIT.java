package dev.sluice.jobs.clickstream;

import static dev.sluice.jobs.SharedSpark.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jobs.SharedSpark;
import dev.sluice.jobs.Simulated;
import dev.sluice.simulate.SimulationOptions;
import dev.sluice.simulate.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Some hundred simulated sessions, some of their events late, against what the simulator knows. */
class ClickstreamTruthIT {
  private static final SimulationOptions OPTIONS = new SimulationOptions(5_000, 42, 0, 0.02);

  private static Truth truth;
  private static Dataset<Row> flat;
  private static Dataset<Row> products;
  private static Dataset<Row> visited;

  @BeforeAll
  static void simulate() {
    truth = Simulated.truth("clickstream", OPTIONS);
    String[] lines = Simulated.lines("clickstream", OPTIONS).toArray(String[]::new);
    flat = Events.flat(SharedSpark.silver("clickstream", lines));
    products = Star.products(flat).persist();
    visited = Events.visited(Star.withProducts(flat, products)).persist();
  }

  @AfterAll
  static void forget() {
    visited.unpersist();
    products.unpersist();
  }

  private static void assertAnswer(String query, Dataset<Row> actual) {
    List<List<@Nullable String>> text = new ArrayList<>();
    for (List<@Nullable Object> row : rows(actual)) {
      List<@Nullable String> cells = new ArrayList<>();
      row.forEach(cell -> cells.add(Objects.toString(cell, null)));
      text.add(cells);
    }
    assertThat(truth.answers().get(query).difference(text)).as(query).isEmpty();
  }

  @Test
  void theFunnelIsWhatTheSimulatorSays() {
    Dataset<Row> sessions = Sessions.both(visited, Star.sessions(visited));
    assertAnswer(
        "funnel",
        Analyses.funnel(sessions)
            .where("sessions_by = 'browser'")
            .orderBy("place")
            .drop("sessions_by", "place"));
  }

  @Test
  void theFactsOfADayAreWhatTheSimulatorSays() {
    assertAnswer(
        "revenue_by_day",
        Star.events(visited)
            .groupBy("day")
            .agg(
                org.apache.spark.sql.functions.expr("count(*)"),
                org.apache.spark.sql.functions.expr("count(DISTINCT order_id) AS orders"),
                org.apache.spark.sql.functions.expr(
                    "sum(if(event_type = 'purchase', quantity, 0))"),
                org.apache.spark.sql.functions.expr(
                    "coalesce(sum(value) FILTER (WHERE event_type = 'purchase'), 0) AS revenue"))
            .selectExpr("*", "try_divide(cast(revenue as double), orders)")
            .orderBy("day"));
  }

  @Test
  void everyFactHasItsDimensionsOnce() {
    Dataset<Row> events = Star.events(visited);
    long all = events.count();
    assertThat(all).isEqualTo(truth.good());
    check(events, "user_key", Star.users(visited), all);
    check(events, "product_key", products, all);
    check(events, "device_key", Star.devices(flat), all);
    check(events, "date_key", Star.dates(visited), all);
    check(events, "session_key", Star.sessions(visited), all);
    Dataset<Row> orders = Star.orders(visited);
    check(orders, "session_key", Star.sessions(visited), orders.count());
  }

  private static void check(Dataset<Row> facts, String key, Dataset<Row> dimension, long expected) {
    assertThat(facts.join(dimension.select(key), key).count()).as(key).isEqualTo(expected);
  }

  @Test
  void ordersSessionsAndAttributionAgreeOnRevenue() {
    Object revenue = revenue(Star.events(visited).where("event_type = 'purchase'"), "value");
    Dataset<Row> orders = Star.orders(visited);
    assertThat(revenue(orders, "value")).isEqualTo(revenue);
    assertThat(revenue(Star.sessions(visited), "revenue")).isEqualTo(revenue);
    assertThat(revenue(Analyses.attribution(orders), "first_touch_revenue")).isEqualTo(revenue);
    assertThat(revenue(Analyses.attribution(orders), "last_touch_revenue")).isEqualTo(revenue);
    assertThat(revenue(Analyses.segments(orders), "revenue")).isEqualTo(revenue);
    assertThat(revenue(Analyses.products(visited, products), "revenue")).isEqualTo(revenue);
  }

  private static Object revenue(Dataset<Row> frame, String column) {
    return frame
        .selectExpr("cast(sum(" + column + ") as decimal(38,2)) AS total")
        .first()
        .getDecimal(0);
  }

  @Test
  void comparedVisitsAddUp() {
    Row sums =
        Sessions.compared(visited)
            .selectExpr(
                "sum(browser_sessions)", "sum(gap_sessions)", "sum(identical)", "sum(split)")
            .first();
    assertThat(sums.getLong(0)).isEqualTo(truth.answers().get("funnel").rows().get(0).get(1));
    assertThat(sums.getLong(1)).isEqualTo(Star.sessions(visited).count());
    // Pauses of half an hour and more, and users with two visits at once, are simulated.
    assertThat(sums.getLong(2)).isBetween(1L, sums.getLong(0) - 1);
    assertThat(sums.getLong(3)).isPositive();
  }
}
