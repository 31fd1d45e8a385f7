package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * About a week of a web shop with 500 products. Visits begin more often in the evening than at
 * night and overlap; in each, a small state machine walks from page to page, fills and empties a
 * cart, and sometimes buys. About ten events are one session, a hundred belong to one user.
 *
 * <p>Only the sessions under way are kept, so memory does not grow with the number of records
 * beyond their density: some thousand sessions for ten million records.
 */
final class Clickstream implements Workload {
  private static final long START = Text.millis(2024, 3, 5);
  private static final long SPAN = 7 * Text.DAY_MILLIS;
  private static final int EVENTS_PER_SESSION = 10;
  private static final int MOST_LINES = 5;

  /** The queries are about March 2024. */
  private static final long FIRST_DAY = Text.millis(2024, 3, 1) / Text.DAY_MILLIS;

  private static final long LAST_DAY = Text.millis(2024, 3, 31) / Text.DAY_MILLIS;

  private static final int PAGE_VIEW = 0;
  private static final int SEARCH = 1;
  private static final int PRODUCT_VIEW = 2;
  private static final int ADD = 3;
  private static final int REMOVE = 4;
  private static final int CHECKOUT = 5;
  private static final int PURCHASE = 6;
  private static final int EXIT = 7;

  private static final String[] EVENTS = {
    "page_view", "search", "product_view", "add_to_cart", "remove_from_cart", "checkout", "purchase"
  };

  private static final Dice.Weighted LANDING = new Dice.Weighted(66, 8, 26);

  /** What follows, while the cart is empty, by the event before. */
  private static final Dice.Weighted[] EMPTY_CART = {
    new Dice.Weighted(30, 12, 51, 0, 0, 0, 0, 7),
    new Dice.Weighted(10, 20, 64, 0, 0, 0, 0, 6),
    new Dice.Weighted(22, 9, 53, 9, 0, 0, 0, 7),
    new Dice.Weighted(1),
    new Dice.Weighted(20, 8, 58, 0, 0, 0, 0, 14),
    new Dice.Weighted(1),
    new Dice.Weighted(30, 0, 10, 0, 0, 0, 0, 60),
  };

  /** What follows, while there is something in the cart. */
  private static final Dice.Weighted[] FULL_CART = {
    new Dice.Weighted(26, 10, 43, 0, 6, 4, 0, 11),
    new Dice.Weighted(8, 18, 62, 0, 2, 2, 0, 8),
    new Dice.Weighted(18, 10, 44, 12, 4, 3, 0, 9),
    new Dice.Weighted(18, 8, 40, 0, 8, 12, 0, 14),
    new Dice.Weighted(16, 8, 44, 0, 10, 4, 0, 18),
    new Dice.Weighted(8, 0, 6, 0, 4, 0, 52, 30),
    new Dice.Weighted(1),
  };

  private static final String[] CATEGORIES = {
    "outdoor", "kitchen", "garden", "toys", "shoes", "audio", "lighting", "office", "sports", "bath"
  };
  private static final String[] KINDS = {
    "Jacket",
    "Pan",
    "Watering Can",
    "Puzzle",
    "Sneaker",
    "Speaker",
    "Lamp",
    "Chair",
    "Ball",
    "Towel"
  };
  private static final int[] PRICES = {
    8_900, 3_500, 1_900, 2_200, 7_500, 6_900, 4_200, 14_900, 2_500, 1_600
  };
  private static final String[] STYLES = {
    "Alpine", "Basic", "Classic", "Deluxe", "Eco", "Fjäll", "Grand", "Hygge", "Ideal", "Junior"
  };
  private static final int PRODUCTS = 500;
  private static final Dice.Weighted POPULARITY = Dice.Weighted.zipf(PRODUCTS);

  private static final String[] PAGES = {
    "home", "help", "about", "category", "category", "category", "category", "category"
  };

  private static final String[] DEVICES = {
    "{\"type\":\"mobile\",\"os\":\"Android\",\"browser\":\"Chrome\"}",
    "{\"type\":\"mobile\",\"os\":\"iOS\",\"browser\":\"Safari\"}",
    "{\"type\":\"desktop\",\"os\":\"Windows\",\"browser\":\"Edge\"}",
    "{\"type\":\"desktop\",\"os\":\"Windows\",\"browser\":\"Chrome\"}",
    "{\"type\":\"desktop\",\"os\":\"macOS\",\"browser\":\"Safari\"}",
    "{\"type\":\"desktop\",\"os\":\"Linux\",\"browser\":\"Firefox\"}",
    "{\"type\":\"tablet\",\"os\":\"iPadOS\",\"browser\":\"Safari\"}",
  };
  private static final Dice.Weighted DEVICE = new Dice.Weighted(30, 22, 10, 18, 9, 4, 7);

  private static final String[] COUNTRIES = {"DE", "AT", "CH", "FR", "NL", "GB", "US", "SE"};
  private static final Dice.Weighted COUNTRY = new Dice.Weighted(46, 10, 9, 10, 8, 8, 5, 4);

  private static final String[] ORIGINS = {
    "null,\"campaign\":null",
    "\"https://search.example/\",\"campaign\":null",
    "\"https://search.example/ads\",\"campaign\":\"brand_search\"",
    "\"https://social.example/feed\",\"campaign\":\"spring_sale\"",
    "\"https://news.example/letter\",\"campaign\":\"newsletter_10\"",
    "\"https://partner.example/\",\"campaign\":\"affiliate\"",
    "\"https://social.example/feed\",\"campaign\":null",
  };
  private static final Dice.Weighted ORIGIN = new Dice.Weighted(34, 28, 10, 9, 8, 5, 6);

  /** How busy each hour is, in hundredths of the average. */
  private static final int[] BUSY = {
    45, 28, 20, 18, 20, 32, 55, 80, 95, 105, 112, 118, 125, 120, 112, 110, 115, 128, 145, 168, 180,
    172, 130, 87
  };

  /** One visit under way. */
  private static final class Session {
    final long number;
    final long user;
    final int device;
    final int country;
    int origin;
    long time;
    boolean bounces;
    int event;
    int product = -1;
    int lines;
    final int[] cart = new int[MOST_LINES];
    final int[] pieces = new int[MOST_LINES];
    int bought;
    long order;

    /** Bits of the steps that a counted event has reached. */
    int reached;

    /** The days on which the order under way has been counted. */
    long[] orderDays = {};

    Session(long number, long user, int device, int country) {
      this.number = number;
      this.user = user;
      this.device = device;
      this.country = country;
    }
  }

  private final Dice dice;
  private final long seed;
  private final long users;
  private final long gap;
  private final Text.Clock clock = new Text.Clock();
  private final String[] products = new String[PRODUCTS];
  private final long[] prices = new long[PRODUCTS];
  private final PriorityQueue<Session> underWay =
      new PriorityQueue<>((a, b) ->
          a.time != b.time ? Long.compare(a.time, b.time) : Long.compare(a.number, b.number));
  private long arrival;
  private long sessions;
  private long orders;
  private long index;

  // The record last generated.
  private @Nullable Session session;
  private int event;
  private long day;
  private long quantity;
  private long price;

  /** The truth about one day: records, orders, pieces sold, cents. */
  private final TreeMap<Long, long[]> days = new TreeMap<>();

  /** Sessions that reached: anything, a product, the cart, checkout, a purchase. */
  private final long[] steps = new long[5];

  Clickstream(SimulationOptions options) {
    seed = options.seed();
    dice = new Dice(seed);
    users = Math.max(10, options.records() / 100);
    gap = SPAN / Math.max(1, options.records() / EVENTS_PER_SESSION);
    arrival = START;
    for (int i = 0; i < PRODUCTS; i++) {
      int category = i % CATEGORIES.length;
      prices[i] =
          StrictMath.round(dice.logNormal(PRICES[category], 0.5)) / 100 * 100
              + (i % 3 == 0 ? 95 : 99);
      StringBuilder text = new StringBuilder("{\"product_id\":\"P-");
      Text.padded(text, i, 4)
          .append("\",\"name\":\"")
          .append(STYLES[i / CATEGORIES.length % STYLES.length])
          .append(' ')
          .append(KINDS[category]);
      if (i >= 100) {
        text.append(' ').append(1 + i / 100);
      }
      text.append("\",\"category\":\"").append(CATEGORIES[category]).append("\",\"price\":");
      products[i] = Text.hundredths(text, prices[i]).append('}').toString();
    }
  }

  private Session begin() {
    // A few users come often, most rarely. What belongs to a user follows from the number.
    double skewed = dice.unit();
    long user = (long) (users * skewed * skewed);
    Dice own = new Dice(seed + 31 * (user + 1));
    own.next();
    Session it = new Session(sessions++, user, DEVICE.pick(own), COUNTRY.pick(own));
    it.origin = ORIGIN.pick(dice);
    it.event = LANDING.pick(dice);
    it.bounces = dice.below(100) < 32;
    it.time = arrival;
    int hour = (int) (Math.floorMod(arrival, Text.DAY_MILLIS) / 3_600_000);
    arrival += Math.max(1, (long) (gap * (0.1 + 1.8 * dice.unit()) * 100 / BUSY[hour]));
    return it;
  }

  @Override
  public void generate(StringBuilder line, long lateMillis) {
    while (underWay.isEmpty() || arrival <= underWay.element().time) {
      underWay.add(begin());
    }
    Session it = underWay.remove();
    session = it;
    event = it.event;
    index++;
    long time = it.time - lateMillis;
    day = Math.floorDiv(time, Text.DAY_MILLIS);
    quantity = 0;
    price = 0;

    line.append("{\"event_id\":\"E-");
    Text.padded(line, index, 12).append("\",\"event_time\":\"");
    clock.append(line, time).append("\",\"user_id\":\"user-");
    Text.padded(line, it.user, 7).append("\",\"session_id\":\"S-");
    Text.padded(line, it.number, 9)
        .append("\",\"event_type\":\"")
        .append(EVENTS[event])
        .append("\",\"page\":{\"url\":\"https://shop.example");

    int product = -1;
    int search = -1;
    switch (event) {
      case PAGE_VIEW -> {
        String section = dice.pick(PAGES);
        if (section.equals("category")) {
          int category = dice.below(CATEGORIES.length);
          line.append("/c/").append(CATEGORIES[category]).append("\",\"title\":\"");
          line.append(CATEGORIES[category]);
        } else {
          line.append(section.equals("home") ? "/" : "/" + section).append("\",\"title\":\"Shop");
        }
        line.append("\",\"section\":\"").append(section.equals("about") ? "other" : section);
      }
      case SEARCH -> {
        search = dice.below(100);
        line.append("/search\",\"title\":\"Search\",\"section\":\"search");
      }
      case PRODUCT_VIEW -> {
        product = it.product = POPULARITY.pick(dice);
        Text.padded(line.append("/p/"), product, 4)
            .append("\",\"title\":\"")
            .append(KINDS[product % KINDS.length])
            .append("\",\"section\":\"product");
      }
      case ADD -> {
        product = it.product;
        quantity = dice.below(100) < 82 ? 1 : 2 + dice.below(3);
        it.cart[it.lines] = product;
        it.pieces[it.lines++] = (int) quantity;
        line.append("/cart\",\"title\":\"Cart\",\"section\":\"cart");
      }
      case REMOVE -> {
        int which = dice.below(it.lines);
        product = it.cart[which];
        quantity = it.pieces[which];
        it.lines--;
        it.cart[which] = it.cart[it.lines];
        it.pieces[which] = it.pieces[it.lines];
        line.append("/cart\",\"title\":\"Cart\",\"section\":\"cart");
      }
      case CHECKOUT -> line.append("/checkout\",\"title\":\"Checkout\",\"section\":\"checkout");
      default -> {
        if (it.bought == 0) {
          it.order = ++orders;
          it.orderDays = new long[] {};
        }
        product = it.cart[it.bought];
        quantity = it.pieces[it.bought++];
        line.append("/thanks\",\"title\":\"Thank you\",\"section\":\"checkout");
      }
    }
    line.append("\"},\"product\":");
    if (product < 0) {
      line.append("null,\"quantity\":null");
    } else {
      price = prices[product];
      line.append(products[product]).append(",\"quantity\":");
      if (quantity == 0) {
        line.append("null");
      } else {
        line.append(quantity);
      }
    }
    line.append(",\"order_id\":");
    if (event == PURCHASE) {
      Text.padded(line.append("\"O-"), it.order, 9).append('"');
    } else {
      line.append("null");
    }
    line.append(",\"device\":")
        .append(DEVICES[it.device])
        .append(",\"country\":\"")
        .append(COUNTRIES[it.country])
        .append("\",\"referrer\":")
        .append(ORIGINS[it.origin]);
    if (search >= 0) {
      line.append(",\"search_query\":\"")
          .append(STYLES[search / 10])
          .append(' ')
          .append(KINDS[search % 10])
          .append('"');
    }
    line.append('}');
    goOn(it);
  }

  /** Decides what the visitor does next and when. */
  private void goOn(Session it) {
    if (it.bounces) {
      return;
    }
    if (it.event == PURCHASE && it.bought < it.lines) {
      // One event for each product of the order, all at once.
      underWay.add(it);
      return;
    }
    if (it.event == PURCHASE) {
      it.lines = 0;
      it.bought = 0;
    }
    int next = (it.lines == 0 ? EMPTY_CART : FULL_CART)[it.event].pick(dice);
    if (next == ADD && it.lines == MOST_LINES) {
      next = CHECKOUT;
    }
    if (next == EXIT) {
      return;
    }
    it.event = next;
    long pause = 2_000 + (long) (-35_000 * StrictMath.log(1 - dice.unit()));
    if (dice.below(100) == 0) {
      // Away for a while; the browser keeps the session, a clock would not.
      pause += dice.between(1_800_000, 7_200_000);
    }
    it.time += pause;
    underWay.add(it);
  }

  @Override
  public void count() {
    Session it = session;
    if (it == null) {
      throw new IllegalStateException("No record was generated");
    }
    long[] truth = days.computeIfAbsent(day, d -> new long[4]);
    truth[0]++;
    if (event == PURCHASE) {
      if (Arrays.stream(it.orderDays).noneMatch(d -> d == day)) {
        it.orderDays = Arrays.copyOf(it.orderDays, it.orderDays.length + 1);
        it.orderDays[it.orderDays.length - 1] = day;
        truth[1]++;
      }
      truth[2] += quantity;
      truth[3] += quantity * price;
    }
    if (day >= FIRST_DAY && day <= LAST_DAY) {
      reach(it, 0);
      switch (event) {
        case PRODUCT_VIEW -> reach(it, 1);
        case ADD -> reach(it, 2);
        case CHECKOUT -> reach(it, 3);
        case PURCHASE -> reach(it, 4);
        default -> {}
      }
    }
  }

  private void reach(Session it, int step) {
    if ((it.reached & 1 << step) == 0) {
      it.reached |= 1 << step;
      steps[step]++;
    }
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = Fault.ofText("session_id");
    faults.addAll(
        List.of(
            Fault.replaced(Reason.MALFORMED_JSON, "quantity", "NaN", "01", "1.", "undefined"),
            Fault.replaced(Reason.TYPE_MISMATCH, "quantity", "\"two\"", "[]", "{}"),
            Fault.noText("user_id"),
            Fault.noText("url"),
            Fault.replaced(Reason.TYPE_MISMATCH, "page", "\"/home\"", "1", "[]"),
            Fault.replaced(Reason.TYPE_MISMATCH, "product", "\"P-0001\"", "17", "[]"),
            Fault.impossibleTime("event_time"),
            Fault.missing("event_time"),
            Fault.missing("user_id"),
            Fault.missing("device"),
            Fault.missing("title"),
            Fault.nulled("event_id"),
            Fault.nulled("page"),
            Fault.nulled("browser"),
            Fault.replaced(
                Reason.UNKNOWN_SYMBOL, "event_type", "\"hover\"", "\"PAGE_VIEW\"", "\"\""),
            Fault.replaced(Reason.UNKNOWN_SYMBOL, "type", "\"watch\"", "\"Mobile\""),
            Fault.replaced(Reason.OUT_OF_RANGE, "quantity", "3000000000", "-9999999999"),
            Fault.replaced(Reason.RULE_VIOLATED, "quantity", "0", "-1", "1001"),
            Fault.replaced(Reason.RULE_VIOLATED, "country", "\"Germany\"", "\"de\"", "\"\""),
            Fault.replaced(Reason.RULE_VIOLATED, "url", "\"shop.example\"", "\"\""),
            Fault.replaced(
                Reason.RULE_VIOLATED,
                "event_time",
                "\"1970-01-01T00:00:00Z\"",
                "\"2051-06-01T12:00:00Z\""),
            Fault.replaced(
                Reason.RULE_VIOLATED,
                "product",
                "{\"product_id\":\"P-0001\",\"name\":\"x\",\"category\":\"toys\",\"price\":-0.01}"),
            Fault.replaced(
                Reason.OUT_OF_RANGE,
                "product",
                "{\"product_id\":\"P-0001\",\"name\":\"x\",\"category\":\"toys\",\"price\":1.005}")));
    return faults;
  }

  @Override
  public void partitions(ObjLongConsumer<String> consumer) {
    days.forEach((date, truth) -> consumer.accept("day=" + Text.day(date), truth[0]));
  }

  @Override
  public Map<String, Answer> answers() {
    List<List<@Nullable Object>> revenue = new ArrayList<>();
    long total = 0;
    for (Map.Entry<Long, long[]> entry : days.subMap(FIRST_DAY, LAST_DAY + 1).entrySet()) {
      long[] truth = entry.getValue();
      total += truth[3];
      revenue.add(
          Arrays.asList(
              Text.day(entry.getKey()),
              truth[0],
              truth[1],
              truth[2],
              BigDecimal.valueOf(truth[3], 2),
              truth[1] == 0 ? null : truth[3] / 100.0 / truth[1]));
    }

    String[] names = {"session", "product_view", "add_to_cart", "checkout", "purchase"};
    List<List<@Nullable Object>> funnel = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      funnel.add(
          Arrays.asList(
              names[i],
              steps[i],
              steps[0] == 0 ? null : steps[i] / (double) steps[0],
              i == 0 || steps[i - 1] == 0 ? null : steps[i] / (double) steps[i - 1],
              i == 4 ? BigDecimal.valueOf(total, 2) : null));
    }

    Map<String, Answer> answers = new LinkedHashMap<>();
    answers.put(
        "funnel",
        new Answer(List.of("step", "sessions", "of_all", "of_previous", "revenue"), funnel));
    answers.put(
        "revenue_by_day",
        new Answer(
            List.of("day", "events", "orders", "pieces", "revenue", "average_order_value"),
            revenue));
    return answers;
  }
}
