package dev.sluice.cli;

import static dev.sluice.cli.Asked.by;
import static dev.sluice.cli.Asked.distinct;
import static dev.sluice.cli.Asked.ratio;
import static dev.sluice.cli.Asked.row;
import static dev.sluice.cli.Asked.sum;
import static dev.sluice.cli.Asked.where;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the queries of {@code receipts} have to answer. */
final class ReceiptAnswers {
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");

  private ReceiptAnswers() {}

  private record Item(String description, long quantity, BigDecimal total) {}

  private record Receipt(
      String id,
      String vendor,
      String category,
      LocalDateTime time,
      List<Item> items,
      BigDecimal net,
      BigDecimal tax,
      BigDecimal total,
      String currency,
      String payment) {
    String month() {
      return "%02d".formatted(time.getMonthValue());
    }

    long pieces() {
      return items.stream().mapToLong(Item::quantity).sum();
    }
  }

  private static Receipt receipt(Asked.Fields fields) {
    return new Receipt(
        fields.text("receipt_id"),
        fields.text("vendor.name"),
        fields.text("vendor.category"),
        fields.time("purchase_time"),
        fields.records("line_items").stream()
            .map(item ->
                new Item(
                    item.text("description"),
                    item.number("quantity").longValueExact(),
                    item.number("total")))
            .toList(),
        fields.number("subtotal"),
        fields.number("tax"),
        fields.number("total_amount"),
        fields.text("currency"),
        fields.text("payment_method"));
  }

  static List<Asked> all(List<Asked.Fields> records) {
    List<Receipt> all = records.stream().map(ReceiptAnswers::receipt).toList();
    List<Receipt> year = where(all, r -> r.time().getYear() == 2024);
    List<Receipt> euros = where(year, r -> r.currency().equals("EUR"));
    List<Receipt> francs = where(year, r -> r.currency().equals("CHF"));
    Map<String, String> inFrancs = Map.of("currency", "CHF");
    return new Asked.Questions()
        .ask(
            "vendor_totals",
            Map.of("currency", "USD", "limit", "5"),
            Asked.first(5, vendors(where(all, r -> r.currency().equals("USD")))))
        .ask("monthly_totals", inFrancs, months(francs))
        .ask("categories_by_month", Map.of(), categories(euros))
        .ask("average_basket", Map.of(), baskets(euros))
        .ask("tax_summary", inFrancs, taxes(francs))
        .ask("duplicates", Map.of(), duplicates(year))
        .ask("top_items", Map.of("limit", "7"), Asked.first(7, items(euros)))
        .ask("weekdays", Map.of(), weekdays(euros))
        .ask("vendor_growth", Map.of(), growth(euros))
        .ask("largest", Map.of("limit", "9"), Asked.first(9, largest(euros)))
        .all();
  }

  private static List<List<@Nullable Object>> vendors(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Receipt::vendor)
        .forEach((vendor, some) -> {
          BigDecimal total = sum(some, Receipt::total);
          rows.add(
              row(
                  vendor,
                  some.getFirst().category(),
                  some.size(),
                  some.stream().mapToLong(Receipt::pieces).sum(),
                  total,
                  ratio(total, some.size())));
        });
    return Asked.sorted(rows, -5, 1);
  }

  private static List<List<@Nullable Object>> months(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Receipt::month)
        .forEach((month, some) ->
            rows.add(
                row(
                    month,
                    some.size(),
                    sum(some, Receipt::net),
                    sum(some, Receipt::tax),
                    sum(some, Receipt::total))));
    return rows;
  }

  private static List<List<@Nullable Object>> categories(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Receipt::month)
        .forEach((month, some) ->
            by(some, Receipt::category)
                .forEach((category, those) ->
                    rows.add(row(month, category, those.size(), sum(those, Receipt::total)))));
    return rows;
  }

  private static List<List<@Nullable Object>> baskets(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Receipt::payment)
        .forEach((payment, some) ->
            rows.add(
                row(
                    payment,
                    some.size(),
                    ratio(some.stream().mapToLong(r -> r.items().size()).sum(), some.size()),
                    ratio(some.stream().mapToLong(Receipt::pieces).sum(), some.size()),
                    ratio(sum(some, Receipt::total), some.size()),
                    some.stream().map(Receipt::total).reduce(BigDecimal::max).orElseThrow())));
    return rows;
  }

  private static List<List<@Nullable Object>> taxes(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, r -> (r.time().getMonthValue() + 2) / 3)
        .forEach((quarter, some) ->
            by(some, Receipt::category)
                .forEach((category, those) -> {
                  BigDecimal net = sum(those, Receipt::net);
                  BigDecimal tax = sum(those, Receipt::tax);
                  rows.add(row(quarter, category, net, tax, ratio(tax, net)));
                }));
    return rows;
  }

  private static List<List<@Nullable Object>> duplicates(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, r -> r.vendor() + "|" + r.total() + "|" + MINUTE.format(r.time()))
        .values()
        .forEach(some -> {
          if (some.size() > 1) {
            List<String> ids = some.stream().map(Receipt::id).sorted().toList();
            Receipt one = some.getFirst();
            rows.add(
                row(
                    one.vendor(),
                    one.total(),
                    MINUTE.format(one.time()),
                    some.size(),
                    ids.getFirst(),
                    ids.getLast()));
          }
        });
    return Asked.sorted(rows, -4, 1, 3, 2);
  }

  private static List<List<@Nullable Object>> items(List<Receipt> all) {
    record Sold(Receipt receipt, Item item) {}
    List<Sold> sold = new ArrayList<>();
    for (Receipt receipt : all) {
      for (Item item : receipt.items()) {
        sold.add(new Sold(receipt, item));
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(sold, s -> s.item().description())
        .forEach((description, some) -> {
          long pieces = some.stream().mapToLong(s -> s.item().quantity()).sum();
          BigDecimal revenue = sum(some, s -> s.item().total());
          rows.add(
              row(
                  description,
                  pieces,
                  revenue,
                  ratio(revenue, pieces),
                  distinct(some, s -> s.receipt().id())));
        });
    return Asked.sorted(rows, -3, 1);
  }

  private static List<List<@Nullable Object>> weekdays(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, r -> r.time().getDayOfWeek().getValue())
        .forEach((weekday, some) -> {
          BigDecimal total = sum(some, Receipt::total);
          rows.add(row(weekday, some.size(), total, ratio(total, some.size())));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> growth(List<Receipt> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Receipt::vendor)
        .forEach((vendor, some) -> {
          TreeMap<String, List<Receipt>> months = by(some, Receipt::month);
          BigDecimal before = null;
          for (Map.Entry<String, List<Receipt>> month : months.entrySet()) {
            BigDecimal total = sum(month.getValue(), Receipt::total);
            rows.add(
                row(
                    vendor,
                    month.getKey(),
                    total,
                    before,
                    before == null ? null : total.doubleValue() / before.doubleValue() - 1));
            before = total;
          }
        });
    return rows;
  }

  private static List<List<@Nullable Object>> largest(List<Receipt> all) {
    double everything = sum(all, Receipt::total).doubleValue();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Receipt receipt : all) {
      rows.add(
          row(
              receipt.id(),
              receipt.vendor(),
              receipt.time().toLocalDate(),
              receipt.total(),
              receipt.total().doubleValue() / everything));
    }
    return Asked.sorted(rows, -4, 1);
  }
}
