package dev.sluice.cli;

import dev.sluice.model.json.Json;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One question with the values of its parameters, and how plain Java answers it. */
record Asked(String query, Map<String, String> parameters, List<List<@Nullable Object>> answer) {

  /** A number that an approximate function may give: anything from one to the other. */
  record Between(double least, double most) {}

  /** Collects questions. */
  static final class Questions {
    private final List<Asked> asked = new ArrayList<>();

    Questions ask(
        String query, Map<String, String> parameters, List<List<@Nullable Object>> answer) {
      asked.add(new Asked(query, parameters, answer));
      return this;
    }

    List<Asked> all() {
      return asked;
    }
  }

  /** A parsed record. */
  record Fields(Map<String, @Nullable Object> values) {
    static Fields parse(String line) {
      return new Fields(Json.parseObject(line));
    }

    @Nullable Object get(String path) {
      Object value = values;
      for (String name : path.split("\\.")) {
        value = value instanceof Map<?, ?> map ? map.get(name) : null;
      }
      return value;
    }

    @Nullable String textOrNull(String path) {
      Object value = get(path);
      return value == null ? null : value.toString();
    }

    String text(String path) {
      return Objects.requireNonNull(textOrNull(path), path);
    }

    BigDecimal number(String path) {
      return new BigDecimal(text(path));
    }

    LocalDateTime time(String path) {
      return OffsetDateTime.parse(text(path))
          .withOffsetSameInstant(ZoneOffset.UTC)
          .toLocalDateTime();
    }

    List<Fields> records(String path) {
      List<Fields> records = new ArrayList<>();
      for (Object element : (List<?>) Objects.requireNonNull(get(path), path)) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(element))
            .forEach((name, value) -> fields.put(String.valueOf(name), value));
        records.add(new Fields(fields));
      }
      return records;
    }
  }

  static List<@Nullable Object> row(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>();
    for (Object value : values) {
      row.add(
          value instanceof Integer number
              ? (Object) number.longValue()
              : value instanceof LocalDate day ? day.toString() : value);
    }
    return row;
  }

  /** Groups in the order of the keys. */
  static <T, K extends Comparable<? super K>> TreeMap<K, List<T>> by(
      Collection<T> all, Function<? super T, ? extends K> key) {
    TreeMap<K, List<T>> groups = new TreeMap<>();
    for (T each : all) {
      groups.computeIfAbsent(key.apply(each), k -> new ArrayList<>()).add(each);
    }
    return groups;
  }

  static <T> List<T> where(Collection<T> all, Predicate<? super T> which) {
    return all.stream().<T>map(each -> each).filter(which).toList();
  }

  static <T> long count(Collection<T> all, Predicate<? super T> which) {
    return all.stream().filter(which).count();
  }

  static <T> long distinct(Collection<T> all, Function<? super T, ?> what) {
    return all.stream().map(what).filter(Objects::nonNull).distinct().count();
  }

  static <T> BigDecimal sum(Collection<T> all, Function<? super T, BigDecimal> what) {
    BigDecimal sum = BigDecimal.ZERO;
    for (T each : all) {
      sum = sum.add(what.apply(each));
    }
    return sum;
  }

  static @Nullable Double ratio(Number a, Number b) {
    return b.doubleValue() == 0 ? null : a.doubleValue() / b.doubleValue();
  }

  static double average(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  /** The sample's standard deviation; NaN for a single value. */
  static double deviation(Collection<Double> values) {
    double average = average(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - average) * (value - average);
    }
    return values.size() < 2 ? Double.NaN : Math.sqrt(squares / (values.size() - 1));
  }

  static List<List<@Nullable Object>> first(int most, List<List<@Nullable Object>> rows) {
    return rows.subList(0, Math.min(most, rows.size()));
  }

  /** Sorts by columns: {@code -2} is the third column from high to low, {@code 1} the first. */
  static List<List<@Nullable Object>> sorted(List<List<@Nullable Object>> rows, int... columns) {
    List<List<@Nullable Object>> sorted = new ArrayList<>(rows);
    sorted.sort((a, b) -> {
      for (int column : columns) {
        int order = compare(a.get(Math.abs(column) - 1), b.get(Math.abs(column) - 1));
        if (order != 0) {
          return column < 0 ? -order : order;
        }
      }
      return 0;
    });
    return sorted;
  }

  private static int compare(@Nullable Object a, @Nullable Object b) {
    if (a instanceof String && b instanceof String) {
      return ((String) a).compareTo((String) b);
    }
    Comparator<BigDecimal> order = Comparator.naturalOrder();
    return order.compare(new BigDecimal(Objects.toString(a)), new BigDecimal(Objects.toString(b)));
  }
}
