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

class StarIT {
  private static Click view(String id, String time, String price) {
    return click(id, time, "u", "s").about("product_view", "P-1", price);
  }

  private static List<?> versions(Dataset<Row> products) {
    return rows(
        products
            .where("product_key <> -1")
            .selectExpr(
                "product_id",
                "price",
                "date_format(valid_from, 'HH:mm')",
                "date_format(valid_to, 'HH:mm')",
                "is_current"),
        "product_id",
        "date_format(valid_from, HH:mm)");
  }

  @Test
  void aProductHasAVersionForEachStretchOfOnePrice() {
    Dataset<Row> products =
        Star.products(
            flat(
                // Unordered, and back to the first price in the end.
                view("c", "2024-03-05T12:00:00Z", "12.00"),
                view("a", "2024-03-05T10:00:00Z", "10.00"),
                view("d", "2024-03-05T13:00:00Z", "10.00"),
                view("b", "2024-03-05T11:00:00Z", "10.00"),
                click("e", "2024-03-05T09:00:00Z", "u", "s").about("product_view", "P-2", "1.00"),
                click("f", "2024-03-05T08:00:00Z", "u", "s")));
    assertThat(versions(products))
        .isEqualTo(
            List.of(
                List.of("P-1", new BigDecimal("10.00"), "10:00", "12:00", false),
                List.of("P-1", new BigDecimal("12.00"), "12:00", "13:00", false),
                Arrays.asList("P-1", new BigDecimal("10.00"), "13:00", null, true),
                Arrays.asList("P-2", new BigDecimal("1.00"), "09:00", null, true)));
    assertThat(products.select("product_key").distinct().count()).isEqualTo(5);
  }

  @Test
  void ofTwoPricesAtOneInstantTheLaterEventsCounts() {
    assertThat(
            versions(
                Star.products(
                    flat(
                        view("b", "2024-03-05T10:00:00Z", "2.00"),
                        view("a", "2024-03-05T10:00:00Z", "1.00")))))
        .isEqualTo(List.of(Arrays.asList("P-1", new BigDecimal("2.00"), "10:00", null, true)));
  }

  @Test
  void anEventPointsToTheVersionOfItsTime() {
    Dataset<Row> flat =
        flat(
            view("a", "2024-03-05T10:00:00Z", "10.00"),
            view("b", "2024-03-05T11:00:00Z", "12.00"),
            view("c", "2024-03-05T12:00:00Z", "12.00"),
            click("d", "2024-03-05T12:00:00Z", "u", "s"));
    Dataset<Row> products = Star.products(flat);
    assertThat(
            rows(
                Star.withProducts(flat, products)
                    .select("event_id", "product_key")
                    .join(products.select("product_key", "price"), "product_key")
                    .select("event_id", "price"),
                "event_id"))
        .containsExactly(
            List.of("a", new BigDecimal("10.00")),
            List.of("b", new BigDecimal("12.00")),
            List.of("c", new BigDecimal("12.00")),
            Arrays.asList("d", null));
  }

  @Test
  void theFirstVersionKeepsItsKeyWhenAnEarlierEventTurnsUp() {
    Click known = view("b", "2024-03-05T11:00:00Z", "10.00").with("country", "AT");
    Click late = view("a", "2024-03-05T10:00:00Z", "10.00").with("country", "AT");
    assertThat(rows(Star.products(flat(known, late)).select("product_key"), "product_key"))
        .isEqualTo(rows(Star.products(flat(known)).select("product_key"), "product_key"));
    assertThat(rows(Star.users(visited(known, late)).select("user_key"), "user_key"))
        .isEqualTo(rows(Star.users(visited(known)).select("user_key"), "user_key"));
  }

  @Test
  void aUserHasAVersionForEachStretchInOneCountry() {
    Dataset<Row> visited =
        visited(
            click("c", "2024-03-05T12:00:00Z", "u", "s").with("country", "AT"),
            click("a", "2024-03-05T10:00:00Z", "u", "s"),
            click("b", "2024-03-05T11:00:00Z", "u", "s"),
            click("d", "2024-03-05T13:00:00Z", "u", "s"),
            click("e", "2024-03-05T09:00:00Z", "v", "s").with("country", null),
            click("f", "2024-03-05T09:00:00Z", "w", "s").with("user_id", null));
    Dataset<Row> users = Star.users(visited);
    assertThat(
            rows(
                users.selectExpr(
                    "user_id",
                    "country",
                    "date_format(first_seen, 'HH')",
                    "date_format(valid_from, 'HH')",
                    "date_format(valid_to, 'HH')",
                    "is_current",
                    "user_key = -1"),
                "user_id",
                "date_format(valid_from, HH)"))
        .containsExactly(
            List.of("u", "DE", "10", "10", "12", false, false),
            List.of("u", "AT", "10", "12", "13", false, false),
            Arrays.asList("u", "DE", "10", "13", null, true, false),
            Arrays.asList("unknown", "unknown", null, null, null, true, true),
            Arrays.asList("v", null, "09", "09", null, true, false));
    assertThat(
            rows(
                visited
                    .join(users.select("user_key", "country", "valid_from"), "user_key")
                    .selectExpr("event_id", "date_format(valid_from, 'HH')"),
                "event_id"))
        .containsExactly(
            List.of("a", "10"),
            List.of("b", "10"),
            List.of("c", "12"),
            List.of("d", "13"),
            List.of("e", "09"),
            Arrays.asList("f", null));
  }

  @Test
  void datesHaveNoGaps() {
    Dataset<Row> dates =
        Star.dates(
            visited(
                click("a", "2024-12-29T23:59:59Z", "u", "s"),
                click("b", "2025-01-01T00:00:00Z", "u", "s")));
    assertThat(
            rows(
                dates.selectExpr(
                    "date_key",
                    "cast(date as string)",
                    "day_of_week",
                    "day_name",
                    "is_weekend",
                    "iso_year",
                    "iso_week",
                    "cast(week as string)"),
                "date_key"))
        .containsExactly(
            Arrays.asList(-1, null, null, "unknown", null, null, null, null),
            List.of(20241229, "2024-12-29", 7, "Sunday", true, 2024, 52, "2024-12-23"),
            List.of(20241230, "2024-12-30", 1, "Monday", false, 2025, 1, "2024-12-30"),
            List.of(20241231, "2024-12-31", 2, "Tuesday", false, 2025, 1, "2024-12-30"),
            List.of(20250101, "2025-01-01", 3, "Wednesday", false, 2025, 1, "2024-12-30"));
  }

  @Test
  void devicesAreTheirKindSystemAndBrowser() {
    Dataset<Row> devices =
        Star.devices(
            flat(
                click("a", "2024-03-05T10:00:00Z", "u", "s"),
                click("b", "2024-03-05T10:00:00Z", "v", "s"),
                click("c", "2024-03-05T10:00:00Z", "u", "s").by("tablet", "iPadOS", "Safari"),
                click("d", "2024-03-05T10:00:00Z", "u", "s").with("device", null)));
    assertThat(rows(devices.drop("device_key"), "device_type"))
        .containsExactly(
            List.of("mobile", "Android", "Chrome"),
            List.of("tablet", "iPadOS", "Safari"),
            List.of("unknown", "unknown", "unknown"));
  }

  @Test
  void aSessionSumsUpItsEvents() {
    Dataset<Row> sessions =
        Star.sessions(
            visited(
                click("a", "2024-03-05T23:50:00Z", "u", "s1").on("https://shop.example/c/toys"),
                click("b", "2024-03-05T23:51:00Z", "u", "s1")
                    .about("add_to_cart", "P-1", "10.00")
                    .pieces(3)
                    .with("campaign", "spring"),
                click("c", "2024-03-05T23:52:00Z", "u", "s1")
                    .about("remove_from_cart", "P-1", "10.00")
                    .pieces(1),
                click("d", "2024-03-06T00:00:30.5Z", "u", "s2")
                    .bought("O-1", "P-1", "10.00", 2)
                    .on("https://shop.example/thanks"),
                click("e", "2024-03-06T09:00:00Z", "u", "s3")));
    assertThat(
            rows(
                sessions.select(
                    "session_id",
                    "day",
                    "date_key",
                    "seconds",
                    "events",
                    "bounced",
                    "page_views",
                    "adds",
                    "removes",
                    "purchases",
                    "revenue",
                    "cart_value",
                    "abandoned",
                    "landing_page",
                    "landing_section",
                    "exit_page",
                    "campaign"),
                "session_id"))
        .containsExactly(
            List.of(
                "s1",
                "2024-03-05",
                20240305,
                630.5,
                4L,
                false,
                1L,
                1L,
                1L,
                1L,
                new BigDecimal("20.00"),
                new BigDecimal("20.00"),
                false,
                "https://shop.example/c/toys",
                "category",
                "https://shop.example/thanks",
                "spring"),
            Arrays.asList(
                "s3",
                "2024-03-06",
                20240306,
                0.0,
                1L,
                true,
                1L,
                0L,
                0L,
                0L,
                new BigDecimal("0.00"),
                new BigDecimal("0.00"),
                false,
                "https://shop.example/",
                "home",
                "https://shop.example/",
                null));
  }

  @Test
  void anOrderIsAllItsLinesAndKnowsTheOneBefore() {
    Dataset<Row> orders =
        Star.orders(
            visited(
                click("a", "2024-03-05T10:00:00Z", "u", "s").with("campaign", "spring"),
                click("b", "2024-03-05T10:01:00Z", "u", "s").bought("O-1", "P-1", "10.00", 1),
                click("c", "2024-03-05T10:01:00Z", "u", "s").bought("O-1", "P-2", "0.50", 3),
                click("d", "2024-03-05T16:01:00Z", "u", "t").bought("O-2", "P-1", "10.00", 1),
                click("e", "2024-03-05T16:01:00Z", "v", "x").bought("O-3", "P-1", "10.00", 1)));
    assertThat(
            rows(
                orders.select(
                    "order_id",
                    "user_id",
                    "lines",
                    "products",
                    "pieces",
                    "value",
                    "number",
                    "hours_since_order",
                    "first_touch",
                    "last_touch",
                    "day"),
                "order_id"))
        .containsExactly(
            Arrays.asList(
                "O-1",
                "u",
                2L,
                2L,
                4L,
                new BigDecimal("11.50"),
                1,
                null,
                "spring",
                "spring",
                "2024-03-05"),
            List.of(
                "O-2",
                "u",
                1L,
                1L,
                1L,
                new BigDecimal("10.00"),
                2,
                6.0,
                "spring",
                "spring",
                "2024-03-05"),
            Arrays.asList(
                "O-3",
                "v",
                1L,
                1L,
                1L,
                new BigDecimal("10.00"),
                1,
                null,
                null,
                null,
                "2024-03-05"));
  }

  @Test
  void withoutEventsThereAreTheUnknownMembersOnly() {
    assertThat(Star.products(flat()).count()).isEqualTo(1);
    assertThat(Star.devices(flat()).count()).isEqualTo(1);
    assertThat(Star.users(visited()).count()).isEqualTo(1);
    assertThat(Star.dates(visited()).count()).isEqualTo(1);
    assertThat(Star.events(visited()).count()).isZero();
    assertThat(Star.sessions(visited()).count()).isZero();
    assertThat(Star.orders(visited()).count()).isZero();
  }

  @Test
  void productsAreSentToTheEvents() {
    Dataset<Row> flat = flat(view("a", "2024-03-05T10:00:00Z", "10.00"));
    Dataset<Row> products = Star.products(flat).persist();
    try {
      // Kept, as the job keeps it: then Spark knows how small it is.
      products.count();
      assertThat(Plans.of(Star.withProducts(flat, products)))
          .contains("BroadcastHashJoin")
          .doesNotContain("SortMergeJoin", "Exchange hashpartitioning");
    } finally {
      products.unpersist();
    }
  }

  @Test
  void visitsAreSummedUpWhereTheirVisitorIs() {
    Dataset<Row> visited = visited(click("a", "2024-03-05T10:00:00Z", "u", "s")).persist();
    try {
      visited.count();
      assertThat(Plans.of(Star.sessions(visited)))
          .contains("InMemoryTableScan")
          .doesNotContain("Exchange");
    } finally {
      visited.unpersist();
    }
  }
}
