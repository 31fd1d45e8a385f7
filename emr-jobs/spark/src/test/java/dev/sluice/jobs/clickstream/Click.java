package dev.sluice.jobs.clickstream;

import dev.sluice.jobs.SharedSpark;
import dev.sluice.model.json.Json;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Events for tests, as short as can be: what is not said is the same in all of them. */
record Click(Map<String, @Nullable Object> fields) {

  /** A page view of a German on a phone who typed the address in. */
  static Click click(String id, String time, String user, String session) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("event_id", id);
    fields.put("event_time", time);
    fields.put("user_id", user);
    fields.put("session_id", session);
    fields.put("event_type", "page_view");
    fields.put("page", page("https://shop.example/", "home"));
    fields.put("device", device("mobile", "Android", "Chrome"));
    fields.put("country", "DE");
    return new Click(fields);
  }

  private static Map<String, Object> page(String url, String section) {
    return Map.of("url", url, "title", "Shop", "section", section);
  }

  private static Map<String, Object> device(String type, String os, String browser) {
    return Map.of("type", type, "os", os, "browser", browser);
  }

  Click with(String field, @Nullable Object value) {
    Map<String, @Nullable Object> other = new LinkedHashMap<>(fields);
    other.put(field, value);
    return new Click(other);
  }

  Click on(String url) {
    return with("page", page(url, "category"));
  }

  Click by(String type, String os, String browser) {
    return with("device", device(type, os, browser));
  }

  /** An event about a product of the category {@code toys}. */
  Click about(String type, String product, String price) {
    return about(type, product, "toys", price);
  }

  Click about(String type, String product, String category, String price) {
    return with("event_type", type)
        .with(
            "product",
            Map.of(
                "product_id",
                product,
                "name",
                "name of " + product,
                "category",
                category,
                "price",
                new BigDecimal(price)));
  }

  Click pieces(int quantity) {
    return with("quantity", (long) quantity);
  }

  /** One line of an order. */
  Click bought(String order, String product, String price, int quantity) {
    return about("purchase", product, price).pieces(quantity).with("order_id", order);
  }

  static Dataset<Row> silver(List<Click> clicks) {
    return SharedSpark.silver(
        "clickstream",
        clicks.stream().map(click -> Json.write(click.fields)).toArray(String[]::new));
  }

  static Dataset<Row> flat(Click... clicks) {
    return Events.flat(silver(List.of(clicks)));
  }

  static Dataset<Row> visited(Click... clicks) {
    Dataset<Row> flat = flat(clicks);
    return Events.visited(Star.withProducts(flat, Star.products(flat)));
  }
}
