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
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the queries of {@code clickstream} have to answer. */
final class ClickAnswers {
  private ClickAnswers() {}

  private record Click(
      String id,
      LocalDateTime time,
      String user,
      String session,
      String type,
      String url,
      String section,
      @Nullable String product,
      @Nullable String category,
      BigDecimal value,
      long quantity,
      @Nullable String order,
      String device,
      String country,
      @Nullable String campaign,
      @Nullable String search) {
    String day() {
      return time.toLocalDate().toString();
    }

    boolean is(String kind) {
      return type.equals(kind);
    }
  }

  /** Events of one session, order or visitor, the first first. */
  private static final Comparator<Click> ORDER =
      Comparator.comparing(Click::time).thenComparing(Click::id);

  private static Click click(Asked.Fields fields) {
    long quantity = fields.get("quantity") == null ? 0 : fields.number("quantity").longValueExact();
    return new Click(
        fields.text("event_id"),
        fields.time("event_time"),
        fields.text("user_id"),
        fields.text("session_id"),
        fields.text("event_type"),
        fields.text("page.url"),
        fields.text("page.section"),
        fields.textOrNull("product.product_id"),
        fields.textOrNull("product.category"),
        fields.get("product") == null
            ? BigDecimal.ZERO
            : fields.number("product.price").multiply(BigDecimal.valueOf(quantity)),
        quantity,
        fields.textOrNull("order_id"),
        fields.text("device.type"),
        fields.text("country"),
        fields.textOrNull("campaign"),
        fields.textOrNull("search_query"));
  }

  static List<Asked> all(List<Asked.Fields> records) {
    List<Click> all = records.stream().map(ClickAnswers::click).sorted(ORDER).toList();
    List<Click> some =
        where(
            all, c -> c.day().compareTo("2024-03-06") >= 0 && c.day().compareTo("2024-03-09") <= 0);
    Map<String, String> days = Map.of("from", "2024-03-06", "to", "2024-03-09");
    return new Asked.Questions()
        .ask("funnel", days, funnel(some))
        .ask("revenue_by_day", days, revenueByDay(some))
        .ask("conversion_by_device", days, conversion(some, Click::device))
        .ask(
            "conversion_by_campaign",
            Map.of(),
            conversion(all, c -> Objects.requireNonNullElse(c.campaign(), "none")))
        .ask("conversion_by_country", Map.of(), conversion(all, Click::country))
        .ask("average_order_value", Map.of(), orderValue(all))
        .ask("revenue_by_week", Map.of(), periods(all, c -> SensorAnswers.monday(c.time())))
        .ask(
            "revenue_by_month",
            Map.of(),
            periods(all, c -> c.time().toLocalDate().withDayOfMonth(1)))
        .ask("revenue_moving_average", Map.of(), movingAverage(all))
        .ask("rfm", Map.of("much", "400"), segments(all))
        .ask("cohorts", Map.of(), cohorts(all))
        .ask("retention", Map.of(), retention(all))
        .ask("cart_abandonment", Map.of(), abandoned(all))
        .ask("product_conversion", Map.of("limit", "12"), Asked.first(12, products(all)))
        .ask("category_mix", days, categories(some))
        .ask("bounce_rate", days, bounces(some))
        .ask("session_length", Map.of(), lengths(all))
        .ask("paths", Map.of("limit", "10"), Asked.first(10, paths(all)))
        .ask("new_and_returning", Map.of(), newAndReturning(all))
        .ask("attribution", Map.of(), attribution(all))
        .ask("landing_pages", Map.of("limit", "8"), Asked.first(8, pages(all, true)))
        .ask("exit_pages", Map.of("limit", "8"), Asked.first(8, pages(all, false)))
        .ask("repeat_purchases", Map.of(), repeats(all))
        .ask("basket_affinity", Map.of(), affinity(all))
        .ask("hour_of_week", days, hours(some))
        .ask("anomalies", Map.of(), anomalies(all))
        .ask("search_terms", Map.of("limit", "9"), Asked.first(9, searches(all)))
        .all();
  }

  private static List<Click> purchases(List<Click> clicks) {
    return where(clicks, c -> c.is("purchase"));
  }

  private static BigDecimal revenue(List<Click> clicks) {
    return sum(purchases(clicks), Click::value);
  }

  private static TreeMap<String, List<Click>> sessions(List<Click> all) {
    return by(all, Click::session);
  }

  private static TreeMap<String, List<Click>> orders(List<Click> all) {
    return by(purchases(all), c -> String.valueOf(c.order()));
  }

  private static List<List<@Nullable Object>> funnel(List<Click> all) {
    List<String> steps = List.of("session", "product_view", "add_to_cart", "checkout", "purchase");
    List<List<@Nullable Object>> rows = new ArrayList<>();
    long before = 0;
    for (String step : steps) {
      long reached =
          step.equals("session")
              ? sessions(all).size()
              : count(sessions(all).values(), s -> s.stream().anyMatch(c -> c.is(step)));
      rows.add(
          row(
              step,
              reached,
              ratio(reached, sessions(all).size()),
              step.equals("session") ? null : ratio(reached, before),
              step.equals("purchase") ? revenue(all) : null));
      before = reached;
    }
    return rows;
  }

  private static List<List<@Nullable Object>> revenueByDay(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Click::day)
        .forEach((day, some) ->
            rows.add(
                row(
                    day,
                    some.size(),
                    distinct(some, Click::order),
                    purchases(some).stream().mapToLong(Click::quantity).sum(),
                    revenue(some),
                    ratio(revenue(some), distinct(some, Click::order)))));
    return rows;
  }

  private static List<List<@Nullable Object>> conversion(
      List<Click> all, Function<Click, String> key) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(sessions(all).values(), s -> key.apply(s.getFirst()))
        .forEach((group, some) -> {
          BigDecimal revenue = sum(some, ClickAnswers::revenue);
          rows.add(
              row(
                  group,
                  some.size(),
                  count(some, s -> distinct(s, Click::order) > 0),
                  ratio(count(some, s -> distinct(s, Click::order) > 0), some.size()),
                  some.stream().mapToLong(s -> distinct(s, Click::order)).sum(),
                  revenue,
                  ratio(revenue, some.size())));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> orderValue(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(orders(all).values(), o -> o.getFirst().device())
        .forEach((device, some) ->
            rows.add(
                row(
                    device,
                    some.size(),
                    ratio(sum(some, ClickAnswers::revenue), some.size()),
                    some.stream().map(ClickAnswers::revenue).reduce(BigDecimal::max).orElseThrow(),
                    ratio(
                        some.stream().flatMap(List::stream).mapToLong(Click::quantity).sum(),
                        some.size()),
                    ratio(
                        some.stream().mapToLong(o -> distinct(o, Click::product)).sum(),
                        some.size()))));
    return rows;
  }

  private static List<List<@Nullable Object>> periods(
      List<Click> all, Function<Click, LocalDate> period) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    Double before = null;
    for (Map.Entry<LocalDate, List<Click>> each : by(all, period).entrySet()) {
      List<Click> some = each.getValue();
      double revenue = revenue(some).doubleValue();
      rows.add(
          row(
              each.getKey(),
              distinct(some, Click::user),
              distinct(some, Click::session),
              distinct(some, Click::order),
              revenue(some),
              before == null || before == 0 ? null : revenue / before - 1));
      before = revenue;
    }
    return rows;
  }

  private static List<List<@Nullable Object>> movingAverage(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    List<Double> days = new ArrayList<>();
    by(all, Click::day)
        .forEach((day, some) -> {
          days.add(revenue(some).doubleValue());
          rows.add(
              row(
                  day,
                  revenue(some),
                  average(days.subList(Math.max(0, days.size() - 3), days.size()))));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> segments(List<Click> all) {
    LocalDateTime newest = purchases(all).getLast().time();
    record Buyer(String segment, long orders, BigDecimal revenue) {}
    List<Buyer> buyers = new ArrayList<>();
    for (List<Click> bought : by(purchases(all), Click::user).values()) {
      long minutes = ChronoUnit.MINUTES.between(bought.getLast().time(), newest);
      long orders = distinct(bought, Click::order);
      BigDecimal revenue = revenue(bought);
      buyers.add(
          new Buyer(
              (minutes <= 2 * 1440 ? "recent" : "long ago")
                  + "|"
                  + (orders >= 2 ? "often" : "rarely")
                  + "|"
                  + (revenue.doubleValue() >= 400 ? "much" : "little"),
              orders,
              revenue));
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(buyers, Buyer::segment)
        .forEach((segment, some) -> {
          String[] names = segment.split("\\|");
          rows.add(
              row(
                  names[0],
                  names[1],
                  names[2],
                  some.size(),
                  some.stream().mapToLong(Buyer::orders).sum(),
                  sum(some, Buyer::revenue)));
        });
    return Asked.sorted(rows, 1, 2, 3);
  }

  private static List<List<@Nullable Object>> cohorts(List<Click> all) {
    TreeMap<LocalDate, TreeMap<Long, Long>> cohorts = new TreeMap<>();
    for (List<Click> visitor : by(all, Click::user).values()) {
      TreeSet<LocalDate> days = new TreeSet<>();
      visitor.forEach(c -> days.add(c.time().toLocalDate()));
      for (LocalDate day : days) {
        cohorts
            .computeIfAbsent(days.first(), d -> new TreeMap<>())
            .merge(ChronoUnit.DAYS.between(days.first(), day), 1L, Long::sum);
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    cohorts.forEach((first, later) ->
        later.forEach((days, visitors) ->
            rows.add(row(first, days, visitors, ratio(visitors, later.firstEntry().getValue())))));
    return rows;
  }

  private static List<List<@Nullable Object>> retention(List<Click> all) {
    record Customer(String first, boolean visited, boolean bought) {}
    List<Customer> customers = new ArrayList<>();
    for (List<Click> visitor : by(all, Click::user).values()) {
      List<Click> bought = purchases(visitor);
      if (!bought.isEmpty()) {
        String first = bought.getFirst().day();
        customers.add(
            new Customer(
                first,
                visitor.stream().anyMatch(c -> c.day().compareTo(first) > 0),
                bought.stream().anyMatch(c -> c.day().compareTo(first) > 0)));
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(customers, Customer::first)
        .forEach((first, some) ->
            rows.add(
                row(
                    first,
                    some.size(),
                    ratio(count(some, Customer::visited), some.size()),
                    ratio(count(some, Customer::bought), some.size()))));
    return rows;
  }

  private static List<List<@Nullable Object>> abandoned(List<Click> all) {
    List<List<Click>> carts =
        where(sessions(all).values(), s -> s.stream().anyMatch(c -> c.is("add_to_cart")));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(carts, s -> s.getFirst().day())
        .forEach((day, some) -> {
          List<List<Click>> left = where(some, s -> purchases(s).isEmpty());
          rows.add(
              row(
                  day,
                  some.size(),
                  left.size(),
                  ratio(left.size(), some.size()),
                  sum(
                      left,
                      s ->
                          sum(where(s, c -> c.is("add_to_cart")), Click::value)
                              .subtract(
                                  sum(where(s, c -> c.is("remove_from_cart")), Click::value)))));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> products(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(all, c -> c.product() != null), c -> String.valueOf(c.product()))
        .forEach((product, some) -> {
          List<List<Click>> viewers =
              where(sessions(some).values(), s -> s.stream().anyMatch(c -> c.is("product_view")));
          long buyers = count(viewers, s -> !purchases(s).isEmpty());
          rows.add(
              row(
                  product,
                  count(some, c -> c.is("product_view")),
                  viewers.size(),
                  count(viewers, s -> s.stream().anyMatch(c -> c.is("add_to_cart"))),
                  buyers,
                  ratio(buyers, viewers.size())));
        });
    return Asked.sorted(rows, -2, 1);
  }

  private static List<List<@Nullable Object>> categories(List<Click> all) {
    double everything = revenue(all).doubleValue();
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(purchases(all), c -> String.valueOf(c.category()))
        .forEach((category, some) ->
            rows.add(
                row(
                    category,
                    distinct(some, Click::product),
                    some.stream().mapToLong(Click::quantity).sum(),
                    revenue(some),
                    revenue(some).doubleValue() / everything)));
    return Asked.sorted(rows, -4, 1);
  }

  private static List<List<@Nullable Object>> bounces(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(sessions(all).values(), s -> s.getFirst().section())
        .forEach((section, some) -> {
          long bounced = count(some, s -> s.size() == 1);
          rows.add(row(section, some.size(), bounced, ratio(bounced, some.size())));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> lengths(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(sessions(all).values(), s -> s.size() > 1), s -> s.getFirst().device())
        .forEach((device, some) -> {
          List<Double> seconds =
              some.stream()
                  .map(s ->
                      ChronoUnit.MILLIS.between(s.getFirst().time(), s.getLast().time()) / 1000.0)
                  .sorted()
                  .toList();
          rows.add(
              row(
                  device,
                  some.size(),
                  average(seconds),
                  near(seconds, 0.5),
                  near(seconds, 0.9),
                  near(seconds, 0.99)));
        });
    return rows;
  }

  /** What may pass as a percentile: within two per cent of the ranks, and a neighbour. */
  private static Asked.Between near(List<Double> sorted, double percentile) {
    int last = sorted.size() - 1;
    int low = (int) Math.floor((percentile - 0.02) * last) - 1;
    int high = (int) Math.ceil((percentile + 0.02) * last) + 1;
    return new Asked.Between(sorted.get(Math.max(0, low)), sorted.get(Math.min(last, high)));
  }

  private static List<List<@Nullable Object>> paths(List<Click> all) {
    Map<List<String>, Integer> paths = new HashMap<>();
    for (List<Click> session : sessions(all).values()) {
      List<String> path =
          List.of(
              session.getFirst().type(),
              session.size() > 1 ? session.get(1).type() : "exit",
              session.size() > 2 ? session.get(2).type() : session.size() > 1 ? "exit" : "");
      paths.merge(path, 1, Integer::sum);
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    paths.forEach((path, number) ->
        rows.add(
            row(
                path.get(0),
                path.get(1),
                path.get(2),
                number,
                ratio(number, sessions(all).size()))));
    return Asked.sorted(rows, -4, 1, 2, 3);
  }

  private static List<List<@Nullable Object>> newAndReturning(List<Click> all) {
    Map<String, String> first = new HashMap<>();
    all.forEach(c -> first.putIfAbsent(c.user(), c.day()));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, Click::day)
        .forEach((day, some) -> {
          List<Click> fresh = where(some, c -> day.equals(first.get(c.user())));
          List<Click> again = where(some, c -> !day.equals(first.get(c.user())));
          rows.add(
              row(
                  day,
                  distinct(fresh, Click::user),
                  distinct(again, Click::user),
                  revenue(fresh),
                  revenue(again)));
        });
    return rows;
  }

  private static List<List<@Nullable Object>> attribution(List<Click> all) {
    TreeMap<String, List<Click>> visitors = by(all, Click::user);
    TreeMap<String, List<List<Click>>> first = new TreeMap<>();
    TreeMap<String, List<List<Click>>> last = new TreeMap<>();
    for (List<Click> order : orders(all).values()) {
      LocalDateTime at = order.getLast().time();
      List<Click> touches =
          where(
              visitors.get(order.getFirst().user()),
              c -> c.campaign() != null && !c.time().isAfter(at));
      String one = touches.isEmpty() ? "none" : String.valueOf(touches.getFirst().campaign());
      String other = touches.isEmpty() ? "none" : String.valueOf(touches.getLast().campaign());
      first.computeIfAbsent(one, c -> new ArrayList<>()).add(order);
      last.computeIfAbsent(other, c -> new ArrayList<>()).add(order);
    }
    TreeSet<String> campaigns = new TreeSet<>(first.keySet());
    campaigns.addAll(last.keySet());
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (String campaign : campaigns) {
      List<List<Click>> one = first.getOrDefault(campaign, List.of());
      List<List<Click>> other = last.getOrDefault(campaign, List.of());
      rows.add(
          row(
              campaign,
              one.size(),
              sum(one, ClickAnswers::revenue),
              other.size(),
              sum(other, ClickAnswers::revenue)));
    }
    return rows;
  }

  private static List<List<@Nullable Object>> pages(List<Click> all, boolean landing) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(sessions(all).values(), s -> (landing ? s.getFirst() : s.getLast()).url())
        .forEach((page, some) ->
            rows.add(
                row(
                    page,
                    some.size(),
                    ratio(some.size(), sessions(all).size()),
                    ratio(count(some, s -> !purchases(s).isEmpty()), some.size()))));
    return Asked.sorted(rows, -2, 1);
  }

  private static List<List<@Nullable Object>> repeats(List<Click> all) {
    TreeMap<Integer, List<Double>> hours = new TreeMap<>();
    for (List<Click> bought : by(purchases(all), Click::user).values()) {
      List<LocalDateTime> times =
          orders(bought).values().stream().map(o -> o.getLast().time()).sorted().toList();
      for (int i = 1; i < times.size(); i++) {
        hours
            .computeIfAbsent(i + 1, n -> new ArrayList<>())
            .add(ChronoUnit.MILLIS.between(times.get(i - 1), times.get(i)) / 3_600_000.0);
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    hours.forEach((number, some) ->
        rows.add(
            row(
                number,
                some.size(),
                average(some),
                some.stream().min(Comparator.naturalOrder()).orElseThrow())));
    return rows;
  }

  private static List<List<@Nullable Object>> affinity(List<Click> all) {
    Map<String, Integer> single = new HashMap<>();
    Map<List<String>, Integer> pairs = new HashMap<>();
    for (List<Click> order : orders(all).values()) {
      List<String> categories = List.copyOf(by(order, c -> String.valueOf(c.category())).keySet());
      for (int i = 0; i < categories.size(); i++) {
        single.merge(categories.get(i), 1, Integer::sum);
        for (int j = i + 1; j < categories.size(); j++) {
          pairs.merge(List.of(categories.get(i), categories.get(j)), 1, Integer::sum);
        }
      }
    }
    List<List<@Nullable Object>> rows = new ArrayList<>();
    pairs.forEach((pair, number) -> {
      double one = single.getOrDefault(pair.get(0), 0);
      double other = single.getOrDefault(pair.get(1), 0);
      if (number >= 2) {
        rows.add(
            row(
                pair.get(0),
                pair.get(1),
                number,
                number / one,
                (double) number * orders(all).size() / (one * other)));
      }
    });
    return Asked.sorted(rows, -3, 1, 2);
  }

  private static List<List<@Nullable Object>> hours(List<Click> all) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(all, c -> c.time().getDayOfWeek().getValue() * 100 + c.time().getHour())
        .forEach((hour, some) ->
            rows.add(
                row(
                    hour / 100,
                    hour % 100,
                    some.size(),
                    distinct(some, Click::user),
                    distinct(some, Click::order))));
    return rows;
  }

  private static List<List<@Nullable Object>> anomalies(List<Click> all) {
    TreeMap<LocalDateTime, List<Click>> hours =
        by(all, c -> c.time().truncatedTo(ChronoUnit.HOURS));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    hours.forEach((hour, clicks) -> {
      List<Double> same = new ArrayList<>();
      hours.forEach((other, events) -> {
        if (other.getHour() == hour.getHour()) {
          same.add((double) events.size());
        }
      });
      double spread = Asked.deviation(same);
      if (spread > 0 && Math.abs(clicks.size() - average(same)) > 1.5 * spread) {
        rows.add(
            row(
                hour.format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:00")),
                clicks.size(),
                average(same),
                (clicks.size() - average(same)) / spread));
      }
    });
    return rows;
  }

  private static List<List<@Nullable Object>> searches(List<Click> all) {
    TreeMap<String, List<Click>> sessions = sessions(all);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    by(where(all, c -> c.is("search")), c -> String.valueOf(c.search()))
        .forEach((term, some) -> {
          TreeMap<String, List<Click>> searched = by(some, Click::session);
          long viewed = 0;
          for (Map.Entry<String, List<Click>> session : searched.entrySet()) {
            LocalDateTime at = session.getValue().getFirst().time();
            if (sessions.get(session.getKey()).stream()
                .anyMatch(c -> c.is("product_view") && c.time().isAfter(at))) {
              viewed++;
            }
          }
          rows.add(row(term, some.size(), searched.size(), ratio(viewed, searched.size())));
        });
    return Asked.sorted(rows, -2, 1);
  }
}
