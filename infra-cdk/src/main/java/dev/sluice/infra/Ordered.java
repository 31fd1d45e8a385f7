package dev.sluice.infra;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Maps with an order. That of {@link Map#of} changes from run to run, and with it the template that
 * it ends up in.
 */
final class Ordered {
  private Ordered() {}

  static <V> Map<String, V> map(String key, V value, String key2, V value2) {
    Map<String, V> map = new LinkedHashMap<>();
    map.put(key, value);
    map.put(key2, value2);
    return map;
  }

  static <V> Map<String, V> map(String key, V value, String key2, V value2, String key3, V value3) {
    Map<String, V> map = map(key, value, key2, value2);
    map.put(key3, value3);
    return map;
  }
}
