package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.dataset.Transform;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives every record the number of its value in one partition column. A value is written out as
 * text once, when it first appears; number 0 is null.
 */
final class PartitionColumn {
  private static final long HOUR = 3_600_000_000L;
  private static final int RECENT = 256;

  /** Instead of a number: the value is too long for a directory's name. */
  static final int TOO_LONG = -1;

  /** Instead of a number: the value is new, and there may be no new ones. */
  private static final int UNKNOWN = -2;

  private final String column;
  private final Transform transform;
  private final Node source;
  private final List<@Nullable String> texts = new ArrayList<>();
  private final Map<String, Integer> byText = new HashMap<>();
  private final LongIntMap byKey = new LongIntMap();
  private int[] numberOfKey = new int[16];
  private int[] numberOfCode = new int[16];
  private boolean closed;

  /** Keys met lately, each at its lowest bits, and their numbers. */
  private final long[] recentKeys = new long[RECENT];

  private final int[] recentNumbers = new int[RECENT];

  PartitionColumn(PartitionField field, Node source) {
    this.column = field.column();
    this.transform = field.transform();
    this.source = source;
    texts.add(null);
    // Nothing is known yet: each place holds a key that belongs elsewhere.
    Arrays.setAll(recentKeys, i -> i + 1);
  }

  /** The value with a number, unescaped; null for the null partition. */
  @Nullable String text(int number) {
    return texts.get(number);
  }

  /** Keeps no new values from here on; they are negative, but not {@link #TOO_LONG}. */
  void close() {
    closed = true;
  }

  /** Why a record with {@link #TOO_LONG} is refused. */
  Fault tooLong() {
    return new Fault(
        Reason.OUT_OF_RANGE,
        source.path,
        "",
        "a partition value of at most "
            + PartitionValues.MAX_DIRECTORY_BYTES
            + " bytes as "
            + column
            + "=value",
        "a longer one",
        0);
  }

  /** Writes the numbers of all records of a batch. */
  void number(Batch batch, @Nullable Interner interner, int[] numbers) {
    Batch.Column column = batch.columns[source.leaf];
    if (transform instanceof Transform.Time time && source.kind == Node.TIMESTAMP) {
      numberTimes(column, time.unit(), batch.rows, numbers);
      return;
    }
    boolean text = source.kind == Node.STRING || source.kind == Node.ENUM;
    for (int row = 0; row < batch.rows; row++) {
      numbers[row] =
          column.isNull(row)
              ? 0
              : text
                  ? ofText(batch, interner, column.values[row])
                  : ofNumber(batch, column.values[row]);
    }
  }

  // ---- text

  private int ofText(Batch batch, @Nullable Interner interner, long value) {
    if (Batch.isReference(value) || interner == null) {
      return ofBytes(batch.bytes(value), Batch.offset(value), Batch.length(value));
    }
    int code = (int) value;
    if (code >= numberOfCode.length) {
      numberOfCode = Arrays.copyOf(numberOfCode, Math.max(code + 1, numberOfCode.length * 2));
    }
    int known = numberOfCode[code];
    if (known == 0) {
      known = ofBytes(interner.bytes, interner.offset(code), interner.length(code)) + 1;
      numberOfCode[code] = known;
    }
    return known - 1;
  }

  private int ofBytes(byte[] bytes, int from, int length) {
    if (transform instanceof Transform.Bucket bucket) {
      int hash = PartitionValues.hash(Arrays.copyOfRange(bytes, from, from + length));
      return ofKey(PartitionValues.bucket(bucket.count(), hash));
    }
    String text = new String(bytes, from, length, StandardCharsets.UTF_8);
    return ofWritten(
        transform instanceof Transform.Truncate truncate
            ? PartitionValues.truncate(truncate.width(), text)
            : text);
  }

  // ---- numbers and time

  private int ofNumber(Batch batch, long value) {
    if (source.isBytes()) {
      return ofWideDecimal(batch, value);
    }
    if (transform instanceof Transform.Truncate truncate) {
      return ofKey(value - Math.floorMod(value, (long) truncate.width()));
    }
    if (transform instanceof Transform.Bucket bucket) {
      int hash =
          source.kind == Node.DECIMAL
              ? PartitionValues.hash(BigInteger.valueOf(value).toByteArray())
              : PartitionValues.hash(value);
      return ofKey(PartitionValues.bucket(bucket.count(), hash));
    }
    return ofKey(value);
  }

  private void numberTimes(Batch.Column column, Transform.Unit unit, int rows, int[] numbers) {
    boolean hours = unit == Transform.Unit.HOUR;
    for (int row = 0; row < rows; row++) {
      long micros = column.values[row];
      // Divided by constants, because dividing by what is only known later costs several times
      // more.
      numbers[row] =
          column.isNull(row)
              ? 0
              : ofKey(hours ? Math.floorDiv(micros, HOUR) : Math.floorDiv(micros, 24 * HOUR));
    }
  }

  private int ofWideDecimal(Batch batch, long reference) {
    int offset = Batch.offset(reference);
    BigInteger unscaled =
        new BigInteger(
            Arrays.copyOfRange(batch.bytes(reference), offset, offset + Batch.length(reference)));
    if (transform instanceof Transform.Bucket bucket) {
      int hash = PartitionValues.hash(unscaled.toByteArray());
      return ofKey(PartitionValues.bucket(bucket.count(), hash));
    }
    BigInteger kept = unscaled;
    if (transform instanceof Transform.Truncate truncate) {
      kept = unscaled.subtract(unscaled.mod(BigInteger.valueOf(truncate.width())));
    }
    return ofWritten(new BigDecimal(kept, source.scale).toPlainString());
  }

  private int ofKey(long key) {
    int recent = (int) key & RECENT - 1;
    if (recentKeys[recent] == key) {
      return recentNumbers[recent];
    }
    int slot = closed ? byKey.find(key) : byKey.number(key);
    if (slot < 0 && closed) {
      // Other keys may be written the same.
      return ofWritten(written(key));
    }
    if (slot < 0) {
      slot = -1 - slot;
      if (slot >= numberOfKey.length) {
        numberOfKey = Arrays.copyOf(numberOfKey, slot * 2);
      }
      numberOfKey[slot] = ofWritten(written(key));
    }
    recentKeys[recent] = key;
    recentNumbers[recent] = numberOfKey[slot];
    return recentNumbers[recent];
  }

  private int ofWritten(String text) {
    // Hive knows no empty partition value: it and null share one directory, and so does text that
    // happens to be that directory's name.
    if (text.isEmpty() || text.equals(PartitionValues.NULL_DIRECTORY)) {
      return 0;
    }
    Integer known = byText.get(text);
    if (known == null) {
      String directory = PartitionValues.directory(column, text);
      if (directory.getBytes(StandardCharsets.UTF_8).length > PartitionValues.MAX_DIRECTORY_BYTES) {
        return TOO_LONG;
      }
      if (closed) {
        return UNKNOWN;
      }
      known = texts.size();
      texts.add(text);
      byText.put(text, known);
    }
    return known;
  }

  private String written(long key) {
    if (transform instanceof Transform.Time time) {
      return source.kind == Node.DATE
          ? PartitionValues.ofDays(time, key)
          : PartitionValues.ofMicros(
              time, key * (time.unit() == Transform.Unit.HOUR ? HOUR : 24 * HOUR));
    }
    if (transform instanceof Transform.Bucket) {
      return Long.toString(key);
    }
    return switch (source.kind) {
      case Node.BOOLEAN -> key == 1 ? "true" : "false";
      case Node.DATE -> LocalDate.ofEpochDay(key).toString();
      case Node.DECIMAL -> new BigDecimal(BigInteger.valueOf(key), source.scale).toPlainString();
      default -> Long.toString(key);
    };
  }
}
