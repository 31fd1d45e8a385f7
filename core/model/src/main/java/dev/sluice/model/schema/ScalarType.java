package dev.sluice.model.schema;

import java.util.List;
import java.util.Optional;

/**
 * A single value.
 *
 * @param kind what it holds
 * @param precision total digits of a decimal, 1 to 38; otherwise 0
 * @param scale digits after the point of a decimal, 0 to {@code precision}; otherwise 0
 * @param symbols the allowed values of an enum, in declared order; otherwise empty
 * @param input how a date or timestamp is written in JSON when not in ISO 8601
 */
public record ScalarType(
    Kind kind, int precision, int scale, List<String> symbols, Optional<TimeInput> input)
    implements Type {

  /** What a scalar holds, and what it becomes in Parquet. */
  public enum Kind {
    /** JSON true or false; BOOLEAN. */
    BOOLEAN,
    /** A JSON number that is a 32-bit integer; INT32. */
    INT,
    /** A JSON number that is a 64-bit integer; INT64. */
    LONG,
    /** A JSON number; FLOAT. */
    FLOAT,
    /** A JSON number; DOUBLE. */
    DOUBLE,
    /** A JSON string; UTF-8 BYTE_ARRAY. */
    STRING,
    /** A JSON string holding Base64; BYTE_ARRAY without annotation. */
    BYTES,
    /** A JSON string out of a declared set; UTF-8 BYTE_ARRAY. */
    ENUM,
    /**
     * A JSON number, or a string holding one, without loss at the declared scale; INT32 up to 9
     * digits, INT64 up to 18, 16-byte FIXED_LEN_BYTE_ARRAY above.
     */
    DECIMAL,
    /** A calendar date; INT32 days since 1970-01-01. */
    DATE,
    /** An instant; INT64 microseconds since 1970-01-01T00:00:00Z, adjusted to UTC. */
    TIMESTAMP
  }

  public ScalarType {
    symbols = List.copyOf(symbols);
  }

  /** A scalar that needs no more than its kind. */
  public static ScalarType of(Kind kind) {
    return new ScalarType(kind, 0, 0, List.of(), Optional.empty());
  }

  /** A decimal of {@code precision} digits, {@code scale} of them after the point. */
  public static ScalarType decimal(int precision, int scale) {
    return new ScalarType(Kind.DECIMAL, precision, scale, List.of(), Optional.empty());
  }

  /** A string out of {@code symbols}. */
  public static ScalarType enumeration(List<String> symbols) {
    return new ScalarType(Kind.ENUM, 0, 0, symbols, Optional.empty());
  }

  /** A date or timestamp written in JSON as {@code input} says. */
  public static ScalarType temporal(Kind kind, TimeInput input) {
    return new ScalarType(kind, 0, 0, List.of(), Optional.of(input));
  }
}
