package dev.sluice.model.dataset;

import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Partition values as text, and as directories the way Hive writes them. This is the reference:
 * faster paths are held equal to it by tests.
 */
public final class PartitionValues {
  /** The directory of records whose partition value is null or an empty string. */
  public static final String NULL_DIRECTORY = "__HIVE_DEFAULT_PARTITION__";

  /**
   * The longest {@code column=value}, escaped, in bytes of UTF-8: what file systems take as one
   * name. A record with a longer one cannot be placed.
   */
  public static final int MAX_DIRECTORY_BYTES = 255;

  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final int HOURS_PER_DAY = 24;

  private PartitionValues() {}

  /**
   * The partition value of a field's value.
   *
   * @param type of the field
   * @param value {@link Boolean}, {@link Integer} or {@link Long}, {@link String} (also of enums),
   *     {@link BigDecimal} (of decimals), {@link LocalDate} (of dates), {@link Instant} (of
   *     timestamps, to the microsecond), or null
   * @return the text; null for null, for an empty string and for {@link #NULL_DIRECTORY}, which all
   *     share that directory
   * @throws IllegalArgumentException when the transform does not go with the type, or the value is
   *     not of it
   */
  public static @Nullable String render(
      Transform transform, ScalarType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    String text;
    if (transform instanceof Transform.Identity) {
      text = identity(type, value);
    } else if (transform instanceof Transform.Time time) {
      text = time(time, type, value);
    } else if (transform instanceof Transform.Truncate truncate) {
      text = truncate(truncate.width(), type, value);
    } else {
      text = String.valueOf(bucket(((Transform.Bucket) transform).count(), type, value));
    }
    return text.isEmpty() || text.equals(NULL_DIRECTORY) ? null : text;
  }

  private static String identity(ScalarType type, Object value) {
    if (type.kind() == Kind.FLOAT
        || type.kind() == Kind.DOUBLE
        || type.kind() == Kind.BYTES
        || type.kind() == Kind.TIMESTAMP) {
      throw unsuitable("identity", type, value);
    }
    if (type.kind() == Kind.DECIMAL) {
      return decimal(type, value).toPlainString();
    }
    return type.kind() == Kind.DATE ? day(days(type, value)) : value.toString();
  }

  private static BigDecimal decimal(ScalarType type, Object value) {
    if (!(value instanceof BigDecimal number)) {
      throw unsuitable("a decimal", type, value);
    }
    return number.setScale(type.scale());
  }

  private static long days(ScalarType type, Object value) {
    if (!(value instanceof LocalDate date)) {
      throw unsuitable("a date", type, value);
    }
    return date.toEpochDay();
  }

  private static long micros(ScalarType type, Object value) {
    if (!(value instanceof Instant instant)) {
      throw unsuitable("a timestamp", type, value);
    }
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MICROS));
  }

  private static String time(Transform.Time time, ScalarType type, Object value) {
    if (type.kind() == Kind.TIMESTAMP) {
      return ofMicros(time, micros(type, value));
    }
    if (type.kind() == Kind.DATE && time.unit() != Transform.Unit.HOUR) {
      return ofDays(time, days(type, value));
    }
    throw unsuitable(time.unit().name(), type, value);
  }

  /** The value of a time transform for microseconds since 1970-01-01T00:00:00Z. */
  public static String ofMicros(Transform.Time time, long micros) {
    long hours = Math.floorDiv(micros, MICROS_PER_HOUR);
    long days = Math.floorDiv(hours, (long) HOURS_PER_DAY);
    if (time.unit() != Transform.Unit.HOUR) {
      return ofDays(time, days);
    }
    String hour = two((int) Math.floorMod(hours, (long) HOURS_PER_DAY));
    return time.relative() ? hour : day(days) + "-" + hour;
  }

  /** The value of a time transform, other than the hour, for days since 1970-01-01. */
  public static String ofDays(Transform.Time time, long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    return switch (time.unit()) {
      case YEAR -> year(date);
      case MONTH -> (time.relative() ? "" : year(date) + "-") + two(date.getMonthValue());
      case DAY -> time.relative() ? two(date.getDayOfMonth()) : day(days);
      case HOUR -> throw new IllegalArgumentException("A date has no hour");
    };
  }

  private static String day(long days) {
    LocalDate date = LocalDate.ofEpochDay(days);
    return year(date) + "-" + two(date.getMonthValue()) + "-" + two(date.getDayOfMonth());
  }

  private static String year(LocalDate date) {
    int year = date.getYear();
    String digits = String.valueOf(Math.abs((long) year));
    return (year < 0 ? "-" : "") + "0".repeat(Math.max(0, 4 - digits.length())) + digits;
  }

  private static String two(int number) {
    return number < 10 ? "0" + number : String.valueOf(number);
  }

  private static String truncate(int width, ScalarType type, Object value) {
    return switch (type.kind()) {
      case STRING, ENUM -> truncate(width, (String) value);
      case INT, LONG ->
          truncate(width, BigInteger.valueOf(((Number) value).longValue())).toString();
      case DECIMAL -> {
        BigDecimal number = decimal(type, value);
        yield new BigDecimal(truncate(width, number.unscaledValue()), type.scale()).toPlainString();
      }
      default -> throw unsuitable("truncate", type, value);
    };
  }

  /** The first {@code width} code points. */
  public static String truncate(int width, String text) {
    if (text.length() <= width) {
      return text;
    }
    return text.codePointCount(0, text.length()) <= width
        ? text
        : text.substring(0, text.offsetByCodePoints(0, width));
  }

  /** The largest multiple of {@code width} that is not above {@code number}. */
  private static BigInteger truncate(int width, BigInteger number) {
    return number.subtract(number.mod(BigInteger.valueOf(width)));
  }

  private static int bucket(int count, ScalarType type, Object value) {
    int hash =
        switch (type.kind()) {
          case INT, LONG -> hash(((Number) value).longValue());
          case DATE -> hash(days(type, value));
          case TIMESTAMP -> hash(micros(type, value));
          case STRING, ENUM -> hash(((String) value).getBytes(StandardCharsets.UTF_8));
          case DECIMAL -> hash(decimal(type, value).unscaledValue().toByteArray());
          default -> throw unsuitable("bucket", type, value);
        };
    return bucket(count, hash);
  }

  /** The bucket of a hash, as Iceberg assigns it. */
  public static int bucket(int count, int hash) {
    return (hash & Integer.MAX_VALUE) % count;
  }

  /** Iceberg's hash of an integer, of days or of microseconds: of its eight bytes, lowest first. */
  public static int hash(long value) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    return hash(bytes);
  }

  /**
   * Murmur3 (x86, 32 bits, seed 0), Iceberg's hash of strings in UTF-8 and of unscaled decimals.
   */
  public static int hash(byte[] bytes) {
    int hash = 0;
    int blocks = bytes.length / 4 * 4;
    for (int i = 0; i < blocks; i += 4) {
      int block =
          (bytes[i] & 0xff)
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | (bytes[i + 3] & 0xff) << 24;
      hash = Integer.rotateLeft(hash ^ mix(block), 13) * 5 + 0xe6546b64;
    }
    int rest = 0;
    for (int i = bytes.length - 1; i >= blocks; i--) {
      rest = rest << 8 | bytes[i] & 0xff;
    }
    hash ^= mix(rest);
    hash ^= bytes.length;
    hash = (hash ^ hash >>> 16) * 0x85ebca6b;
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return hash ^ hash >>> 16;
  }

  private static int mix(int block) {
    return Integer.rotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
  }

  private static IllegalArgumentException unsuitable(String what, ScalarType type, Object value) {
    return new IllegalArgumentException(
        "Cannot compute a partition value: "
            + what
            + " of "
            + type.kind()
            + " from "
            + value.getClass().getSimpleName());
  }

  /** A value as a directory name has it, escaped as Hive does; never shortened. */
  public static String escape(@Nullable String value) {
    if (value == null || value.isEmpty()) {
      return NULL_DIRECTORY;
    }
    int i = 0;
    while (i < value.length() && !escaped(value.charAt(i))) {
      i++;
    }
    if (i == value.length()) {
      return value;
    }
    StringBuilder out = new StringBuilder(value.length() + 16).append(value, 0, i);
    for (; i < value.length(); i++) {
      char c = value.charAt(i);
      if (escaped(c)) {
        out.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Whether Hive escapes the character: control characters and what paths and globs use. */
  public static boolean escaped(char c) {
    return c < 0x20 || c == 0x7f || (c < 0x7f && "\"#%'*/:=?\\{[]^".indexOf(c) >= 0);
  }

  private static char hex(int nibble) {
    return "0123456789ABCDEF".charAt(nibble);
  }

  /** The value that {@link #escape} made a directory name of; null for {@link #NULL_DIRECTORY}. */
  public static @Nullable String unescape(String name) {
    if (name.equals(NULL_DIRECTORY)) {
      return null;
    }
    StringBuilder out = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '%' && i + 2 < name.length()) {
        int high = Character.digit(name.charAt(i + 1), 16);
        int low = Character.digit(name.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          out.append((char) (high << 4 | low));
          i += 2;
          continue;
        }
      }
      out.append(c);
    }
    return out.toString();
  }

  /** One directory name, {@code column=value} with the value escaped. */
  public static String directory(String column, @Nullable String value) {
    return column + "=" + escape(value);
  }

  /**
   * The directory of a partition below its table, {@code a=x/b=y}; empty for a table without
   * partitions.
   *
   * @param values in layout order, as many as the layout has levels
   */
  public static String directory(PartitionSpec spec, List<? extends @Nullable String> values) {
    if (values.size() != spec.fields().size()) {
      throw new IllegalArgumentException(
          "Cannot name a directory: "
              + values.size()
              + " values for "
              + spec.fields().size()
              + " levels");
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      names.add(directory(spec.fields().get(i).column(), values.get(i)));
    }
    return String.join("/", names);
  }

  /**
   * The partition values by column that a directory names.
   *
   * @throws IllegalArgumentException when a part of it is not {@code column=value}
   */
  public static Map<String, @Nullable String> parse(String directory) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    if (directory.isEmpty()) {
      return values;
    }
    for (String name : directory.split("/", -1)) {
      int equals = name.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "Cannot read a partition directory: no column=value: " + name);
      }
      values.put(name.substring(0, equals), unescape(name.substring(equals + 1)));
    }
    return Collections.unmodifiableMap(values);
  }
}
