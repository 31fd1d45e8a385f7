package dev.sluice.model.limit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What one input may ask for. Each limit has a name that settings use, a default and a code of its
 * own: a {@link dev.sluice.model.Reason} for one record, which is quarantined, or an {@link
 * dev.sluice.model.ErrorCode} for the source, which is refused as a whole.
 */
public enum Limit {
  /** The longest record in bytes; longer ones are RECORD_TOO_LARGE. */
  RECORD_BYTES(16 << 20, 1, 1 << 28, "RECORD_TOO_LARGE", "bytes of one record"),
  /** The deepest nesting of objects and arrays; deeper ones are TOO_DEEP. */
  DEPTH(64, 1, 1000, "TOO_DEEP", "objects and arrays inside one another"),
  /** The longest number in characters; longer ones are NUMBER_TOO_LONG. */
  NUMBER_LENGTH(400, 32, 100_000, "NUMBER_TOO_LONG", "characters of one number"),
  /** The longest string or key in bytes as written; longer ones are STRING_TOO_LONG. */
  STRING_BYTES(4 << 20, 1, 1 << 28, "STRING_TOO_LONG", "bytes of one string or key, as written"),
  /** The most keys in one object; larger ones are TOO_MANY_FIELDS. */
  OBJECT_FIELDS(100_000, 1, 1 << 24, "TOO_MANY_FIELDS", "keys of one object"),
  /**
   * The most values that the arrays and maps of one record may put into columns, fields that an
   * element does not have included; larger records are TOO_MANY_VALUES.
   */
  RECORD_VALUES(
      2_000_000, 1, 1 << 26, "TOO_MANY_VALUES", "column values of one record's arrays and maps"),
  /**
   * How many characters matching one value against a rule's pattern may look at, besides ten for
   * each character of the value; what takes more is PATTERN_TOO_COSTLY.
   */
  PATTERN_STEPS(
      100_000,
      1,
      Integer.MAX_VALUE,
      "PATTERN_TOO_COSTLY",
      "steps to match a value against a rule's pattern, and ten more a character"),
  /** The most partitions of one source; records of further ones are TOO_MANY_PARTITIONS. */
  OPEN_PARTITIONS(10_000, 1, 1 << 20, "TOO_MANY_PARTITIONS", "partitions of one source"),
  /** The most records in one source; more are TOO_MANY_RECORDS. */
  RECORDS(500_000_000L, 1, Long.MAX_VALUE, "TOO_MANY_RECORDS", "records of one source"),
  /** The most bytes in one source after decompression; more are DECODED_TOO_LARGE. */
  DECODED_BYTES(
      64L << 30, 1, Long.MAX_VALUE, "DECODED_TOO_LARGE", "bytes of one source, decompressed"),
  /**
   * How many times larger than its stored bytes a source may be after decompression, looked at from
   * 64 MiB decompressed on; larger ones are RATIO_TOO_HIGH.
   */
  DECODED_RATIO(
      200,
      1,
      Integer.MAX_VALUE,
      "RATIO_TOO_HIGH",
      "times its stored size that a source may be decompressed; looked at beyond 64 MiB"),
  /** The most memory that decoding zstd may take for its window; more are WINDOW_TOO_LARGE. */
  ZSTD_WINDOW_BYTES(
      32 << 20, 1 << 10, 1 << 30, "WINDOW_TOO_LARGE", "bytes of memory for the window of zstd"),
  /** How much of a bad record's text quarantine keeps; the rest is cut off. */
  RAW_BYTES(64 << 10, 0, 16 << 20, "", "bytes of a bad record's text that quarantine keeps");

  private final long byDefault;
  private final long least;
  private final long most;
  private final String code;
  private final String meaning;

  Limit(long byDefault, long least, long most, String code, String meaning) {
    this.byDefault = byDefault;
    this.least = least;
    this.most = most;
    this.code = code;
    this.meaning = meaning;
  }

  /** The name in settings, {@code record-bytes}. */
  public String setting() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What holds unless it is set. */
  public long byDefault() {
    return byDefault;
  }

  /** The smallest value it can be set to. */
  public long least() {
    return least;
  }

  /** The largest value it can be set to. */
  public long most() {
    return most;
  }

  /** What is reported when it is exceeded; empty for {@link #RAW_BYTES}, which only cuts. */
  public String code() {
    return code;
  }

  /** What it counts, in a few words. */
  public String meaning() {
    return meaning;
  }

  static Optional<Limit> named(String setting) {
    return Arrays.stream(values()).filter(limit -> limit.setting().equals(setting)).findAny();
  }
}
