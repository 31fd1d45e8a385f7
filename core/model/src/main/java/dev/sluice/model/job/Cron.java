package dev.sluice.model.job;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneRules;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code cron(minutes hours day-of-month month day-of-week year)} as EventBridge Scheduler has it.
 * A time that the clock skips in spring has no slot; one that comes twice in autumn has one, the
 * first time.
 */
public final class Cron implements Schedule {
  private static final int FIRST_YEAR = 1970;
  private static final int LAST_YEAR = 2199;
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final List<String> NAMES =
      List.of("minutes", "hours", "day-of-month", "month", "day-of-week", "year");
  private static final Pattern ELEMENT =
      Pattern.compile("(?<from>\\*|[0-9A-Z]+)(-(?<to>[0-9A-Z]+))?(/(?<step>[0-9]+))?");
  private static final Pattern WEEKDAY = Pattern.compile("([0-9]{1,2})W");
  private static final Pattern LAST = Pattern.compile("([0-9A-Z]+)L");
  private static final Pattern NTH = Pattern.compile("([0-9A-Z]+)#([0-9]+)");

  private final String expression;
  private final ZoneId zone;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet months;
  private final BitSet years;
  private final Days days;

  private Cron(
      String expression,
      ZoneId zone,
      BitSet minutes,
      BitSet hours,
      BitSet months,
      BitSet years,
      Days days) {
    this.expression = expression;
    this.zone = zone;
    this.minutes = minutes;
    this.hours = hours;
    this.months = months;
    this.years = years;
    this.days = days;
  }

  /** Which days of a month. */
  private interface Days {
    boolean match(LocalDate day);
  }

  static Optional<Schedule> parse(
      String expression, ZoneId zone, BiConsumer<String, String> problem) {
    return new Parser(problem).parse(expression, zone);
  }

  /** Reads the fields. */
  private static final class Parser {
    private final BiConsumer<String, String> problem;
    private boolean failed;

    Parser(BiConsumer<String, String> problem) {
      this.problem = problem;
    }

    Optional<Schedule> parse(String expression, ZoneId zone) {
      String[] fields =
          expression.substring("cron(".length(), expression.length() - 1).strip().split("\\s+");
      if (fields.length != NAMES.size()) {
        tell(
            "it has " + fields.length + " fields, not 6",
            "write cron(" + String.join(" ", NAMES) + ")");
        return Optional.empty();
      }
      BitSet minutes = set(0, fields[0], 0, 59, List.of());
      BitSet hours = set(1, fields[1], 0, 23, List.of());
      BitSet months = set(3, fields[3], 1, 12, MONTHS);
      BitSet years = set(5, fields[5], FIRST_YEAR, LAST_YEAR, List.of());
      boolean anyDay = fields[2].equals("?");
      boolean anyWeekday = fields[4].equals("?");
      if (anyDay == anyWeekday) {
        tell(
            anyDay ? "both fields of days are ?" : "both fields of days are set",
            "write ? for exactly one of day-of-month and day-of-week");
      }
      Days days = anyDay ? weekdays(fields[4]) : daysOfMonth(fields[2]);
      if (failed) {
        return Optional.empty();
      }
      Cron cron = new Cron(expression, zone, minutes, hours, months, years, days);
      if (cron.next(Instant.EPOCH.minusSeconds(1)).isEmpty()) {
        tell("there is no such time from 1970 to 2199", "correct day, month or year");
        return Optional.empty();
      }
      return Optional.of(cron);
    }

    private void tell(String reason, String wayOut) {
      failed = true;
      problem.accept(reason, wayOut);
    }

    private void tell(int field, String text, String reason, String wayOut) {
      tell(NAMES.get(field) + " '" + text + "' " + reason, wayOut);
    }

    private Days daysOfMonth(String text) {
      if (text.equals("L")) {
        return day -> day.getDayOfMonth() == day.lengthOfMonth();
      }
      Matcher weekday = WEEKDAY.matcher(text);
      if (weekday.matches()) {
        int wanted = Integer.parseInt(weekday.group(1));
        if (wanted < 1 || wanted > 31) {
          tell(2, text, "is no day of a month", "write 1W to 31W");
        }
        return day -> wanted <= day.lengthOfMonth() && day.equals(nearestWeekday(day, wanted));
      }
      if (text.indexOf('L') >= 0 || text.indexOf('W') >= 0) {
        tell(
            2,
            text,
            "is not supported: L and W stand alone",
            "write L for the last day, or 15W for the weekday next to the 15th");
        return day -> false;
      }
      BitSet set = set(2, text, 1, 31, List.of());
      return day -> set.get(day.getDayOfMonth());
    }

    private Days weekdays(String text) {
      if (text.equals("L")) {
        return day -> day.getDayOfWeek() == DayOfWeek.SATURDAY;
      }
      Matcher last = LAST.matcher(text);
      if (last.matches() && number(last.group(1), DAYS) >= 0) {
        int wanted = inRange(4, text, number(last.group(1), DAYS), 1, 7);
        return day -> weekday(day) == wanted && day.getDayOfMonth() + 7 > day.lengthOfMonth();
      }
      Matcher nth = NTH.matcher(text);
      if (nth.matches() && nth.group(2).length() < 3) {
        int wanted = inRange(4, text, number(nth.group(1), DAYS), 1, 7);
        int which = inRange(4, text, Integer.parseInt(nth.group(2)), 1, 5);
        return day -> weekday(day) == wanted && (day.getDayOfMonth() - 1) / 7 + 1 == which;
      }
      if (text.indexOf('#') >= 0 || text.equals("LW") || last.matches()) {
        tell(
            4,
            text,
            "is not supported: L and # stand with one day only",
            "write 6L for the last Friday, or 3#2 for the second Tuesday");
        return day -> false;
      }
      if (text.indexOf('/') >= 0) {
        tell(4, text, "is not supported: AWS knows no steps of weekdays", "list the days");
        return day -> false;
      }
      BitSet set = set(4, text, 1, 7, DAYS);
      return day -> set.get(weekday(day));
    }

    private BitSet set(int field, String text, int least, int most, List<String> names) {
      BitSet set = new BitSet();
      if (text.equals("?")) {
        if (field != 2 && field != 4) {
          tell(field, text, "stands for days only", "write *");
        }
        return set;
      }
      for (String element : text.split(",", -1)) {
        Matcher matcher = ELEMENT.matcher(element);
        if (!matcher.matches()) {
          tell(
              field,
              element,
              "is not understood",
              "write a number"
                  + (names.isEmpty() ? "" : ", a name as " + names.get(1))
                  + ", a-b, a/step or *, with commas between several");
          continue;
        }
        boolean all = matcher.group("from").equals("*");
        if (all && matcher.group("to") != null) {
          tell(field, element, "is not understood", "write * or a-b");
          continue;
        }
        int from =
            all
                ? least
                : inRange(field, element, number(matcher.group("from"), names), least, most);
        int to =
            matcher.group("to") != null
                ? inRange(field, element, number(matcher.group("to"), names), least, most)
                : all || matcher.group("step") != null ? most : from;
        int step = 1;
        if (matcher.group("step") != null) {
          step = number(matcher.group("step"), List.of());
          if (step < 1 || step > most) {
            tell(field, element, "has no step from 1 to " + most, "correct it");
            continue;
          }
        }
        if (from > to) {
          tell(
              field,
              element,
              "runs backwards",
              "write the part up to " + most + ", a comma, and the part from " + least);
          continue;
        }
        for (int value = from; value <= to; value += step) {
          set.set(value);
        }
      }
      return set;
    }

    private int inRange(int field, String text, int value, int least, int most) {
      if (value < least || value > most) {
        tell(field, text, "is out of range", "write " + least + " to " + most);
        return least;
      }
      return value;
    }

    /** -1 when it is neither a number nor a name. */
    private static int number(String text, List<String> names) {
      if (names.contains(text)) {
        return names.indexOf(text) + 1;
      }
      return text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9')
          ? Integer.parseInt(text)
          : -1;
    }
  }

  /** 1 is Sunday, as AWS counts. */
  private static int weekday(LocalDate day) {
    return day.getDayOfWeek().getValue() % 7 + 1;
  }

  /** Monday to Friday next to that day, in the same month. */
  private static LocalDate nearestWeekday(LocalDate month, int wanted) {
    LocalDate day = month.withDayOfMonth(wanted);
    return switch (day.getDayOfWeek()) {
      case SATURDAY -> wanted == 1 ? day.plusDays(2) : day.minusDays(1);
      case SUNDAY -> wanted == month.lengthOfMonth() ? day.minusDays(2) : day.plusDays(1);
      default -> day;
    };
  }

  @Override
  public String expression() {
    return expression;
  }

  @Override
  public ZoneId zone() {
    return zone;
  }

  @Override
  public Optional<Instant> next(Instant after) {
    Instant from = after.isBefore(Instant.EPOCH) ? Instant.EPOCH.minusSeconds(1) : after;
    LocalDate day = day(from);
    while (day.getYear() <= LAST_YEAR) {
      if (!years.get(day.getYear())) {
        day = LocalDate.of(day.getYear() + 1, 1, 1);
        continue;
      }
      if (!months.get(day.getMonthValue())) {
        day = day.with(TemporalAdjusters.firstDayOfNextMonth());
        continue;
      }
      if (days.match(day)) {
        for (int hour = hours.nextSetBit(0); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
          for (int minute = minutes.nextSetBit(0);
              minute >= 0;
              minute = minutes.nextSetBit(minute + 1)) {
            Optional<Instant> slot = at(day, hour, minute).filter(from::isBefore);
            if (slot.isPresent()) {
              return slot;
            }
          }
        }
      }
      day = day.plusDays(1);
    }
    return Optional.empty();
  }

  @Override
  public Optional<Instant> previous(Instant before) {
    Instant end = LocalDate.of(LAST_YEAR + 1, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Instant to = before.isAfter(end) ? end : before;
    // In autumn the earlier of two equal hours may lie on the next day.
    LocalDate day = day(to).plusDays(1);
    while (day.getYear() >= FIRST_YEAR) {
      if (!years.get(day.getYear())) {
        day = LocalDate.of(day.getYear() - 1, 12, 31);
        continue;
      }
      if (!months.get(day.getMonthValue())) {
        day = day.withDayOfMonth(1).minusDays(1);
        continue;
      }
      if (days.match(day)) {
        for (int hour = hours.previousSetBit(23);
            hour >= 0;
            hour = hours.previousSetBit(hour - 1)) {
          for (int minute = minutes.previousSetBit(59);
              minute >= 0;
              minute = minutes.previousSetBit(minute - 1)) {
            Optional<Instant> slot = at(day, hour, minute).filter(to::isAfter);
            if (slot.isPresent()) {
              return slot;
            }
          }
        }
      }
      day = day.minusDays(1);
    }
    return Optional.empty();
  }

  private LocalDate day(Instant instant) {
    return instant.atZone(zone).toLocalDate();
  }

  private Optional<Instant> at(LocalDate day, int hour, int minute) {
    LocalDateTime local = LocalDateTime.of(day, LocalTime.of(hour, minute));
    ZoneRules rules = zone.getRules();
    List<ZoneOffset> offsets = rules.getValidOffsets(local);
    return offsets.isEmpty() ? Optional.empty() : Optional.of(local.toInstant(offsets.get(0)));
  }

  @Override
  public Duration lag() {
    return Duration.ZERO;
  }

  /** Scheduler names the planned time itself. */
  @Override
  public Instant slot(Instant scheduled) {
    return scheduled.truncatedTo(ChronoUnit.SECONDS);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron
        && cron.expression.equals(expression)
        && cron.zone.equals(zone);
  }

  @Override
  public int hashCode() {
    return expression.hashCode() * 31 + zone.hashCode();
  }

  @Override
  public String toString() {
    return expression + " " + zone;
  }
}
