package dev.sluice.jobs.transactions;

import dev.sluice.jobs.GoldJob;
import dev.sluice.jobs.Refresh;
import dev.sluice.jobs.Result;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.Tables;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Scores the bookings of the days that changed, and of those to whose history they belong; the
 * statistics then read the scores, not the bookings.
 */
public final class TransactionRisk implements GoldJob {
  private static final String SCORES = "transaction_risk";

  public static void main(String[] args) {
    Run.only(TransactionRisk.class, args);
  }

  @Override
  public List<String> inputs() {
    return List.of("transactions");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result(
            SCORES,
            Refresh.byDay("day", Risk.HISTORY_DAYS, 0),
            tables ->
                Risk.scored(
                    tables.shared("bookings", () -> Risk.bookings(tables.silver("transactions"))))),
        new Result("transaction_alerts", Refresh.whole(), tables -> Risk.alerts(scores(tables))),
        new Result(
            "transaction_users", Refresh.whole(), tables -> Statistics.users(scores(tables))),
        new Result(
            "transaction_departments",
            Refresh.whole(),
            tables -> Statistics.departments(scores(tables))),
        new Result(
            "transaction_daily", Refresh.whole(), tables -> Statistics.daily(scores(tables))),
        new Result(
            "transaction_weekly", Refresh.whole(), tables -> Statistics.weekly(scores(tables))));
  }

  private static Dataset<Row> scores(Tables tables) {
    return tables
        .gold(SCORES)
        .orElseThrow(() -> new IllegalStateException(SCORES + " is the first result"));
  }
}
