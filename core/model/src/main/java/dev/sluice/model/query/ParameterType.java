package dev.sluice.model.query;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a parameter's values are, and how they are written in SQL. */
public enum ParameterType {
  /** Any text, a {@code varchar}. */
  STRING("any text"),
  /** A day as a {@code varchar}, as partitions of {@code day} have it: {@code '2024-03-01'}. */
  DAY("a day such as 2024-03-01"),
  /** A day as a {@code date}. */
  DATE("a day such as 2024-03-01"),
  /** A moment in UTC as a {@code timestamp(6)}. */
  TIMESTAMP("a time such as 2024-03-01T12:00:00Z"),
  /** A {@code bigint}. */
  INTEGER("a whole number"),
  /** A {@code decimal} of up to 38 digits. */
  DECIMAL("a number such as 12.50"),
  /** {@code true} or {@code false}. */
  BOOLEAN("true or false");

  private static final Pattern INTEGERS = Pattern.compile("-?[0-9]{1,19}");
  private static final Pattern DECIMALS = Pattern.compile("-?[0-9]{1,38}(\\.[0-9]{1,38})?");
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS");
  private static final int DIGITS = 38;

  private final String accepts;

  ParameterType(String accepts) {
    this.accepts = accepts;
  }

  /** What it accepts, for people: {@code a whole number}. */
  public String accepts() {
    return accepts;
  }

  /**
   * A value as an SQL literal of this type, whatever the text holds.
   *
   * @return empty when the text is no value of this type
   */
  public Optional<String> literal(String text) {
    try {
      return switch (this) {
        case STRING -> quoted(text);
        case DAY -> quoted(day(text).toString());
        case DATE -> quoted(day(text).toString()).map(day -> "DATE " + day);
        case TIMESTAMP -> quoted(MOMENT.format(moment(text))).map(time -> "TIMESTAMP " + time);
        case INTEGER ->
            INTEGERS.matcher(text).matches()
                ? Optional.of(integer(Long.parseLong(text)))
                : Optional.empty();
        case DECIMAL -> decimal(text);
        case BOOLEAN ->
            text.equals("true") || text.equals("false") ? Optional.of(text) : Optional.empty();
      };
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> quoted(String text) {
    // What is no text in Unicode could not be sent to Athena either.
    return text.codePoints().anyMatch(c -> c == 0 || c >= 0xd800 && c <= 0xdfff)
        ? Optional.empty()
        : Optional.of("'" + text.replace("'", "''") + "'");
  }

  // A bare literal of few digits would be an integer, which no bigint function takes; the least
  // bigint cannot be written as a negated literal at all.
  private static String integer(long value) {
    return "BIGINT '" + value + "'";
  }

  private static Optional<String> decimal(String text) {
    if (!DECIMALS.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal value = new BigDecimal(text);
    return Math.max(value.precision(), value.scale()) > DIGITS
        ? Optional.empty()
        : Optional.of("DECIMAL '" + value.toPlainString() + "'");
  }

  private static LocalDate day(String text) {
    LocalDate day = LocalDate.parse(text);
    if (day.getYear() < 1 || day.getYear() > 9999) {
      throw new DateTimeException("no year of four digits");
    }
    return day;
  }

  private static LocalDateTime moment(String text) {
    LocalDateTime moment =
        text.length() == 10
            ? day(text).atStartOfDay()
            : OffsetDateTime.parse(text.replace(' ', 'T'))
                .withOffsetSameInstant(ZoneOffset.UTC)
                .toLocalDateTime();
    day(moment.toLocalDate().toString());
    return moment.truncatedTo(ChronoUnit.MICROS);
  }
}
