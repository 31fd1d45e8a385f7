package dev.sluice.cli;

import static dev.sluice.cli.Asked.average;
import static dev.sluice.cli.Asked.by;
import static dev.sluice.cli.Asked.count;
import static dev.sluice.cli.Asked.distinct;
import static dev.sluice.cli.Asked.ratio;
import static dev.sluice.cli.Asked.row;
import static dev.sluice.cli.Asked.sum;
import static dev.sluice.cli.Asked.where;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the queries of {@code transactions} have to answer. */
final class TransactionAnswers {
  private TransactionAnswers() {}

  private record Booking(
      String id,
      LocalDateTime time,
      String user,
      String department,
      String type,
      BigDecimal amount,
      @Nullable String vendor,
      @Nullable String approver) {
    String day() {
      return time.toLocalDate().toString();
    }

    boolean offHours() {
      return time.getHour() < 6 || time.getHour() >= 20;
    }
  }

  private static Booking booking(Asked.Fields fields) {
    return new Booking(
        fields.text("transaction_id"),
        fields.time("event_time"),
        fields.text("user_id"),
        fields.text("department"),
        fields.text("type"),
        fields.number("amount"),
        fields.textOrNull("vendor"),
        fields.textOrNull("approved_by"));
  }

  static List<Asked> all(List<Asked.Fields> records) {
    List<Booking> all = records.stream().map(TransactionAnswers::booking).toList();
    List<Booking> some =
        where(
            all, b -> b.day().compareTo("2024-04-02") >= 0 && b.day().compareTo("2024-04-09") <= 0);
    Map<String, String> days = Map.of("from", "2024-04-02", "to", "2024-04-09");
    return new Asked.Questions()
        .ask("department_totals", days, departments(some))
        .ask("type_totals", days, types(some))
        .ask("user_statistics", Map.of("limit", "15"), Asked.first(15, users(all)))
        .ask(
            "unusual_amounts",
            Map.of("factor", "3.5", "limit", "30"),
            Asked.first(30, unusual(all, 3.5)))
        .ask("daily_trend", Map.of(), daily(all))
        .ask("weekly_trend", Map.of(), weekly(all))
        .ask("approval_gaps", Map.of("limit", "5000"), gaps(all, new BigDecimal(5000)))
        .ask("vendor_concentration", days, vendors(some))
        .ask("strangers", Map.of("departments", "2"), strangers(all, 2))
        .ask("approvers", Map.of("limit", "10"), Asked.first(10, approvers(all)))
        .all();
  }

  private static List<List<@Nullable Object>> departments(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Booking::department)
        .forEach((department, some) -> {
          BigDecimal total = sum(some, Booking::amount);
          rows.add(
              row(
                  department,
                  some.size(),
                  distinct(some, Booking::user),
                  total,
                  largest(some),
                  ratio(total, some.size()),
                  count(some, Booking::offHours)));
        });
    return rows;
  }

  private static BigDecimal largest(List<Booking> some) {
    return some.stream().map(Booking::amount).reduce(BigDecimal::max).orElseThrow();
  }

  private static List<List<@Nullable Object>> types(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Booking::type)
        .forEach((type, some) ->
            rows.add(
                row(
                    type,
                    some.size(),
                    sum(some, Booking::amount),
                    count(some, b -> b.amount().doubleValue() > 10_000 && b.approver() == null))));
    return Asked.sorted(rows, -3, 1);
  }

  private static List<List<@Nullable Object>> users(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Booking::user)
        .forEach((user, some) ->
            rows.add(
                row(
                    user,
                    some.size(),
                    sum(some, Booking::amount),
                    largest(some),
                    distinct(some, Booking::department),
                    count(some, Booking::offHours),
                    ratio(count(some, Booking::offHours), some.size()))));
    return Asked.sorted(rows, -3, 1);
  }

  private static List<List<@Nullable Object>> unusual(List<Booking> all, double factor) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, b -> b.department() + " " + b.type())
        .values()
        .forEach(some -> {
          double usual = average(some.stream().map(b -> b.amount().doubleValue()).toList());
          for (Booking booking : some) {
            double times = booking.amount().doubleValue() / usual;
            if (times > factor) {
              rows.add(
                  row(
                      booking.id(),
                      booking.day(),
                      booking.department(),
                      booking.type(),
                      booking.user(),
                      booking.amount(),
                      times,
                      String.valueOf(booking.approver() != null)));
            }
          }
        });
    return Asked.sorted(rows, -7, 1);
  }

  private static List<List<@Nullable Object>> daily(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<Double> totals = new ArrayList<>();
    by(all, Booking::day)
        .forEach((day, some) -> {
          BigDecimal total = sum(some, Booking::amount);
          totals.add(total.doubleValue());
          rows.add(
              row(
                  day,
                  some.size(),
                  total,
                  average(totals.subList(Math.max(0, totals.size() - 7), totals.size()))));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> weekly(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Booking::department)
        .forEach((department, some) -> {
          BigDecimal before = null;
          for (Map.Entry<LocalDate, List<Booking>> week :
              by(some, b -> SensorAnswers.monday(b.time())).entrySet()) {
            BigDecimal total = sum(week.getValue(), Booking::amount);
            rows.add(
                row(
                    department,
                    week.getKey(),
                    week.getValue().size(),
                    distinct(week.getValue(), Booking::user),
                    total,
                    before == null ? null : total.doubleValue() / before.doubleValue() - 1));
            before = total;
          }
        });
    return rows;
  }

  private static List<List<@Nullable Object>> gaps(List<Booking> all, BigDecimal limit) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(all, b -> b.amount().compareTo(limit) > 0), Booking::department)
        .forEach((department, some) -> {
          List<Booking> gaps = where(some, b -> b.approver() == null);
          rows.add(row(department, some.size(), gaps.size(), sum(gaps, Booking::amount)));
        });
    return Asked.sorted(rows, -4, 1);
  }

  private static List<List<@Nullable Object>> vendors(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(all, b -> b.vendor() != null), Booking::department)
        .forEach((department, some) -> {
          double everything = sum(some, Booking::amount).doubleValue();
          List<List<@Nullable Object>> vendors = new ArrayList<>();
          by(some, b -> String.valueOf(b.vendor()))
              .forEach((vendor, those) -> {
                BigDecimal total = sum(those, Booking::amount);
                vendors.add(
                    row(department, vendor, those.size(), total, total.doubleValue() / everything));
              });
          rows.add(Asked.sorted(vendors, -4, 2).getFirst());
        });
    return Asked.sorted(rows, -5, 1);
  }

  private static List<List<@Nullable Object>> strangers(List<Booking> all, int least) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Booking::user)
        .forEach((user, some) -> {
          List<Integer> sizes =
              by(some, Booking::department).values().stream().map(List::size).sorted().toList();
          if (sizes.size() >= least) {
            rows.add(
                row(
                    user,
                    sizes.size(),
                    some.size(),
                    ratio(some.size() - sizes.getLast(), some.size()),
                    sum(some, Booking::amount)));
          }
        });
    return Asked.sorted(rows, -4, 1);
  }

  private static List<List<@Nullable Object>> approvers(List<Booking> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(all, b -> b.approver() != null), b -> b.user() + "|" + b.approver())
        .values()
        .forEach(some ->
            rows.add(
                row(
                    some.getFirst().user(),
                    some.getFirst().approver(),
                    some.size(),
                    sum(some, Booking::amount))));
    return Asked.sorted(rows, -4, 1, 2);
  }
}
