package dev.sluice.model.limit;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one input may ask for: the value of every {@link Limit}.
 *
 * @param set the limits that are not as by default
 */
public record Limits(Map<Limit, Long> set) {

  /**
   * @throws IllegalArgumentException when a value is beyond what its limit can be set to
   */
  public Limits {
    set = Map.copyOf(set);
    set.forEach((limit, value) -> {
      if (value < limit.least() || value > limit.most()) {
        throw new IllegalArgumentException(
            limit.setting()
                + " is not between "
                + limit.least()
                + " and "
                + limit.most()
                + ": "
                + value);
      }
    });
  }

  /** The documented defaults. */
  public static Limits defaults() {
    return new Limits(Map.of());
  }

  /** The same with one limit set. */
  public Limits with(Limit limit, long value) {
    Map<Limit, Long> changed = new EnumMap<>(Limit.class);
    changed.putAll(set);
    changed.put(limit, value);
    return new Limits(changed);
  }

  /** The value of a limit. */
  public long get(Limit limit) {
    return set.getOrDefault(limit, limit.byDefault());
  }

  /**
   * Refuses a source of which too many records were read.
   *
   * @throws SluiceException {@code TOO_MANY_RECORDS}
   */
  public void checkRecords(String source, long read) {
    if (read > get(Limit.RECORDS)) {
      throw new SluiceException(
          ErrorCode.TOO_MANY_RECORDS,
          "Cannot read "
              + source
              + ": it holds more records than the limit "
              + Limit.RECORDS.setting()
              + " allows: "
              + get(Limit.RECORDS)
              + ": split it, or raise the limit");
    }
  }

  /** The value of a limit that fits. */
  public int asInt(Limit limit) {
    return Math.toIntExact(get(limit));
  }

  /** What is set as {@link #parse} reads it, in the order of the table; empty by default. */
  public String text() {
    return Arrays.stream(Limit.values())
        .filter(set::containsKey)
        .map(limit -> limit.setting() + "=" + get(limit))
        .collect(Collectors.joining(","));
  }

  /**
   * Reads settings, {@code record-bytes=1MiB,depth=32}. Numbers may end in {@code KiB}, {@code MiB}
   * or {@code GiB}.
   *
   * @throws IllegalArgumentException naming everything that is wrong
   */
  public static Limits parse(String settings) {
    Map<String, String> byName = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    for (String setting : settings.split(",")) {
      int equals = setting.indexOf('=');
      if (equals < 0) {
        if (!setting.isBlank()) {
          problems.add("no name=number: " + setting.strip());
        }
      } else if (byName.put(
              setting.substring(0, equals).strip(), setting.substring(equals + 1).strip())
          != null) {
        problems.add("twice: " + setting.substring(0, equals).strip());
      }
    }
    return of(byName, problems);
  }

  /**
   * The same of settings that are apart already.
   *
   * @throws IllegalArgumentException naming everything that is wrong
   */
  public static Limits of(Map<String, String> settings) {
    return of(settings, new ArrayList<>());
  }

  private static Limits of(Map<String, String> settings, List<String> problems) {
    Limits limits = defaults();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      Limit limit = Limit.named(setting.getKey()).orElse(null);
      if (limit == null) {
        problems.add(
            "unknown: "
                + setting.getKey()
                + " (known are "
                + Arrays.stream(Limit.values())
                    .map(Limit::setting)
                    .collect(Collectors.joining(", "))
                + ")");
        continue;
      }
      try {
        limits = limits.with(limit, number(setting.getValue()));
      } catch (NumberFormatException | ArithmeticException e) {
        problems.add(limit.setting() + " is no such number: " + setting.getValue());
      } catch (IllegalArgumentException e) {
        problems.add(e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return limits;
  }

  private static long number(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    String[] units = {"kib", "mib", "gib"};
    for (int i = 0; i < units.length; i++) {
      if (lower.endsWith(units[i])) {
        String digits = lower.substring(0, lower.length() - units[i].length()).strip();
        return Math.multiplyExact(Long.parseLong(digits), 1L << 10 * (i + 1));
      }
    }
    return Long.parseLong(lower);
  }
}
