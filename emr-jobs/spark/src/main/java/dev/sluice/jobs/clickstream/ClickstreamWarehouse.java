package dev.sluice.jobs.clickstream;

import dev.sluice.jobs.GoldJob;
import dev.sluice.jobs.Refresh;
import dev.sluice.jobs.Result;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.Tables;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The star schema of the web shop and what it tells, in one Spark session: the events are read,
 * ordered and kept once, and all tables follow from them.
 *
 * <p>Everything is computed anew when anything changed: one late event may join two visits, begin
 * an earlier version of a user, or be the first touch of an order of weeks later.
 */
public final class ClickstreamWarehouse implements GoldJob {

  public static void main(String[] args) {
    Run.only(ClickstreamWarehouse.class, args);
  }

  @Override
  public List<String> inputs() {
    return List.of("clickstream");
  }

  @Override
  public List<Result> results() {
    return List.of(
        whole("dim_product", ClickstreamWarehouse::products),
        whole("dim_device", tables -> Star.devices(flat(tables))),
        whole("fact_events", tables -> Star.events(visited(tables))),
        whole("dim_user", tables -> Star.users(visited(tables))),
        whole("dim_date", tables -> Star.dates(visited(tables))),
        whole("fact_sessions", tables -> Star.sessions(visited(tables))),
        whole("fact_orders", tables -> Star.orders(visited(tables))),
        whole("click_sessions_compared", tables -> Sessions.compared(visited(tables))),
        whole("click_funnel", tables -> Analyses.funnel(both(tables))),
        whole("click_carts", tables -> Analyses.carts(both(tables))),
        whole("click_segments", tables -> Analyses.segments(orders(tables))),
        whole("click_cohorts", tables -> Analyses.cohorts(visited(tables))),
        whole("click_products", tables -> Analyses.products(visited(tables), products(tables))),
        whole("click_affinity", tables -> Analyses.affinity(visited(tables), products(tables))),
        whole("click_attribution", tables -> Analyses.attribution(orders(tables))));
  }

  private static Result whole(String table, Result.Transformation transformation) {
    return new Result(table, Refresh.whole(), transformation);
  }

  private static Dataset<Row> flat(Tables tables) {
    return Events.flat(tables.silver("clickstream"));
  }

  private static Dataset<Row> products(Tables tables) {
    return tables.shared("products", () -> Star.products(flat(tables)));
  }

  private static Dataset<Row> visited(Tables tables) {
    return tables.shared(
        "visited", () -> Events.visited(Star.withProducts(flat(tables), products(tables))));
  }

  private static Dataset<Row> both(Tables tables) {
    return tables.shared(
        "both", () -> Sessions.both(visited(tables), written(tables, "fact_sessions")));
  }

  private static Dataset<Row> orders(Tables tables) {
    return written(tables, "fact_orders");
  }

  private static Dataset<Row> written(Tables tables, String table) {
    return tables
        .gold(table)
        .orElseThrow(() -> new IllegalStateException(table + " is an earlier result"));
  }
}
