package dev.sluice.jobs.receipts;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_trunc;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.quarter;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import dev.sluice.jobs.GoldJob;
import dev.sluice.jobs.Refresh;
import dev.sluice.jobs.Result;
import dev.sluice.jobs.Run;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the receipts of months, quarters and ways of payment come to. Amounts of different
 * currencies are never added.
 */
public final class ReceiptTotals implements GoldJob {

  /** Runs this job alone. */
  public static void main(String[] args) {
    Run.only(ReceiptTotals.class, args);
  }

  @Override
  public List<String> inputs() {
    return List.of("receipts");
  }

  @Override
  public List<Result> results() {
    return List.of(
        new Result(
            "receipt_monthly", Refresh.by("year", "month"), t -> monthly(t.silver("receipts"))),
        new Result("receipt_tax", Refresh.by("year"), t -> tax(t.silver("receipts"))),
        new Result("receipt_baskets", Refresh.by("year"), t -> baskets(t.silver("receipts"))),
        new Result(
            "receipt_duplicates",
            Refresh.by("year", "month"),
            t -> duplicates(t.silver("receipts"))));
  }

  /** Totals of each month, trade and currency. */
  static Dataset<Row> monthly(Dataset<Row> receipts) {
    return receipts
        .groupBy(col("year"), col("month"), col("vendor.category").as("category"), col("currency"))
        .agg(
            count(lit(1)).as("receipts"),
            sum("subtotal").as("net"),
            sum("tax").as("tax_paid"),
            sum("total_amount").as("total"));
  }

  /** Net, tax and effective rate of each quarter, trade and currency. */
  static Dataset<Row> tax(Dataset<Row> receipts) {
    return receipts
        .groupBy(
            col("year"),
            quarter(col("purchase_time")).as("quarter"),
            col("vendor.category").as("category"),
            col("currency"))
        .agg(sum("subtotal").as("net"), sum("tax").as("tax_paid"))
        .withColumn("rate", ratio(col("tax_paid"), col("net")));
  }

  /** The average purchase of each year, way of payment and currency. */
  static Dataset<Row> baskets(Dataset<Row> receipts) {
    return receipts
        .groupBy(col("year"), col("payment_method"), col("currency"))
        .agg(
            count(lit(1)).as("receipts"),
            sum(size(col("line_items"))).as("lines"),
            sum(expr(
                    "aggregate(line_items, 0L, (pieces, item) -> pieces + coalesce(item.quantity,"
                        + " 0))"))
                .as("pieces"),
            sum("total_amount").as("total"),
            max("total_amount").as("largest"))
        .withColumn("average_lines", ratio(col("lines"), col("receipts")))
        .withColumn("average_pieces", ratio(col("pieces"), col("receipts")))
        .withColumn("average_total", ratio(col("total"), col("receipts")));
  }

  /** Receipts of one vendor with the same total in the same minute. */
  static Dataset<Row> duplicates(Dataset<Row> receipts) {
    return receipts
        .groupBy(
            col("vendor.name").as("vendor"),
            col("total_amount"),
            col("currency"),
            date_trunc("minute", col("purchase_time")).as("minute"),
            col("year"),
            col("month"))
        .agg(
            count(lit(1)).as("receipts"),
            min("receipt_id").as("first_receipt"),
            max("receipt_id").as("last_receipt"))
        .where(col("receipts").gt(1));
  }

  private static Column ratio(Column of, Column to) {
    return when(to.notEqual(0), of.cast("double").divide(to.cast("double")));
  }
}
