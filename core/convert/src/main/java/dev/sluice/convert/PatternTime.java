package dev.sluice.convert;

import dev.sluice.model.Reason;
import dev.sluice.model.schema.TimeInput;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.chrono.IsoChronology;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/** Dates and timestamps in a declared pattern. */
final class PatternTime {
  private final Node node;
  private final DateTimeFormatter formatter;
  private final ZoneId zone;

  PatternTime(Node node, TimeInput.Pattern input) {
    this.node = node;
    this.zone = input.zone();
    this.formatter =
        new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern(input.pattern())
            // People write yyyy, which is the year of an era that they do not write.
            .parseDefaulting(ChronoField.ERA, 1)
            .toFormatter(Locale.ENGLISH)
            .withChronology(IsoChronology.INSTANCE)
            .withResolverStyle(ResolverStyle.STRICT);
  }

  long micros(String text, BadRecord bad, int at) {
    try {
      TemporalAccessor parsed =
          formatter.parseBest(text, ZonedDateTime::from, LocalDateTime::from, LocalDate::from);
      Instant instant;
      if (parsed instanceof ZonedDateTime zoned) {
        instant = zoned.toInstant();
      } else if (parsed instanceof LocalDateTime local) {
        instant = local.atZone(zone).toInstant();
      } else {
        instant = ((LocalDate) parsed).atTime(LocalTime.MIDNIGHT).atZone(zone).toInstant();
      }
      return Time.micros(instant);
    } catch (DateTimeException e) {
      throw refused(bad, at);
    }
  }

  long day(String text, BadRecord bad, int at) {
    try {
      return LocalDate.from(formatter.parse(text)).toEpochDay();
    } catch (DateTimeException e) {
      throw refused(bad, at);
    }
  }

  private BadRecord refused(BadRecord bad, int at) {
    return bad.fill(
        Reason.TYPE_MISMATCH, node, at, node.expected(), "a string that does not match");
  }
}
