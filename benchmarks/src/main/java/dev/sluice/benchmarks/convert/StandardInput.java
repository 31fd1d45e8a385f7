package dev.sluice.benchmarks.convert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The three standard inputs. Equal seeds give equal bytes; a smaller input is the beginning of a
 * larger one. Records come in no order of time, so every partition is open all the time.
 */
public enum StandardInput {
  /** Flat numbers and a nested record; 30 partitions by day and place. */
  SENSORS(1_000_000) {
    @Override
    void record(JsonLines out, Dice dice, long number) {
      int device = dice.below(5000);
      out.open('{');
      out.key("sensor_id").text(SENSOR, device, 5);
      out.key("timestamp").instant(START + dice.below(6 * DAY));
      out.key("seq").integer(number);
      out.key("temperature").fixed(1200 + dice.below(1800), 2);
      out.key("humidity").fixed(200 + dice.below(600), 1);
      out.key("pressure").fixed(98_000 + dice.below(5000), 2);
      out.key("battery_level").fixed(dice.below(1001), 1);
      out.key("signal_dbm").integer(-40 - dice.below(60));
      out.key("co2_ppm").integer(400 + dice.below(900));
      out.key("uptime_s").integer(dice.below(8_000_000));
      out.key("error_code");
      if (dice.oneIn(10)) {
        out.text(E, 100 + dice.below(40), 3);
      } else {
        out.nothing();
      }
      out.key("status").text(dice.of(STATUS));
      out.key("online").bool(!dice.oneIn(20));
      out.key("metadata").open('{');
      out.key("device").open('{');
      out.key("model").text(MODEL[device % MODEL.length]);
      out.key("firmware").text(dice.skewed(FIRMWARE));
      out.key("serial").beginText();
      out.part(SERIAL);
      out.hex(device * 7919L + 0x1000000, 7);
      out.endText();
      out.close('}');
      out.key("location").text(PLACE[device % PLACE.length]);
      out.key("position").open('{');
      out.key("lat").fixed(52_000_000 + device * 97L, 6);
      out.key("lon").fixed(13_000_000 + device * 31L, 6);
      out.close('}');
      out.key("tags").open('[');
      for (int i = dice.below(4); i > 0; i--) {
        out.text(dice.of(TAG));
      }
      out.close(']');
      if (dice.oneIn(4)) {
        out.key("note").nothing();
      }
      out.close('}');
      out.close('}');
    }
  },

  /** Long texts, many of them unique; 36 partitions by hour. */
  CLICKS(1_000_000) {
    @Override
    void record(JsonLines out, Dice dice, long number) {
      out.open('{');
      out.key("event_id").beginText();
      long high = dice.next();
      long low = dice.next();
      out.hex(high >>> 32, 8);
      out.part(DASH);
      out.hex(high >>> 16, 4);
      out.part(DASH_4);
      out.hex(high, 3);
      out.part(DASH_A);
      out.hex(low >>> 48, 3);
      out.part(DASH);
      out.hex(low, 12);
      out.endText();
      out.key("event_time").instant(START + dice.below(36 * HOUR));
      out.key("user_id").integer(1_000_000 + dice.below(200_000));
      out.key("session_id").beginText();
      out.hex(dice.next(), 16);
      out.endText();
      out.key("event_type").text(dice.of(EVENT));
      out.key("url").beginText();
      out.part(PRODUCT_URL);
      out.part(dice.small(20_000));
      if (dice.oneIn(3)) {
        out.part(NEWSLETTER);
        out.part(dice.below(50));
      }
      out.endText();
      out.key("referrer");
      if (dice.oneIn(3)) {
        out.nothing();
      } else if (dice.oneIn(2)) {
        out.text(SEARCH_URL);
      } else {
        out.text(NEWS_URL, dice.below(1000), 1);
      }
      out.key("agent").open('{');
      out.key("browser").text(dice.skewed(BROWSER));
      out.key("major").integer(100 + dice.below(40));
      out.key("os").text(dice.skewed(OS));
      out.key("mobile").bool(dice.oneIn(2));
      out.close('}');
      int place = dice.below(COUNTRY.length);
      out.key("geo").open('{');
      out.key("country").text(COUNTRY[place]);
      out.key("city").text(CITY[place]);
      out.close('}');
      out.key("duration_ms").integer(dice.below(60_000));
      if (dice.oneIn(10)) {
        out.key("value").fixed(dice.below(50_000), 2);
      }
      out.close('}');
    }
  },

  /** One to six nested line items a record, escapes in some texts; 30 partitions by day. */
  RECEIPTS(500_000) {
    @Override
    void record(JsonLines out, Dice dice, long number) {
      out.open('{');
      out.key("receipt_id").text(R, 10_000_000 + number, 8);
      out.key("store_id").integer(dice.below(400));
      out.key("register").integer(1 + dice.below(12));
      out.key("purchased_at").instant(START + dice.below(30 * DAY));
      out.key("currency").text(EUR);
      out.key("cashier").text(CASHIER, dice.below(3000), 1);
      out.key("line_items").open('[');
      long sum = 0;
      for (int i = 1 + dice.below(6); i > 0; i--) {
        int article = dice.small(30_000);
        int quantity = 1 + dice.below(4);
        int price = 49 + article * 37 % 2500;
        sum += (long) quantity * price;
        out.open('{');
        out.key("sku").text(SKU, 100_000 + article, 6);
        out.key("description").beginText();
        out.part(KIND[article % KIND.length]);
        out.part(BLANK);
        out.part(FOOD[article % FOOD.length]);
        out.part(BLANK);
        out.part((article % 9 + 1) * 100L);
        out.part(GRAM);
        out.endText();
        out.key("quantity").integer(quantity);
        out.key("unit_price").fixed(price, 2);
        if (dice.oneIn(5)) {
          out.key("discount").fixed(price / 10, 2);
        }
        out.key("taxable").bool(article % 3 != 0);
        out.close('}');
      }
      out.close(']');
      out.key("subtotal").fixed(sum, 2);
      out.key("tax").fixed(sum * 19 / 100, 2);
      out.key("total").fixed(sum * 119 / 100, 2);
      out.key("payment").open('{');
      int method = dice.below(PAYMENT.length);
      out.key("method").text(PAYMENT[method]);
      out.key("last4");
      if (method == CASH) {
        out.nothing();
      } else {
        out.text(NONE, dice.below(10_000), 4);
      }
      out.close('}');
      out.key("loyalty_id");
      if (dice.oneIn(2)) {
        out.nothing();
      } else {
        out.text(L, 500_000 + dice.below(80_000), 6);
      }
      out.close('}');
    }
  };

  private static final long HOUR = 3_600_000;
  private static final long DAY = 24 * HOUR;

  /** 2026-03-01T00:00:00Z. */
  private static final long START = 1_772_323_200_000L;

  private static final byte[] SENSOR = JsonLines.ascii("sensor-");
  private static final byte[] E = JsonLines.ascii("E");
  private static final byte[] SERIAL = JsonLines.ascii("SN-");
  private static final byte[][] STATUS =
      JsonLines.all("ok", "ok", "ok", "ok", "degraded", "low_battery", "offline");
  private static final byte[][] MODEL =
      JsonLines.all("TH-200", "TH-210", "PX-9", "AirSense 4", "EnviroNode-X");
  private static final byte[][] FIRMWARE = JsonLines.all("2.4.1", "2.4.0", "2.3.9", "3.0.0-rc1");
  private static final byte[][] PLACE =
      JsonLines.all(
          "warehouse-north", "warehouse-south", "plant-berlin", "office-paris", "coldstore-7");
  private static final byte[][] TAG =
      JsonLines.all(
          "indoor",
          "outdoor",
          "cold-chain",
          "critical",
          "calibrated",
          "floor-1",
          "floor-2",
          "hvac",
          "test");

  private static final byte[] DASH = JsonLines.ascii("-");
  private static final byte[] DASH_4 = JsonLines.ascii("-4");
  private static final byte[] DASH_A = JsonLines.ascii("-a");
  private static final byte[] PRODUCT_URL = JsonLines.ascii("https://shop.example.com/products/");
  private static final byte[] NEWSLETTER = JsonLines.ascii("?ref=newsletter&utm=");
  private static final byte[] SEARCH_URL = JsonLines.ascii("https://www.google.com/");
  private static final byte[] NEWS_URL = JsonLines.ascii("https://news.example.org/a/");
  private static final byte[][] EVENT =
      JsonLines.all(
          "page_view",
          "page_view",
          "page_view",
          "click",
          "click",
          "add_to_cart",
          "search",
          "purchase");
  private static final byte[][] BROWSER = JsonLines.all("Chrome", "Firefox", "Safari", "Edge");
  private static final byte[][] OS = JsonLines.all("Windows", "macOS", "Android", "iOS", "Linux");
  private static final byte[][] COUNTRY =
      JsonLines.all("DE", "FR", "US", "GB", "PL", "ES", "IT", "NL", "SE", "BR");
  private static final byte[][] CITY =
      JsonLines.all(
          "Berlin",
          "Paris",
          "New York",
          "London",
          "Warszawa",
          "Málaga",
          "Milano",
          "Amsterdam",
          "Malmö",
          "São Paulo");

  private static final byte[] R = JsonLines.ascii("R");
  private static final byte[] L = JsonLines.ascii("L");
  private static final byte[] NONE = new byte[0];
  private static final byte[] EUR = JsonLines.ascii("EUR");
  private static final byte[] CASHIER = JsonLines.ascii("cashier-");
  private static final byte[] SKU = JsonLines.ascii("SKU-");
  private static final byte[] BLANK = JsonLines.ascii(" ");
  private static final byte[] GRAM = JsonLines.ascii("g");
  private static final byte[][] KIND =
      JsonLines.all(
          "Organic",
          "Fresh",
          "Frozen",
          "Smoked",
          "Whole-grain",
          "Crunchy \\\"XL\\\"",
          "Mild",
          "Spicy");
  private static final byte[][] FOOD =
      JsonLines.all(
          "bananas",
          "salmon",
          "bread",
          "müsli",
          "crackers",
          "yoghurt",
          "cheese",
          "coffee beans",
          "olive oil",
          "rice");
  private static final byte[][] PAYMENT = JsonLines.all("card", "card", "cash", "mobile");
  private static final int CASH = 2;

  private final long records;

  StandardInput(long records) {
    this.records = records;
  }

  abstract void record(JsonLines out, Dice dice, long number);

  /** The dataset's name. */
  public String dataset() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Records at full scale. */
  public long records() {
    return records;
  }

  /**
   * Writes NDJSON until there are {@code records} records, or at least {@code bytes} bytes.
   *
   * @return how many records were written
   */
  public long write(Path file, long seed, long records, long bytes) throws IOException {
    return write(Files.newOutputStream(file), seed, records, bytes);
  }

  /** The same in memory. */
  public byte[] sample(long seed, int records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      write(bytes, seed, records, Long.MAX_VALUE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The same into a stream, which is closed. */
  long write(OutputStream to, long seed, long records, long bytes) throws IOException {
    Dice dice = new Dice(seed * 31 + ordinal());
    try (JsonLines out = new JsonLines(to)) {
      long written = 0;
      while (written < records && out.bytes() < bytes) {
        record(out, dice, written++);
        out.endLine();
      }
      return written;
    }
  }
}
