package dev.sluice.simulate;

import dev.sluice.model.Reason;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Receipts of the year 2024 from forty vendors in eight trades, some far more popular than others,
 * with tax by trade and the currency of the vendor's country. Now and then a receipt is handed in
 * twice under two numbers.
 */
final class Receipts implements Workload {
  private static final long START = Text.millis(2024, 1, 1);
  private static final long SPAN = 366 * Text.DAY_MILLIS;
  private static final long YEAR_BEGIN = START / Text.DAY_MILLIS;

  private static final int[] MONTH_OF_DAY = monthOfDay();

  /** A trade and what it sells. Prices are medians in cents; tax in percent. */
  private record Trade(String name, int tax, String[] goods, int[] prices) {}

  private static final Trade[] TRADES = {
    new Trade(
        "groceries",
        7,
        new String[] {
          "Bread", "Milk", "Apples", "Coffee beans", "Olive oil", "Eggs", "Cheese", "Crème fraîche"
        },
        new int[] {349, 129, 299, 1299, 899, 329, 459, 149}),
    new Trade(
        "electronics",
        19,
        new String[] {"USB cable", "Headphones", "Keyboard", "Monitor 27 inch", "SSD 1 TB"},
        new int[] {999, 7999, 8900, 24900, 8990}),
    new Trade(
        "stationery",
        19,
        new String[] {"Notebook A5", "Ballpoint pen", "Printer paper", "Stapler", "Folder"},
        new int[] {499, 199, 599, 1249, 289}),
    new Trade(
        "restaurant",
        19,
        new String[] {"Menu of the day", "Espresso", "Mineral water", "Crème brûlée", "Salad"},
        new int[] {1490, 280, 320, 790, 990}),
    new Trade(
        "fuel", 19, new String[] {"Diesel", "Super E10", "Car wash"}, new int[] {172, 179, 1299}),
    new Trade(
        "pharmacy",
        19,
        new String[] {"Plasters", "Ibuprofen 400", "Sunscreen", "Vitamin C"},
        new int[] {459, 589, 1495, 799}),
    new Trade(
        "hardware",
        19,
        new String[] {"Screws 4×40", "Drill bit", "Paint 5 l", "Hammer", "Sandpaper"},
        new int[] {649, 890, 3990, 1790, 549}),
    new Trade(
        "books",
        7,
        new String[] {"Novel", "Travel guide", "Cook book", "Dictionary"},
        new int[] {1499, 1999, 2999, 2499}),
  };

  private static final String[] VENDORS = {
    "Grünmarkt", "Volt Electronics", "Paper & Pen", "Chez Amélie", "Rapid Fuel",
    "Linden-Apotheke", "Nut and Bolt", "Page One", "Frischehof", "Circuit City Süd",
    "Blatt & Stift", "Trattoria Nonna", "A7 Tank", "Rats-Apotheke", "Baufreund",
    "Bücherwurm", "Corner Shop", "Pixel Haus", "Office Depot Nord", "Sushi Kō",
    "Green Energy Stop", "City Pharmacy", "Werkzeug Weber", "Librairie du Lac", "Bio-Laden Süd",
    "Gadget Garage", "Schreibwaren Klein", "Bistro 21", "Highway One", "Apotheke am Markt",
    "Tools & More", "The Reading Room", "Ålesund Delikatesse", "Kabel König", "Inkwell",
    "Golden Dragon", "Tankhof", "Vital Drugstore", "Holz und Farbe", "Second Chapter"
  };
  private static final Dice.Weighted POPULARITY = Dice.Weighted.zipf(VENDORS.length);

  private static final String[] CURRENCIES = {"EUR", "USD", "GBP", "CHF"};

  /** By vendor: mostly EUR; the vendors of other countries are among the less popular ones. */
  private static final int[] CURRENCY =
      IntStream.range(0, VENDORS.length)
          .map(v -> v == 16 || v == 28 ? 1 : v == 21 || v == 31 ? 2 : v == 23 || v == 36 ? 3 : 0)
          .toArray();

  private static final String[] PAYMENTS = {
    "cash", "debit_card", "credit_card", "mobile", "voucher"
  };
  private static final Dice.Weighted PAYMENT = new Dice.Weighted(25, 35, 20, 18, 2);
  private static final Dice.Weighted LINES = new Dice.Weighted(28, 24, 18, 12, 8, 5, 3, 2);
  private static final Dice.Weighted PIECES = new Dice.Weighted(60, 22, 9, 5, 2, 2);

  /** By hour, from 6 to 21. */
  private static final Dice.Weighted HOURS =
      new Dice.Weighted(1, 3, 6, 7, 7, 8, 11, 10, 7, 6, 7, 10, 11, 8, 4, 2);

  private final long records;
  private final Dice dice;
  private final Text.Clock clock = new Text.Clock();
  private final StringBuilder lines = new StringBuilder();
  private long index;

  /** The record last generated without its number, for the one that is handed in twice. */
  private String previous = "";

  private int vendor;
  private int month;
  private long pieces;
  private long subtotal;
  private long tax;

  // The truth. Months count from December 2023, because of the late ones.
  private final long[] receipts = new long[VENDORS.length];
  private final long[] piecesByVendor = new long[VENDORS.length];
  private final long[] paidByVendor = new long[VENDORS.length];
  private final long[] inPartition = new long[13];
  private final long[] euroReceipts = new long[13];
  private final long[] euroSubtotal = new long[13];
  private final long[] euroTax = new long[13];

  Receipts(SimulationOptions options) {
    records = options.records();
    dice = new Dice(options.seed());
  }

  private static int[] monthOfDay() {
    int[] months = new int[369];
    for (int day = 0; day < months.length; day++) {
      String text = Text.day(YEAR_BEGIN - 3 + day);
      months[day] = text.startsWith("2023") ? 0 : Integer.parseInt(text.substring(5, 7));
    }
    return months;
  }

  @Override
  public void generate(StringBuilder line, long lateMillis) {
    line.append("{\"receipt_id\":\"R-");
    Text.padded(line, index + 1, 10);
    int begin = line.length();
    boolean twice = dice.oneIn(400);
    if (twice && lateMillis == 0 && !previous.isEmpty()) {
      index++;
      line.append(previous);
      return;
    }
    long day = index * SPAN / records / Text.DAY_MILLIS;
    index++;
    long time =
        START
            + day * Text.DAY_MILLIS
            + (6 + HOURS.pick(dice)) * 3_600_000L
            + dice.below(3600) * 1000L
            - lateMillis / 1000 * 1000;
    month = MONTH_OF_DAY[(int) (time / Text.DAY_MILLIS - YEAR_BEGIN + 3)];
    vendor = POPULARITY.pick(dice);
    Trade trade = TRADES[vendor % TRADES.length];

    pieces = 0;
    subtotal = 0;
    lines.setLength(0);
    int count = 1 + LINES.pick(dice);
    for (int i = 0; i < count; i++) {
      int good = dice.below(trade.goods.length);
      int quantity = 1 + PIECES.pick(dice);
      if (vendor % TRADES.length == 4 && good < 2) {
        quantity = 15 + dice.below(50);
      }
      long price = Math.max(1, StrictMath.round(dice.logNormal(trade.prices[good], 0.15)));
      pieces += quantity;
      subtotal += quantity * price;
      lines
          .append(i == 0 ? "{\"description\":\"" : ",{\"description\":\"")
          .append(trade.goods[good])
          .append("\",\"quantity\":")
          .append(quantity)
          .append(",\"unit_price\":");
      Text.hundredths(lines, price).append(",\"total\":");
      Text.hundredths(lines, quantity * price).append('}');
    }
    // Half a cent counts as one.
    tax = (subtotal * trade.tax + 50) / 100;

    line.append("\",\"vendor\":{\"name\":\"")
        .append(VENDORS[vendor])
        .append("\",\"category\":\"")
        .append(trade.name)
        .append("\"},\"purchase_time\":\"");
    clock.append(line, time);
    line.append("\",\"line_items\":[").append(lines).append("],\"subtotal\":");
    Text.hundredths(line, subtotal).append(",\"tax\":");
    Text.hundredths(line, tax).append(",\"total_amount\":");
    Text.hundredths(line, subtotal + tax)
        .append(",\"currency\":\"")
        .append(CURRENCIES[CURRENCY[vendor]])
        .append("\",\"payment_method\":\"")
        .append(PAYMENTS[PAYMENT.pick(dice)])
        .append("\"}");
    // Who broke or delayed this one does not matter to the next.
    previous = lateMillis == 0 ? line.substring(begin) : "";
  }

  @Override
  public void count() {
    inPartition[month]++;
    if (CURRENCY[vendor] == 0) {
      receipts[vendor]++;
      piecesByVendor[vendor] += pieces;
      paidByVendor[vendor] += subtotal + tax;
      euroReceipts[month]++;
      euroSubtotal[month] += subtotal;
      euroTax[month] += tax;
    }
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = Fault.ofText("currency");
    faults.addAll(
        List.of(
            Fault.replaced(Reason.MALFORMED_JSON, "total_amount", "NaN", "012.50", "12.", "-"),
            Fault.textForNumber("total_amount"),
            Fault.textForNumber("unit_price"),
            Fault.noText("receipt_id"),
            Fault.replaced(Reason.TYPE_MISMATCH, "vendor", "\"Volt Electronics\"", "3", "[]"),
            Fault.replaced(Reason.TYPE_MISMATCH, "line_items", "{}", "\"3 items\"", "[7]"),
            Fault.impossibleTime("purchase_time"),
            Fault.missing("purchase_time"),
            Fault.missing("total_amount"),
            Fault.missing("line_items"),
            Fault.missing("category"),
            Fault.missing("quantity"),
            Fault.nulled("vendor"),
            Fault.nulled("currency"),
            Fault.nulled("unit_price"),
            Fault.replaced(
                Reason.UNKNOWN_SYMBOL, "payment_method", "\"cheque\"", "\"Cash\"", "\"\""),
            Fault.replaced(
                Reason.OUT_OF_RANGE, "total_amount", "123456789.999", "99999999999.00", "1e30"),
            Fault.replaced(Reason.OUT_OF_RANGE, "quantity", "3000000000", "-2147483649"),
            Fault.replaced(Reason.RULE_VIOLATED, "total_amount", "-1.00", "0", "0.00"),
            Fault.replaced(Reason.RULE_VIOLATED, "quantity", "0", "-3"),
            Fault.replaced(Reason.RULE_VIOLATED, "currency", "\"BTC\"", "\"eur\""),
            Fault.replaced(
                Reason.RULE_VIOLATED,
                "purchase_time",
                "\"1970-01-01T00:00:00Z\"",
                "\"2051-06-01T12:00:00Z\"")));
    return faults;
  }

  @Override
  public void partitions(ObjLongConsumer<String> consumer) {
    for (int i = 0; i < inPartition.length; i++) {
      if (inPartition[i] > 0) {
        consumer.accept(
            i == 0 ? "year=2023/month=12" : "year=2024/month=" + two(i), inPartition[i]);
      }
    }
  }

  private static String two(int number) {
    return Text.padded(new StringBuilder(), number, 2).toString();
  }

  private static BigDecimal money(long cents) {
    return BigDecimal.valueOf(cents, 2);
  }

  @Override
  public Map<String, Answer> answers() {
    List<List<@Nullable Object>> vendors = new ArrayList<>();
    IntStream.range(0, VENDORS.length)
        .filter(v -> receipts[v] > 0)
        .boxed()
        .sorted(
            Comparator.comparingLong((Integer v) -> -paidByVendor[v])
                .thenComparing(v -> VENDORS[v]))
        .limit(10)
        .forEach(v ->
            vendors.add(
                List.of(
                    VENDORS[v],
                    TRADES[v % TRADES.length].name,
                    receipts[v],
                    piecesByVendor[v],
                    money(paidByVendor[v]),
                    paidByVendor[v] / 100.0 / receipts[v])));

    List<List<@Nullable Object>> months = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      if (euroReceipts[i] > 0) {
        months.add(
            List.of(
                two(i),
                euroReceipts[i],
                money(euroSubtotal[i]),
                money(euroTax[i]),
                money(euroSubtotal[i] + euroTax[i])));
      }
    }

    Map<String, Answer> answers = new LinkedHashMap<>();
    answers.put(
        "vendor_totals",
        new Answer(
            List.of("vendor", "category", "receipts", "pieces", "total", "average_basket"),
            vendors));
    answers.put(
        "monthly_totals",
        new Answer(List.of("month", "receipts", "net", "tax_paid", "total"), months));
    return answers;
  }
}
