package dev.sluice.model.schema;

import java.time.ZoneId;

/**
 * How a date or timestamp is written in the JSON when it is not ISO 8601.
 *
 * <p>Without any declaration, ISO 8601 strings are read; a timestamp without an offset is UTC.
 */
public sealed interface TimeInput {

  /** A JSON number counting {@code unit}s since 1970-01-01T00:00:00Z; fractions are kept. */
  record Epoch(Unit unit) implements TimeInput {}

  /**
   * A JSON string in the pattern language of {@link java.time.format.DateTimeFormatter}, English
   * names.
   *
   * @param pattern for example {@code M/d/yyyy H:mm}
   * @param zone of values that carry no offset
   */
  record Pattern(String pattern, ZoneId zone) implements TimeInput {}

  /** ISO 8601 strings, those without an offset read in {@code zone}. */
  record Iso(ZoneId zone) implements TimeInput {}

  /** The unit of an epoch number. */
  enum Unit {
    SECONDS(1_000_000),
    MILLIS(1_000),
    MICROS(1);

    private final long micros;

    Unit(long micros) {
      this.micros = micros;
    }

    /** Microseconds in one unit. */
    public long micros() {
      return micros;
    }
  }
}
