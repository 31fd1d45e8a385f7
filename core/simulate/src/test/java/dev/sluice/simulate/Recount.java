package dev.sluice.simulate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answers once more, from the parsed records, by grouping them in memory. */
final class Recount {
  private Recount() {}

  /** A parsed record. */
  private record Row(Map<String, @Nullable Object> fields) {
    @Nullable Object get(String path) {
      Object value = fields;
      for (String name : path.split("\\.")) {
        value = value instanceof Map<?, ?> map ? map.get(name) : null;
      }
      return value;
    }

    String text(String path) {
      return Objects.toString(get(path));
    }

    BigDecimal number(String path) {
      return new BigDecimal(text(path));
    }

    OffsetDateTime time(String path) {
      return OffsetDateTime.parse(text(path));
    }

    LocalDate day() {
      return time("event_time").toLocalDate();
    }
  }

  /** Rows of printed values by query. */
  static Map<String, List<List<String>>> printed(Map<String, Answer> answers) {
    Map<String, List<List<String>>> all = new TreeMap<>();
    answers.forEach((query, answer) ->
        all.put(query, answer.rows().stream().map(Recount::print).collect(Collectors.toList())));
    return all;
  }

  private static List<String> print(List<@Nullable Object> row) {
    // Twelve digits, since the two ways of dividing may differ in the last ones.
    return row.stream()
        .map(cell ->
            cell instanceof Double || cell instanceof BigDecimal && exact(cell).scale() > 2
                ? exact(cell).round(new MathContext(12)).stripTrailingZeros().toPlainString()
                : cell instanceof BigDecimal decimal
                    ? decimal.stripTrailingZeros().toPlainString()
                    : String.valueOf(cell))
        .toList();
  }

  private static BigDecimal exact(Object cell) {
    return cell instanceof Double number ? new BigDecimal(number) : (BigDecimal) cell;
  }

  static Map<String, List<List<String>>> answers(
      String dataset, List<Map<String, @Nullable Object>> records) {
    List<Row> rows = records.stream().map(Row::new).toList();
    Map<String, List<List<String>>> all = new TreeMap<>();
    Map<String, List<List<@Nullable Object>>> answers =
        switch (dataset) {
          case "sensors" -> sensors(rows);
          case "receipts" -> receipts(rows);
          case "transactions" -> transactions(rows);
          default -> clickstream(rows);
        };
    answers.forEach(
        (query, answer) -> all.put(query, answer.stream().map(Recount::print).toList()));
    return all;
  }

  private static BigDecimal sum(List<Row> rows, String path) {
    return rows.stream().map(row -> row.number(path)).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static @Nullable BigDecimal ratio(BigDecimal a, long b) {
    return b == 0
        ? null
        : a.divide(BigDecimal.valueOf(b), new MathContext(40))
            .setScale(30, java.math.RoundingMode.HALF_UP);
  }

  private static long count(List<Row> rows, Predicate<Row> which) {
    return rows.stream().filter(which).count();
  }

  private static long distinct(List<Row> rows, String path) {
    return rows.stream().map(row -> row.get(path)).filter(Objects::nonNull).distinct().count();
  }

  private static TreeMap<String, List<Row>> by(List<Row> rows, String path) {
    return rows.stream()
        .collect(Collectors.groupingBy(row -> row.text(path), TreeMap::new, Collectors.toList()));
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>();
    for (Object value : values) {
      row.add(value);
    }
    return row;
  }

  private static Map<String, List<List<@Nullable Object>>> sensors(List<Row> all) {
    List<List<@Nullable Object>> climate = new ArrayList<>();
    by(all, "location")
        .forEach((location, rows) -> {
          List<BigDecimal> degrees =
              rows.stream().map(r -> r.number("temperature")).sorted().toList();
          climate.add(
              row(
                  location,
                  rows.size(),
                  distinct(rows, "sensor_id"),
                  ratio(sum(rows, "temperature"), rows.size()),
                  degrees.get(0),
                  degrees.get(degrees.size() - 1),
                  count(rows, r -> r.number("battery_level").doubleValue() < 20)));
        });
    List<List<@Nullable Object>> health = new ArrayList<>();
    by(all, "metadata.device_model")
        .forEach((model, rows) -> {
          Map<String, List<Row>> status = by(rows, "status");
          long active = status.getOrDefault("active", List.of()).size();
          health.add(
              row(
                  model,
                  active,
                  status.getOrDefault("warning", List.of()).size(),
                  status.getOrDefault("error", List.of()).size(),
                  status.getOrDefault("offline", List.of()).size(),
                  ratio(BigDecimal.valueOf(rows.size() - active), rows.size())));
        });
    health.sort(
        Comparator.comparing((List<@Nullable Object> r) -> (BigDecimal) r.get(5)).reversed());
    return Map.of("average_by_location", climate, "status_distribution", health);
  }

  private static Map<String, List<List<@Nullable Object>>> receipts(List<Row> all) {
    List<Row> euros = all.stream().filter(r -> r.text("currency").equals("EUR")).toList();
    for (Row row : all) {
      BigDecimal lines = BigDecimal.ZERO;
      for (Object item : (List<?>) Objects.requireNonNull(row.get("line_items"))) {
        Map<?, ?> line = (Map<?, ?>) Objects.requireNonNull(item);
        BigDecimal total = new BigDecimal(Objects.toString(line.get("total")));
        BigDecimal product =
            new BigDecimal(Objects.toString(line.get("quantity")))
                .multiply(new BigDecimal(Objects.toString(line.get("unit_price"))));
        if (total.compareTo(product) != 0) {
          throw new AssertionError("A line's total is not quantity times price: " + line);
        }
        lines = lines.add(total);
      }
      if (lines.compareTo(row.number("subtotal")) != 0
          || row.number("subtotal").add(row.number("tax")).compareTo(row.number("total_amount"))
              != 0) {
        throw new AssertionError("A receipt does not add up: " + row);
      }
    }
    List<List<@Nullable Object>> vendors = new ArrayList<>();
    by(euros, "vendor.name")
        .forEach((vendor, rows) -> {
          long pieces = 0;
          for (Row row : rows) {
            for (Object item : (List<?>) Objects.requireNonNull(row.get("line_items"))) {
              pieces += (Long) Objects.requireNonNull(((Map<?, ?>) item).get("quantity"));
            }
          }
          vendors.add(
              row(
                  vendor,
                  rows.get(0).text("vendor.category"),
                  rows.size(),
                  pieces,
                  sum(rows, "total_amount"),
                  ratio(sum(rows, "total_amount"), rows.size())));
        });
    vendors.sort(
        Comparator.comparing((List<@Nullable Object> r) -> (BigDecimal) r.get(4)).reversed());
    List<List<@Nullable Object>> months = new ArrayList<>();
    euros.stream()
        .filter(r -> r.time("purchase_time").getYear() == 2024)
        .collect(
            Collectors.groupingBy(
                r -> YearMonth.from(r.time("purchase_time")), TreeMap::new, Collectors.toList()))
        .forEach((month, rows) ->
            months.add(
                row(
                    month.toString().substring(5),
                    rows.size(),
                    sum(rows, "subtotal"),
                    sum(rows, "tax"),
                    sum(rows, "total_amount"))));
    return Map.of(
        "vendor_totals",
        vendors.subList(0, Math.min(10, vendors.size())),
        "monthly_totals",
        months);
  }

  private static Map<String, List<List<@Nullable Object>>> transactions(List<Row> all) {
    List<List<@Nullable Object>> departments = new ArrayList<>();
    by(all, "department")
        .forEach((department, rows) ->
            departments.add(
                row(
                    department,
                    rows.size(),
                    distinct(rows, "user_id"),
                    sum(rows, "amount"),
                    rows.stream()
                        .map(r -> r.number("amount"))
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                    ratio(sum(rows, "amount"), rows.size()),
                    count(
                        rows,
                        r ->
                            r.time("event_time").getHour() < 6
                                || r.time("event_time").getHour() >= 20))));
    List<List<@Nullable Object>> types = new ArrayList<>();
    by(all, "type")
        .forEach((type, rows) ->
            types.add(
                row(
                    type,
                    rows.size(),
                    sum(rows, "amount"),
                    count(
                        rows,
                        r ->
                            r.number("amount").compareTo(new BigDecimal("10000.00")) > 0
                                && r.get("approved_by") == null))));
    types.sort(
        Comparator.comparing((List<@Nullable Object> r) -> (BigDecimal) r.get(2)).reversed());
    return Map.of("department_totals", departments, "type_totals", types);
  }

  private static BigDecimal revenue(List<Row> rows) {
    return rows.stream()
        .filter(r -> r.text("event_type").equals("purchase"))
        .map(r -> r.number("quantity").multiply(r.number("product.price")))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static Map<String, List<List<@Nullable Object>>> clickstream(List<Row> events) {
    List<Row> march =
        events.stream().filter(r -> YearMonth.from(r.day()).equals(YearMonth.of(2024, 3))).toList();
    Map<String, Set<String>> sessions = new LinkedHashMap<>();
    List<String> steps = List.of("session", "product_view", "add_to_cart", "checkout", "purchase");
    steps.forEach(step -> sessions.put(step, new HashSet<>()));
    for (Row row : march) {
      sessions.get("session").add(row.text("session_id"));
      Set<String> step = sessions.get(row.text("event_type"));
      if (step != null) {
        step.add(row.text("session_id"));
      }
    }
    List<List<@Nullable Object>> funnel = new ArrayList<>();
    int all = sessions.get("session").size();
    for (int i = 0; i < steps.size(); i++) {
      int reached = sessions.get(steps.get(i)).size();
      funnel.add(
          row(
              steps.get(i),
              reached,
              ratio(BigDecimal.valueOf(reached), all),
              i == 0
                  ? null
                  : ratio(BigDecimal.valueOf(reached), sessions.get(steps.get(i - 1)).size()),
              i == 4 ? revenue(march) : null));
    }
    List<List<@Nullable Object>> days = new ArrayList<>();
    march.stream()
        .collect(Collectors.groupingBy(Row::day, TreeMap::new, Collectors.toList()))
        .forEach((day, rows) ->
            days.add(
                row(
                    day,
                    rows.size(),
                    distinct(rows, "order_id"),
                    rows.stream()
                        .filter(r -> r.text("event_type").equals("purchase"))
                        .mapToLong(r -> r.number("quantity").longValueExact())
                        .sum(),
                    revenue(rows),
                    ratio(revenue(rows), distinct(rows, "order_id")))));
    return Map.of("funnel", funnel, "revenue_by_day", days);
  }
}
