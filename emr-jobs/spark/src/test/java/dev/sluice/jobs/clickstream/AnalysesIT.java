package dev.sluice.jobs.clickstream;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.clickstream.Click.click;
import static dev.sluice.jobs.clickstream.Click.flat;
import static dev.sluice.jobs.clickstream.Click.visited;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class AnalysesIT {
  private static final Click VIEW =
      click("v", "2024-03-05T10:00:00Z", "u", "s").about("product_view", "P-1", "10.00");

  /** One visit of the browser that is two by the gap: filled the cart, came back, and bought. */
  private static final Click[] RETURNED = {
    VIEW,
    click("a", "2024-03-05T10:01:00Z", "u", "s").about("add_to_cart", "P-1", "10.00").pieces(2),
    click("c", "2024-03-05T11:00:00Z", "u", "s").with("event_type", "checkout"),
    click("p", "2024-03-05T11:01:00Z", "u", "s").bought("O-1", "P-1", "10.00", 2),
    click("x", "2024-03-06T10:00:00Z", "v", "t"),
  };

  private static Dataset<Row> both(Click... clicks) {
    Dataset<Row> visited = visited(clicks);
    return Sessions.both(visited, Star.sessions(visited));
  }

  @Test
  void theFunnelCountsVisitsInBothWays() {
    assertThat(rows(Analyses.funnel(both(RETURNED)), "sessions_by", "place"))
        .containsExactly(
            Arrays.asList("browser", 1, "session", 2L, 1.0, null, null),
            Arrays.asList("browser", 2, "product_view", 1L, 0.5, 0.5, null),
            Arrays.asList("browser", 3, "add_to_cart", 1L, 0.5, 1.0, null),
            Arrays.asList("browser", 4, "checkout", 1L, 0.5, 1.0, null),
            Arrays.asList("browser", 5, "purchase", 1L, 0.5, 1.0, new BigDecimal("20.00")),
            Arrays.asList("gap", 1, "session", 3L, 1.0, null, null),
            Arrays.asList("gap", 2, "product_view", 1L, 1 / 3.0, 1 / 3.0, null),
            Arrays.asList("gap", 3, "add_to_cart", 1L, 1 / 3.0, 1.0, null),
            Arrays.asList("gap", 4, "checkout", 1L, 1 / 3.0, 1.0, null),
            Arrays.asList("gap", 5, "purchase", 1L, 1 / 3.0, 1.0, new BigDecimal("20.00")));
  }

  @Test
  void aStepThatNobodyReachedHasNoShareOfItsNext() {
    assertThat(
            rows(
                Analyses.funnel(both(click("a", "2024-03-05T10:00:00Z", "u", "s")))
                    .where("sessions_by = 'gap' AND place = 3")
                    .select("sessions", "of_all", "of_previous")))
        .containsExactly(Arrays.asList(0L, 0.0, null));
  }

  @Test
  void aCartIsAbandonedWhenNothingIsBoughtInTheVisit() {
    assertThat(rows(Analyses.carts(both(RETURNED)), "sessions_by", "day"))
        .containsExactly(
            List.of("browser", "2024-03-05", 1L, 0L, 0.0, new BigDecimal("0.00")),
            List.of("gap", "2024-03-05", 1L, 1L, 1.0, new BigDecimal("20.00")));
  }

  @Test
  void visitsAreComparedWithSessionIds() {
    assertThat(
            rows(
                Sessions.compared(
                    visited(
                        // Split by the gap.
                        click("a", "2024-03-05T10:00:00Z", "u", "s1"),
                        click("b", "2024-03-05T12:00:00Z", "u", "s1"),
                        // Merged: two ids within the gap.
                        click("c", "2024-03-05T10:00:00Z", "v", "s2"),
                        click("d", "2024-03-05T10:05:00Z", "v", "s3"),
                        // The same, over midnight.
                        click("e", "2024-03-05T23:59:00Z", "w", "s4"),
                        click("f", "2024-03-06T00:01:00Z", "w", "s4"),
                        click("g", "2024-03-06T00:01:00Z", "x", "s5"))),
                "day"))
        .containsExactly(
            List.of("2024-03-05", 4L, 4L, 1L, 1L, 1L), List.of("2024-03-06", 1L, 1L, 1L, 0L, 0L));
  }

  private static Click order(String id, String time, String user, String price) {
    return click(id, time, user, "s" + id).bought("O-" + id, "P-1", price, 1);
  }

  @Test
  void customersAreRecentOftenAndMuch() {
    Dataset<Row> orders =
        Star.orders(
            visited(
                order("1", "2024-03-01T10:00:00Z", "lost", "499.99"),
                order("2", "2024-03-03T11:59:00Z", "gone", "500.00"),
                order("3", "2024-03-01T10:00:00Z", "risk", "1.00"),
                order("4", "2024-03-01T10:00:00Z", "risk", "1.00"),
                order("5", "2024-03-01T10:00:00Z", "slip", "400.00"),
                order("6", "2024-03-02T10:00:00Z", "slip", "100.00"),
                // Two days less than a minute more before the newest is still recent.
                order("7", "2024-03-03T11:59:00.5Z", "new", "1.00"),
                order("8", "2024-03-05T12:00:00Z", "promising", "501.00"),
                order("9", "2024-03-01T12:00:00Z", "loyal", "1.00"),
                order("A", "2024-03-05T12:00:00Z", "loyal", "1.00"),
                order("B", "2024-03-01T12:00:00Z", "champion", "300.00"),
                order("C", "2024-03-05T12:00:00Z", "champion", "200.00"),
                order("D", "2024-03-05T12:00:00Z", "x", "9.00").with("user_id", null)));
    assertThat(
            rows(
                Analyses.segments(orders)
                    .select(
                        "user_id", "orders", "revenue", "recency", "frequency", "money", "segment"),
                "user_id"))
        .containsExactly(
            List.of(
                "champion", 2L, new BigDecimal("500.00"), "recent", "often", "much", "champion"),
            List.of("gone", 1L, new BigDecimal("500.00"), "long ago", "rarely", "much", "gone"),
            List.of("lost", 1L, new BigDecimal("499.99"), "long ago", "rarely", "little", "lost"),
            List.of("loyal", 2L, new BigDecimal("2.00"), "recent", "often", "little", "loyal"),
            List.of("new", 1L, new BigDecimal("1.00"), "recent", "rarely", "little", "new"),
            List.of(
                "promising", 1L, new BigDecimal("501.00"), "recent", "rarely", "much", "promising"),
            List.of("risk", 2L, new BigDecimal("2.00"), "long ago", "often", "little", "at risk"),
            List.of(
                "slip",
                2L,
                new BigDecimal("500.00"),
                "long ago",
                "often",
                "much",
                "slipping away"));
  }

  @Test
  void cohortsAreWeeksFromMondayOn() {
    assertThat(
            rows(
                Analyses.cohorts(
                        visited(
                            click("a", "2024-03-03T23:00:00Z", "u", "s"),
                            click("b", "2024-03-04T01:00:00Z", "u", "s"),
                            click("c", "2024-03-19T01:00:00Z", "u", "s"),
                            click("d", "2024-02-26T00:00:00Z", "v", "s"),
                            click("e", "2024-02-27T00:00:00Z", "v", "s"),
                            click("f", "2024-03-04T00:00:00Z", "w", "s"),
                            click("g", "2024-03-04T00:00:00Z", "x", "s").with("user_id", null)))
                    .selectExpr("cast(cohort as string)", "weeks_later", "visitors", "share"),
                "cohort",
                "weeks_later"))
        .containsExactly(
            List.of("2024-02-26", 0L, 2L, 1.0),
            List.of("2024-02-26", 1L, 1L, 0.5),
            List.of("2024-02-26", 3L, 1L, 0.5),
            List.of("2024-03-04", 0L, 1L, 1.0));
  }

  @Test
  void productsAreViewedAddedAndBought() {
    Click[] clicks = {
      VIEW,
      VIEW.with("event_id", "v2").with("event_time", "2024-03-05T10:00:10Z"),
      VIEW.with("event_id", "v3").with("session_id", "other"),
      click("a", "2024-03-05T10:01:00Z", "u", "s").about("add_to_cart", "P-1", "12.00").pieces(2),
      click("p", "2024-03-05T11:01:00Z", "u", "s").bought("O-1", "P-1", "12.00", 2),
      // Bought without a view.
      click("q", "2024-03-05T11:01:00Z", "u", "s").bought("O-1", "P-2", "1.00", 1),
      click("x", "2024-03-06T10:00:00Z", "v", "t"),
    };
    assertThat(rows(Analyses.products(visited(clicks), Star.products(flat(clicks))), "product_id"))
        .containsExactly(
            List.of(
                "P-1",
                "name of P-1",
                "toys",
                new BigDecimal("12.00"),
                3L,
                2L,
                1L,
                1L,
                0.5,
                1L,
                2L,
                new BigDecimal("24.00")),
            Arrays.asList(
                "P-2",
                "name of P-2",
                "toys",
                new BigDecimal("1.00"),
                0L,
                0L,
                0L,
                0L,
                null,
                1L,
                1L,
                new BigDecimal("1.00")));
  }

  private static Click line(String id, String order, String product, String category) {
    return click(id, "2024-03-05T10:00:00Z", "u", "s")
        .about("purchase", product, category, "1.00")
        .pieces(1)
        .with("order_id", order);
  }

  @Test
  void whatIsBoughtTogetherTwiceIsToldOnce() {
    Click[] clicks = {
      line("1", "O-1", "P-2", "toys"),
      line("2", "O-1", "P-1", "bath"),
      line("3", "O-2", "P-1", "bath"),
      line("4", "O-2", "P-2", "toys"),
      line("5", "O-2", "P-3", "toys"),
      line("6", "O-3", "P-1", "bath"),
      line("7", "O-3", "P-4", "audio"),
      line("8", "O-4", "P-4", "audio"),
    };
    assertThat(rows(Analyses.affinity(visited(clicks), Star.products(flat(clicks))), "level"))
        .containsExactly(
            List.of("category", "bath", "toys", 2L, 2 / 3.0, 2.0 * 4 / (3.0 * 2)),
            List.of("product", "P-1", "P-2", 2L, 2 / 3.0, 2.0 * 4 / (3.0 * 2)));
  }

  @Test
  void ordersAreCreditedToTheFirstAndToTheLastCampaign() {
    Dataset<Row> orders =
        Star.orders(
            visited(
                click("a", "2024-03-01T10:00:00Z", "u", "1").with("campaign", "spring"),
                click("b", "2024-03-02T10:00:00Z", "u", "2").with("campaign", "letter"),
                order("1", "2024-03-02T11:00:00Z", "u", "10.00"),
                // Too late for the order.
                click("c", "2024-03-02T12:00:00Z", "u", "3").with("campaign", "spring"),
                order("2", "2024-03-03T11:00:00Z", "u", "5.00"),
                order("3", "2024-03-03T11:00:00Z", "v", "1.00")));
    assertThat(rows(Analyses.attribution(orders), "campaign"))
        .containsExactly(
            List.of("letter", 0L, new BigDecimal("0.00"), 1L, new BigDecimal("10.00")),
            List.of("none", 1L, new BigDecimal("1.00"), 1L, new BigDecimal("1.00")),
            List.of("spring", 2L, new BigDecimal("15.00"), 1L, new BigDecimal("5.00")));
  }

  @Test
  void nothingComesOfNothing() {
    Dataset<Row> visited = visited();
    Dataset<Row> orders = Star.orders(visited);
    Dataset<Row> products = Star.products(flat());
    for (Dataset<Row> empty :
        List.of(
            Analyses.funnel(both()),
            Analyses.carts(both()),
            Analyses.segments(orders),
            Analyses.cohorts(visited),
            Analyses.products(visited, products),
            Analyses.affinity(visited, products),
            Analyses.attribution(orders),
            Sessions.compared(visited))) {
      assertThat(rows(empty)).isEmpty();
    }
  }
}
