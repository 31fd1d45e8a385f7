package dev.sluice.jobs.receipts;

import static dev.sluice.jobs.SharedSpark.rows;
import static dev.sluice.jobs.SharedSpark.silver;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ReceiptTotalsIT {

  private static String receipt(
      int id,
      String vendor,
      String category,
      String time,
      String net,
      String tax,
      String currency) {
    return """
    {"receipt_id": "R-%010d", "vendor": {"name": "%s", "category": "%s"},
     "purchase_time": "%s", "subtotal": %s, "tax": %s, "total_amount": %s, "currency": "%s",
     "payment_method": "%s", "year": "%s", "month": "%s",
     "line_items": [{"description": "a", "quantity": %d}, {"description": "b", "quantity": 1}]}
    """
        .formatted(
            id,
            vendor,
            category,
            time,
            net,
            tax,
            new BigDecimal(net).add(new BigDecimal(tax)),
            currency,
            id % 2 == 0 ? "cash" : "mobile",
            time.substring(0, 4),
            time.substring(5, 7),
            id)
        .replace("\n", "");
  }

  private static Dataset<Row> receipts() {
    return silver(
        "receipts",
        receipt(1, "Alma", "food", "2024-01-15T10:00:00Z", "10.00", "0.70", "EUR"),
        receipt(2, "Alma", "food", "2024-01-15T10:00:59Z", "10.00", "0.70", "EUR"),
        receipt(3, "Alma", "food", "2024-01-15T10:01:00Z", "10.00", "0.70", "EUR"),
        receipt(4, "Brix", "books", "2024-04-01T00:00:00Z", "0.10", "0.02", "EUR"),
        receipt(5, "Brix", "books", "2024-04-01T00:00:00Z", "0.10", "0.02", "CHF"),
        receipt(6, "Cela", "gifts", "2025-01-01T00:00:00Z", "0.00", "0.00", "EUR"));
  }

  private static BigDecimal amount(String text) {
    return new BigDecimal(text);
  }

  @Test
  void monthsTradesAndCurrenciesAreKeptApart() {
    assertThat(rows(ReceiptTotals.monthly(receipts()), "year", "month", "currency"))
        .containsExactly(
            List.of(
                "2024", "01", "food", "EUR", 3L, amount("30.00"), amount("2.10"), amount("32.10")),
            List.of(
                "2024", "04", "books", "CHF", 1L, amount("0.10"), amount("0.02"), amount("0.12")),
            List.of(
                "2024", "04", "books", "EUR", 1L, amount("0.10"), amount("0.02"), amount("0.12")),
            List.of(
                "2025", "01", "gifts", "EUR", 1L, amount("0.00"), amount("0.00"), amount("0.00")));
  }

  @Test
  void taxIsSummedByQuarterAndHasNoRateWithoutAnythingSold() {
    assertThat(rows(ReceiptTotals.tax(receipts()), "year", "quarter", "currency"))
        .containsExactly(
            List.of("2024", 1, "food", "EUR", amount("30.00"), amount("2.10"), 2.1 / 30.0),
            List.of("2024", 2, "books", "CHF", amount("0.10"), amount("0.02"), 0.02 / 0.1),
            List.of("2024", 2, "books", "EUR", amount("0.10"), amount("0.02"), 0.02 / 0.1),
            java.util.Arrays.asList(
                "2025", 1, "gifts", "EUR", amount("0.00"), amount("0.00"), null));
  }

  @Test
  void basketsAreAveragedByWayOfPayment() {
    assertThat(
            rows(
                ReceiptTotals.baskets(receipts()).where("year = '2024' and currency = 'EUR'"),
                "payment_method"))
        .containsExactly(
            // Receipts 2 and 4, of 2 + 1 and 4 + 1 pieces.
            List.of(
                "2024",
                "cash",
                "EUR",
                2L,
                4L,
                8L,
                amount("10.82"),
                amount("10.70"),
                2.0,
                4.0,
                5.41),
            List.of(
                "2024",
                "mobile",
                "EUR",
                2L,
                4L,
                6L,
                amount("21.40"),
                amount("10.70"),
                2.0,
                3.0,
                10.7));
  }

  @Test
  void receiptsAreAlikeWithinOneMinuteAndCurrency() {
    assertThat(rows(ReceiptTotals.duplicates(receipts())))
        .containsExactly(
            List.of(
                "Alma",
                amount("10.70"),
                "EUR",
                Instant.parse("2024-01-15T10:00:00Z"),
                "2024",
                "01",
                2L,
                "R-0000000001",
                "R-0000000002"));
  }
}
