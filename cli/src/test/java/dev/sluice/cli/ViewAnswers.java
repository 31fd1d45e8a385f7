package dev.sluice.cli;

import static dev.sluice.cli.Asked.by;
import static dev.sluice.cli.Asked.count;
import static dev.sluice.cli.Asked.distinct;
import static dev.sluice.cli.Asked.row;
import static dev.sluice.cli.Asked.sum;
import static dev.sluice.cli.Asked.where;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the shipped views have to hold, all rows and columns, in the order of their first two. */
final class ViewAnswers {
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");

  private ViewAnswers() {}

  /** By the view's name, of the records of each dataset. */
  static Map<String, List<List<@Nullable Object>>> all(Map<String, List<Asked.Fields>> records) {
    Map<String, List<List<@Nullable Object>>> views = new LinkedHashMap<>();
    views.put("sensors_latest", latest(of(records, "sensors")));
    views.put("receipts_items", items(of(records, "receipts")));
    views.put("transactions_daily", daily(of(records, "transactions")));
    views.put("clickstream_sessions", sessions(of(records, "clickstream")));
    return views;
  }

  private static List<Asked.Fields> of(Map<String, List<Asked.Fields>> records, String dataset) {
    return Objects.requireNonNull(records.get(dataset), dataset);
  }

  private static String time(LocalDateTime time) {
    return time.format(MILLIS);
  }

  private static LocalDateTime when(Asked.Fields fields) {
    return fields.time("event_time");
  }

  private static String day(Asked.Fields fields) {
    return when(fields).toLocalDate().toString();
  }

  private static @Nullable Double real(Asked.Fields fields, String path) {
    return fields.get(path) == null ? null : fields.number(path).doubleValue();
  }

  private static List<List<@Nullable Object>> latest(List<Asked.Fields> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, reading -> reading.text("sensor_id"))
        .forEach((sensor, readings) -> {
          Asked.Fields last =
              readings.stream().max(Comparator.comparing(ViewAnswers::when)).orElseThrow();
          rows.add(
              row(
                  sensor,
                  time(when(last)),
                  last.text("location"),
                  last.text("status"),
                  real(last, "temperature"),
                  real(last, "humidity"),
                  real(last, "pressure"),
                  real(last, "battery_level"),
                  last.text("metadata.device_model"),
                  last.text("metadata.firmware")));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> items(List<Asked.Fields> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, receipt -> receipt.text("receipt_id"))
        .forEach((id, same) -> {
          for (Asked.Fields receipt : same) {
            LocalDateTime bought = receipt.time("purchase_time");
            int line = 0;
            for (Asked.Fields item : receipt.records("line_items")) {
              line++;
              rows.add(
                  row(
                      id,
                      line,
                      time(bought),
                      receipt.text("vendor.name"),
                      receipt.text("vendor.category"),
                      item.text("description"),
                      item.number("quantity").longValueExact(),
                      item.number("unit_price"),
                      item.number("total"),
                      receipt.text("currency"),
                      receipt.text("payment_method"),
                      String.valueOf(bought.getYear()),
                      "%02d".formatted(bought.getMonthValue())));
            }
          }
        });
    return rows;
  }

  private static List<List<@Nullable Object>> daily(List<Asked.Fields> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, ViewAnswers::day)
        .forEach((day, ofDay) ->
            by(ofDay, booking -> booking.text("department"))
                .forEach((department, ofDepartment) ->
                    by(ofDepartment, booking -> booking.text("currency"))
                        .forEach((currency, some) ->
                            rows.add(
                                row(
                                    day,
                                    department,
                                    currency,
                                    some.size(),
                                    sum(some, booking -> booking.number("amount")),
                                    some.stream()
                                        .map(booking -> booking.number("amount"))
                                        .max(Comparator.naturalOrder())
                                        .orElseThrow(),
                                    distinct(some, booking -> booking.text("user_id")),
                                    count(some, booking -> booking.get("approved_by") == null))))));
    return rows;
  }

  private static List<List<@Nullable Object>> sessions(List<Asked.Fields> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, ViewAnswers::day)
        .forEach((day, ofDay) ->
            by(ofDay, event -> event.text("session_id"))
                .forEach((session, events) -> rows.add(session(day, session, events))));
    return rows;
  }

  private static List<@Nullable Object> session(
      String day, String session, List<Asked.Fields> unordered) {
    List<Asked.Fields> events =
        unordered.stream()
            .sorted(
                Comparator.comparing(ViewAnswers::when)
                    .thenComparing(event -> event.text("event_id")))
            .toList();
    Asked.Fields first = events.getFirst();
    Asked.Fields last = events.getLast();
    return row(
        day,
        session,
        first.text("user_id"),
        time(when(first)),
        time(when(last)),
        events.size(),
        distinct(
            where(events, event -> event.text("event_type").equals("product_view")),
            event -> event.textOrNull("product.product_id")),
        first.text("page.url"),
        last.text("page.url"),
        first.text("device.type"),
        first.text("country"),
        events.stream()
            .map(event -> event.textOrNull("campaign"))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null),
        distinct(events, event -> event.textOrNull("order_id")),
        sum(
            where(events, event -> event.text("event_type").equals("purchase")),
            event -> event.number("product.price").multiply(event.number("quantity"))));
  }
}
