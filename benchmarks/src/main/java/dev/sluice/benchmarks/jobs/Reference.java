package dev.sluice.benchmarks.jobs;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.benchmarks.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The same tables in DuckDB's SQL, written down apart from the jobs: it says whether their results
 * are right, and how long another engine takes.
 */
final class Reference {
  private static final double TOLERANCE = 1e-9;

  /**
   * One table.
   *
   * @param name of the gold table
   * @param sql computes it, from the view {@code flat} and the tables before it
   * @param own what is compared, of DuckDB's table
   * @param gold the same of the gold table, which is called {@code gold}
   */
  record Table(String name, String sql, String own, String gold) {}

  private static final List<String> FACT_EVENTS =
      List.of(
          "count(*)",
          "bit_xor(hash(event_id))",
          "count(DISTINCT session_key)",
          "count(DISTINCT user_key)",
          "count(DISTINCT product_key)",
          "count(DISTINCT device_key)",
          "sum(value)",
          "sum(date_key)",
          "bit_xor(hash(event_id || day || session_id))");

  private static final List<String> FACT_SESSIONS =
      List.of(
          "count(*)",
          "sum(events)",
          "sum(seconds)",
          "count(*) FILTER (bounced)",
          "count(*) FILTER (abandoned)",
          "sum(page_views)",
          "sum(searches)",
          "sum(product_views)",
          "sum(adds)",
          "sum(removes)",
          "sum(checkouts)",
          "sum(purchases)",
          "sum(revenue)",
          "sum(cart_value)",
          "sum(hash(day || landing_page || landing_section || exit_page))",
          "sum(hash(coalesce(referrer, '') || coalesce(campaign, '') || session_id))");

  private static final List<String> FACT_ORDERS =
      List.of(
          "count(*)",
          "count(DISTINCT order_key)",
          "sum(lines)",
          "sum(products)",
          "sum(pieces)",
          "sum(value)",
          "sum(number)",
          "sum(hours_since_order)",
          "bit_xor(hash(order_id || user_id || coalesce(first_touch, '') || coalesce(last_touch, '')"
              + " || day))");

  private static final String MEASURES =
      """
      count(*) AS events,
      count(*) FILTER (event_type = 'page_view') AS page_views,
      count(*) FILTER (event_type = 'search') AS searches,
      count(*) FILTER (event_type = 'product_view') AS product_views,
      count(*) FILTER (event_type = 'add_to_cart') AS adds,
      count(*) FILTER (event_type = 'remove_from_cart') AS removes,
      count(*) FILTER (event_type = 'checkout') AS checkouts,
      count(*) FILTER (event_type = 'purchase') AS purchases,
      coalesce(sum(value) FILTER (event_type = 'purchase'), 0) AS revenue,
      coalesce(sum(value) FILTER (event_type = 'add_to_cart'), 0)
        - coalesce(sum(value) FILTER (event_type = 'remove_from_cart'), 0) AS cart_value,
      min(day) AS day
      """;

  /** The tables that are compared, in the order in which they are computed. */
  static final List<Table> TABLES =
      List.of(
          sums(
              "fact_events",
              """
              WITH marked AS (
                SELECT *,
                  coalesce(ts - lag(ts) OVER visitor > INTERVAL 30 MINUTE, true) AS new
                FROM flat
                WINDOW visitor AS (PARTITION BY user_id ORDER BY ts, event_id)
              )
              SELECT * EXCLUDE (new),
                max(CASE WHEN new THEN ts END) OVER (
                  PARTITION BY user_id ORDER BY ts, event_id ROWS UNBOUNDED PRECEDING
                ) AS session_start,
                hash(user_id, session_start) AS session_key,
                hash(user_id, country) AS user_key,
                CASE WHEN product_id IS NULL THEN 0 ELSE hash(product_id, product_name, price) END
                  AS product_key,
                hash(device_type, os, browser) AS device_key
              FROM marked
              """,
              FACT_EVENTS),
          sums(
              "fact_sessions",
              "SELECT user_id, session_start, "
                  + MEASURES
                  + """
                  , epoch_us(max(ts)) / 1e6 - epoch_us(min(ts)) / 1e6 AS seconds,
                  count(*) = 1 AS bounced,
                  adds > 0 AND purchases = 0 AS abandoned,
                  arg_min(page_url, (ts, event_id)) AS landing_page,
                  arg_min(page_section, (ts, event_id)) AS landing_section,
                  arg_max(page_url, (ts, event_id)) AS exit_page,
                  arg_min_null(referrer, (ts, event_id)) AS referrer,
                  min(campaign) AS campaign,
                  min(session_id) AS session_id
                  FROM fact_events
                  GROUP BY user_id, session_start
                  """,
              FACT_SESSIONS),
          sums(
              "fact_orders",
              """
              WITH orders AS (
                SELECT
                  order_id,
                  order_id AS order_key,
                  min(user_id) AS user_id,
                  max(ts) AS ordered_at,
                  max(day) AS day,
                  count(*) AS lines,
                  count(DISTINCT product_id) AS products,
                  sum(quantity) AS pieces,
                  sum(value) AS value
                FROM fact_events
                WHERE event_type = 'purchase'
                GROUP BY order_id
              ),
              touches AS (
                SELECT
                  o.order_id,
                  arg_min(e.campaign, (e.ts, e.event_id)) AS first_touch,
                  arg_max(e.campaign, (e.ts, e.event_id)) AS last_touch
                FROM orders o
                JOIN fact_events e
                  ON e.user_id = o.user_id AND e.campaign IS NOT NULL AND e.ts <= o.ordered_at
                GROUP BY o.order_id
              )
              SELECT
                o.*,
                row_number() OVER customer AS number,
                (epoch_us(ordered_at) - epoch_us(lag(ordered_at) OVER customer)) / 3600e6
                  AS hours_since_order,
                first_touch,
                last_touch
              FROM orders o
              LEFT JOIN touches USING (order_id)
              WINDOW customer AS (PARTITION BY user_id ORDER BY ordered_at, order_id)
              """,
              FACT_ORDERS),
          whole(
              "sessions_by_browser",
              "SELECT session_id, " + MEASURES + " FROM fact_events GROUP BY session_id",
              "",
              ""),
          whole(
              "click_sessions_compared",
              """
              WITH pairs AS (
                SELECT
                  session_id,
                  session_key,
                  min(day) AS day,
                  count(*) OVER (PARTITION BY session_key) AS ids,
                  count(*) OVER (PARTITION BY session_id) AS visits
                FROM fact_events
                GROUP BY session_id, session_key
              ),
              browser AS (
                SELECT min(day) AS day, max(ids) AS ids, max(visits) AS visits
                FROM pairs
                GROUP BY session_id
              ),
              gap AS (
                SELECT min(day) AS day, max(ids) AS ids FROM pairs GROUP BY session_key
              ),
              told AS (
                SELECT
                  day,
                  count(*) AS browser_sessions,
                  count(*) FILTER (ids = 1 AND visits = 1) AS identical,
                  count(*) FILTER (visits > 1) AS split
                FROM browser
                GROUP BY day
              )
              SELECT
                day,
                coalesce(browser_sessions, 0) AS browser_sessions,
                coalesce(gap_sessions, 0) AS gap_sessions,
                coalesce(identical, 0) AS identical,
                coalesce(split, 0) AS split,
                coalesce(merged, 0) AS merged
              FROM told
              FULL JOIN (
                SELECT day, count(*) AS gap_sessions, count(*) FILTER (ids > 1) AS merged
                FROM gap
                GROUP BY day
              ) USING (day)
              """,
              "day, browser_sessions, gap_sessions, identical, split, merged",
              "day"),
          whole(
              "click_funnel",
              both(
                  "steps",
                  """
                  SELECT 1 AS place, 'session' AS step, count(*) AS sessions FROM %1$s
                  UNION ALL
                  SELECT 2, 'product_view', count(*) FILTER (product_views > 0) FROM %1$s
                  UNION ALL
                  SELECT 3, 'add_to_cart', count(*) FILTER (adds > 0) FROM %1$s
                  UNION ALL
                  SELECT 4, 'checkout', count(*) FILTER (checkouts > 0) FROM %1$s
                  UNION ALL
                  SELECT 5, 'purchase', count(*) FILTER (purchases > 0) FROM %1$s
                  """,
                  """
                  SELECT *,
                    sessions / max(sessions) OVER (PARTITION BY sessions_by) AS of_all,
                    sessions / lag(sessions) OVER (PARTITION BY sessions_by ORDER BY place)
                      AS of_previous,
                    CASE WHEN place = 5 THEN (SELECT sum(revenue) FROM fact_sessions) END AS revenue
                  FROM steps
                  """),
              "sessions_by, place, step, sessions, of_all, of_previous, revenue",
              "sessions_by, place"),
          whole(
              "click_carts",
              both(
                  "carts",
                  """
                  SELECT
                    day,
                    count(*) AS carts,
                    count(*) FILTER (purchases = 0) AS abandoned,
                    count(*) FILTER (purchases = 0) / count(*) AS share,
                    coalesce(sum(cart_value) FILTER (purchases = 0), 0) AS value_left
                  FROM %1$s
                  WHERE adds > 0
                  GROUP BY day
                  """,
                  "SELECT * FROM carts"),
              "sessions_by, day, carts, abandoned, share, value_left",
              "sessions_by, day"),
          new Table(
              "click_segments",
              """
              WITH buyers AS (
                SELECT
                  user_id, max(ordered_at) AS last, count(*) AS orders, sum(value) AS revenue
                FROM fact_orders
                GROUP BY user_id
              )
              SELECT
                CASE
                  WHEN (epoch_us((SELECT max(last) FROM buyers)) - epoch_us(last)) // 60000000 <= 2880
                  THEN 'recent' ELSE 'long ago'
                END AS recency,
                if(orders >= 2, 'often', 'rarely') AS frequency,
                if(revenue >= 500, 'much', 'little') AS money,
                *
              FROM buyers
              """,
              segments("click_segments"),
              segments("gold")),
          whole(
              "click_cohorts",
              """
              WITH visits AS (
                SELECT DISTINCT user_id, CAST(date_trunc('week', ts) AS DATE) AS week
                FROM fact_events
              ),
              cohorts AS (
                SELECT *, min(week) OVER (PARTITION BY user_id) AS cohort FROM visits
              )
              SELECT
                cohort,
                date_diff('day', cohort, week) // 7 AS weeks_later,
                count(*) AS visitors,
                count(*) / max(count(*)) OVER (PARTITION BY cohort) AS share
              FROM cohorts
              GROUP BY cohort, week
              """,
              "cohort, weeks_later, visitors, share",
              "cohort, weeks_later"),
          whole(
              "click_products",
              """
              WITH pairs AS (
                SELECT
                  product_id,
                  session_id,
                  count(*) FILTER (event_type = 'product_view') AS views,
                  count(*) FILTER (event_type = 'add_to_cart') > 0 AS added,
                  count(*) FILTER (event_type = 'purchase') > 0 AS bought,
                  coalesce(sum(quantity) FILTER (event_type = 'purchase'), 0) AS pieces,
                  coalesce(sum(value) FILTER (event_type = 'purchase'), 0) AS revenue,
                FROM fact_events
                WHERE product_id IS NOT NULL
                GROUP BY product_id, session_id
              ),
              sold AS (
                SELECT product_id, count(DISTINCT order_id) AS orders
                FROM fact_events
                WHERE event_type = 'purchase'
                GROUP BY product_id
              )
              SELECT
                product_id,
                sum(views) AS views,
                count(*) FILTER (views > 0) AS viewers,
                count(*) FILTER (views > 0 AND added) AS added,
                count(*) FILTER (views > 0 AND bought) AS buyers,
                buyers / nullif(viewers, 0) AS share,
                coalesce(any_value(orders), 0) AS orders,
                sum(pieces) AS pieces,
                sum(revenue) AS revenue
              FROM pairs
              LEFT JOIN sold USING (product_id)
              GROUP BY product_id
              """,
              "product_id, views, viewers, added, buyers, share, orders, pieces, revenue",
              "product_id"),
          whole(
              "click_affinity",
              """
              WITH items AS (
                SELECT DISTINCT 'product' AS level, order_id, product_id AS item
                FROM fact_events WHERE event_type = 'purchase'
                UNION ALL
                SELECT DISTINCT 'category', order_id, category
                FROM fact_events WHERE event_type = 'purchase'
              ),
              totals AS (
                SELECT level, item, count(*) AS orders FROM items GROUP BY level, item
              ),
              pairs AS (
                SELECT a.level, a.item AS first, b.item AS second, count(*) AS orders
                FROM items a
                JOIN items b ON b.level = a.level AND b.order_id = a.order_id AND b.item > a.item
                GROUP BY a.level, a.item, b.item
                HAVING count(*) >= 2
              )
              SELECT
                p.level,
                p.first,
                p.second,
                p.orders,
                p.orders / f.orders AS confidence,
                p.orders::DOUBLE * (SELECT count(*) FROM fact_orders)
                  / (f.orders::DOUBLE * s.orders) AS lift
              FROM pairs p
              JOIN totals f ON f.level = p.level AND f.item = p.first
              JOIN totals s ON s.level = p.level AND s.item = p.second
              """,
              "level, first, second, orders, confidence, lift",
              "level, first, second"),
          whole(
              "click_attribution",
              """
              WITH credits AS (
                SELECT coalesce(first_touch, 'none') AS campaign, 1 AS fo, value AS fv, 0 AS lo, 0 AS lv
                FROM fact_orders
                UNION ALL
                SELECT coalesce(last_touch, 'none'), 0, 0, 1, value FROM fact_orders
              )
              SELECT
                campaign,
                sum(fo) AS first_touch_orders,
                sum(fv) AS first_touch_revenue,
                sum(lo) AS last_touch_orders,
                sum(lv) AS last_touch_revenue
              FROM credits
              GROUP BY campaign
              """,
              "campaign, first_touch_orders, first_touch_revenue, last_touch_orders,"
                  + " last_touch_revenue",
              "campaign"));

  /** Gold tables of which only the number of rows is compared, and what it must be. */
  private static final Map<String, String> DIMENSIONS =
      Map.of(
          "dim_user",
          "SELECT count(DISTINCT user_id) + 1 FROM fact_events",
          "dim_product",
          "SELECT count(DISTINCT (product_id, product_name, category, price)) + 1 FROM fact_events"
              + " WHERE product_id IS NOT NULL",
          "dim_device",
          "SELECT count(DISTINCT (device_type, os, browser)) + 1 FROM fact_events",
          "dim_date",
          "SELECT date_diff('day', min(CAST(day AS DATE)), max(CAST(day AS DATE))) + 2 FROM"
              + " fact_events");

  private final DuckDb duck;

  /** Tables go into {@code duck}, which is nobody else's. */
  Reference(DuckDb duck, Path silver) throws SQLException {
    this.duck = duck;
    duck.execute(
        "CREATE VIEW flat AS SELECT event_id, make_timestamp(epoch_us(event_time)) AS ts, user_id,"
            + " session_id, event_type, page.url AS page_url, page.section AS page_section,"
            + " product.product_id AS product_id, product.name AS product_name, product.category AS"
            + " category, product.price AS price, quantity, quantity * product.price AS value,"
            + " order_id, device.type AS device_type, device.os AS os, device.browser AS browser,"
            + " country, referrer, campaign, search_query, day, CAST(replace(day, '-', '') AS"
            + " INTEGER) AS date_key FROM "
            + DuckDb.readParquet(silver));
  }

  private static Table sums(String name, String sql, List<String> sums) {
    String select = "SELECT " + String.join(", ", sums) + " FROM ";
    return new Table(name, sql, select + name, select + "gold");
  }

  private static Table whole(String name, String sql, String columns, String order) {
    String of = "SELECT " + columns + " FROM %s ORDER BY " + order;
    return new Table(
        name,
        sql,
        columns.isEmpty() ? "" : of.formatted(name),
        columns.isEmpty() ? "" : of.formatted("gold"));
  }

  private static String both(String name, String each, String then) {
    return "WITH "
        + name
        + " AS (SELECT 'gap' AS sessions_by, * FROM ("
        + each.formatted("fact_sessions")
        + ") UNION ALL SELECT 'browser', * FROM ("
        + each.formatted("sessions_by_browser")
        + ")) "
        + then;
  }

  private static String segments(String table) {
    return "SELECT recency, frequency, money, count(*), sum(orders), sum(revenue), bit_xor(hash(user_id))"
        + " FROM "
        + table
        + " GROUP BY ALL ORDER BY ALL";
  }

  /** Computes all tables anew, and writes the largest two as files, as the jobs do. */
  void compute(Path folder) throws SQLException, IOException {
    for (Table table : TABLES) {
      duck.execute("CREATE OR REPLACE TABLE " + table.name() + " AS " + table.sql());
    }
    for (String fact : List.of("fact_events", "fact_sessions")) {
      duck.execute(
          "COPY "
              + fact
              + " TO "
              + DuckDb.literal(Files.createDirectories(folder.resolve(fact)).toString())
              + " (FORMAT parquet, PARTITION_BY (day), COMPRESSION zstd, OVERWRITE_OR_IGNORE)");
    }
  }

  /**
   * Compares the gold tables with DuckDB's, which were computed before.
   *
   * @param files the folder of each gold table's Parquet files
   * @return how many values were compared
   * @throws Failure naming the table, when any value is another
   */
  long compare(Function<String, Path> files) throws SQLException {
    long compared = 0;
    for (Table table : TABLES) {
      if (!table.own().isEmpty()) {
        view(files.apply(table.name()));
        compared += compare(table.name(), duck.rows(table.own()), duck.rows(table.gold()));
      }
    }
    for (Map.Entry<String, String> dimension : DIMENSIONS.entrySet()) {
      view(files.apply(dimension.getKey()));
      compared +=
          compare(
              dimension.getKey(),
              duck.rows(dimension.getValue()),
              duck.rows("SELECT count(*) FROM gold"));
    }
    return compared;
  }

  private void view(Path files) throws SQLException {
    duck.execute(
        "CREATE OR REPLACE VIEW gold AS SELECT * FROM read_parquet("
            + DuckDb.literal(files.resolve("**/*.parquet").toString())
            + ", hive_partitioning=false)");
  }

  private static long compare(String table, List<List<String>> expected, List<List<String>> found) {
    if (expected.size() != found.size()) {
      throw new Failure(
          "Cannot time a wrong answer: "
              + table
              + " has "
              + found.size()
              + " rows, by DuckDB "
              + expected.size());
    }
    long compared = 0;
    for (int row = 0; row < found.size(); row++) {
      for (int i = 0; i < found.get(row).size(); i++) {
        if (!same(expected.get(row).get(i), found.get(row).get(i))) {
          throw new Failure(
              "Cannot time a wrong answer: "
                  + table
                  + " has the row "
                  + found.get(row)
                  + ", by DuckDB "
                  + expected.get(row));
        }
        compared++;
      }
    }
    return compared;
  }

  private static boolean same(String expected, String found) {
    if (expected.equals(found)) {
      return true;
    }
    try {
      double x = Double.parseDouble(expected);
      double y = Double.parseDouble(found);
      return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
