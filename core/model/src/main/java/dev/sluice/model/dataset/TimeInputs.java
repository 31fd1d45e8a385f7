package dev.sluice.model.dataset;

import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.ScalarType.Kind;
import dev.sluice.model.schema.TimeInput;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The properties {@code format}, {@code zone} and {@code epoch} of dates and timestamps. */
final class TimeInputs {
  private static final long MICROS_PER_DAY = 86_400_000_000L;
  private static final Pattern MONTH_AS_MINUTE = Pattern.compile("[HhKk][:.]?M|[yu][-/. ]?m");
  private static final Pattern TWO_MONTHS = Pattern.compile("[ML][^ML]+[ML]");

  /** Distinguishes week years from years, days of the year from days, minutes from months. */
  private static final LocalDateTime SAMPLE = LocalDateTime.of(2023, 12, 31, 23, 58, 59);

  private TimeInputs() {}

  /** Reads the properties; each problem is told as reason and way out. */
  static Optional<TimeInput> read(
      Map<String, @Nullable Object> map, Kind kind, BiConsumer<String, String> problem) {
    for (String property : List.of("format", "zone", "epoch")) {
      if (map.containsKey(property) && !(map.get(property) instanceof String)) {
        problem.accept("\"" + property + "\" is not a string", "write it in quotes");
        return Optional.empty();
      }
    }
    String format = (String) map.get("format");
    String zoneText = (String) map.get("zone");
    String epoch = (String) map.get("epoch");
    if (epoch != null) {
      return epoch(epoch, format, zoneText, problem);
    }
    if (zoneText != null && kind == Kind.DATE) {
      problem.accept("a zone on a date", "a calendar date has no zone: remove \"zone\"");
      return Optional.empty();
    }
    ZoneId zone = ZoneOffset.UTC;
    if (zoneText != null) {
      try {
        zone = ZoneId.of(zoneText);
      } catch (DateTimeException e) {
        problem.accept(
            "unknown zone '" + zoneText + "'",
            Similar.nearest(zoneText, ZoneId.getAvailableZoneIds().stream().sorted().toList())
                .map(near -> "did you mean '" + near + "'?")
                .orElse("write a region such as Europe/Berlin, or an offset such as +01:00"));
        return Optional.empty();
      }
    }
    if (format == null) {
      return Optional.of(new TimeInput.Iso(zone));
    }
    Optional<String> fault = fault(format, kind, zone);
    if (fault.isPresent()) {
      problem.accept("the format '" + format + "' cannot be read back", fault.get());
      return Optional.empty();
    }
    return Optional.of(new TimeInput.Pattern(format, zone));
  }

  private static Optional<TimeInput> epoch(
      String epoch,
      @Nullable String format,
      @Nullable String zone,
      BiConsumer<String, String> problem) {
    if (format != null || zone != null) {
      problem.accept(
          "\"epoch\" together with \"" + (format != null ? "format" : "zone") + "\"",
          "a count since 1970 is in UTC and has no format: keep one of them");
      return Optional.empty();
    }
    for (TimeInput.Unit unit : TimeInput.Unit.values()) {
      if (unit.name().toLowerCase(Locale.ROOT).equals(epoch)) {
        return Optional.of(new TimeInput.Epoch(unit));
      }
    }
    problem.accept("unknown epoch '" + epoch + "'", "write seconds, millis or micros");
    return Optional.empty();
  }

  /** What is wrong with a pattern, as advice. */
  private static Optional<String> fault(String pattern, Kind kind, ZoneId zone) {
    DateTimeFormatter formatter;
    try {
      formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    } catch (IllegalArgumentException e) {
      return Optional.of("correct it (" + e.getMessage() + ")");
    }
    String letters = pattern.replaceAll("'[^']*'", "");
    if (TWO_MONTHS.matcher(letters).find() || MONTH_AS_MINUTE.matcher(letters).find()) {
      return Optional.of("MM is the month, mm the minute");
    }
    TemporalAccessor read;
    try {
      read = formatter.parse(formatter.format(SAMPLE.atZone(zone)));
    } catch (DateTimeException e) {
      return Optional.of(
          "yyyy is the year, MM the month, dd the day, HH the hour, mm the minute, ss the second"
              + ", each once");
    }
    LocalDate date = read.query(TemporalQueries.localDate());
    if (date == null || date.getDayOfYear() != SAMPLE.getDayOfYear()) {
      return Optional.of("it must give year (yyyy), month (MM) and day (dd)");
    }
    LocalTime time = read.query(TemporalQueries.localTime());
    if (kind == Kind.TIMESTAMP && time == null) {
      return Optional.of(
          "it must give the time of day: HH for 0 to 23, or hh with a for AM and PM; a day alone is"
              + " a date: {\"type\": \"int\", \"logicalType\": \"date\"}");
    }
    return Optional.empty();
  }

  /**
   * Avro's number for a date or timestamp, written as the data would have it; empty when that is
   * not possible.
   */
  static Optional<Object> written(long number, ScalarType type, TimeInput.@Nullable Unit unit) {
    try {
      long micros =
          unit == null
              ? Math.multiplyExact(number, MICROS_PER_DAY)
              : Math.multiplyExact(number, unit.micros());
      Instant instant = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
      LocalDate date = instant.atZone(ZoneOffset.UTC).toLocalDate();
      if (date.getYear() < 1 || date.getYear() > 9999) {
        return Optional.empty();
      }
      TimeInput input = type.input().orElse(new TimeInput.Iso(ZoneOffset.UTC));
      if (input instanceof TimeInput.Epoch epoch) {
        long per = epoch.unit().micros();
        return micros % per == 0 ? Optional.of(micros / per) : Optional.empty();
      }
      if (input instanceof TimeInput.Pattern pattern) {
        DateTimeFormatter formatter =
            DateTimeFormatter.ofPattern(pattern.pattern(), Locale.ENGLISH);
        String text = formatter.format(instant.atZone(pattern.zone()));
        TemporalAccessor read = formatter.parse(text);
        LocalDate day = LocalDate.from(read);
        if (type.kind() == Kind.DATE) {
          return day.equals(date) ? Optional.of(text) : Optional.empty();
        }
        boolean same =
            day.atTime(LocalTime.from(read)).atZone(pattern.zone()).toInstant().equals(instant);
        return same ? Optional.of(text) : Optional.empty();
      }
      return Optional.of(type.kind() == Kind.DATE ? date.toString() : instant.toString());
    } catch (ArithmeticException | DateTimeException e) {
      return Optional.empty();
    }
  }
}
