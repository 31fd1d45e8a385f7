package dev.sluice.model.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code rate(value unit)}. AWS counts from the moment when the schedule was made, which nobody
 * knows beforehand; slots therefore are the multiples of the rate since 1970 in UTC, and a firing
 * belongs to the slot that it falls into. There is exactly one firing in each.
 *
 * @param expression as it is declared
 * @param zone as it is declared; a rate is the same in all of them
 * @param every the time between two slots
 */
public record Rate(String expression, ZoneId zone, Duration every) implements Schedule {
  private static final Pattern RATE =
      Pattern.compile("rate\\(([0-9]{1,9}) (minute|minutes|hour|hours|day|days)\\)");
  private static final Instant END = Instant.parse("2200-01-01T00:00:00Z");
  private static final Duration LONGEST = Duration.ofDays(365);

  static Optional<Schedule> parse(
      String expression, ZoneId zone, BiConsumer<String, String> problem) {
    Matcher matcher = RATE.matcher(expression);
    if (!matcher.matches()) {
      problem.accept(
          "it is no rate", "write a number and minutes, hours or days, as in rate(5 minutes)");
      return Optional.empty();
    }
    int value = Integer.parseInt(matcher.group(1));
    String unit = matcher.group(2);
    if (value == 0) {
      problem.accept("the rate is zero", "write 1 or more");
      return Optional.empty();
    }
    if ((value == 1) == unit.endsWith("s")) {
      String stem = unit.endsWith("s") ? unit.substring(0, unit.length() - 1) : unit;
      problem.accept(
          "the unit does not go with the number",
          "write rate(" + value + " " + stem + (value == 1 ? "" : "s") + ")");
      return Optional.empty();
    }
    Duration every =
        switch (unit.charAt(0)) {
          case 'm' -> Duration.ofMinutes(value);
          case 'h' -> Duration.ofHours(value);
          default -> Duration.ofDays(value);
        };
    if (every.compareTo(LONGEST) > 0) {
      problem.accept("it is more than 365 days", "use cron(…)");
      return Optional.empty();
    }
    return Optional.of(new Rate(expression, zone, every));
  }

  @Override
  public Optional<Instant> next(Instant after) {
    Instant next = slot(after).plus(every);
    return next.isBefore(END) ? Optional.of(next) : Optional.empty();
  }

  @Override
  public Optional<Instant> previous(Instant before) {
    Instant slot = slot(before.minusNanos(1));
    return slot.isBefore(Instant.EPOCH) ? Optional.empty() : Optional.of(slot);
  }

  @Override
  public Instant slot(Instant scheduled) {
    long seconds = every.toSeconds();
    return Instant.ofEpochSecond(Math.floorDiv(scheduled.getEpochSecond(), seconds) * seconds);
  }

  @Override
  public Duration lag() {
    return every;
  }
}
