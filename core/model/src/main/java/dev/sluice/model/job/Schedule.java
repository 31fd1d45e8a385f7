package dev.sluice.model.job;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * When a job runs: an expression of EventBridge Scheduler. Both kinds know every one of their slots
 * beforehand, so that a missed one can be told.
 */
public sealed interface Schedule permits Cron, Rate {

  /** The expression as it is declared, {@code cron(…)} or {@code rate(…)}. */
  String expression();

  /** The time zone that it is evaluated in. */
  ZoneId zone();

  /** The first slot after that instant; empty when there is none before the year 2200. */
  Optional<Instant> next(Instant after);

  /** The last slot before that instant; empty when there is none since 1970. */
  Optional<Instant> previous(Instant before);

  /**
   * The slot that a delivery belongs to.
   *
   * @param scheduled the scheduled time that it names
   */
  Instant slot(Instant scheduled);

  /** How much later than a slot's time AWS may fire it at the latest, its own delays aside. */
  Duration lag();

  /** The next slots, in order. */
  default List<Instant> next(Instant after, int count) {
    List<Instant> slots = new ArrayList<>();
    Optional<Instant> slot = next(after);
    while (slot.isPresent() && slots.size() < count) {
      slots.add(slot.get());
      slot = next(slot.get());
    }
    return slots;
  }

  /**
   * The slots before an instant, the latest first.
   *
   * @param from the earliest that is wanted
   */
  default List<Instant> previous(Instant before, Instant from, int count) {
    List<Instant> slots = new ArrayList<>();
    Optional<Instant> slot = previous(before);
    while (slot.isPresent() && !slot.get().isBefore(from) && slots.size() < count) {
      slots.add(slot.get());
      slot = previous(slot.get());
    }
    return slots;
  }

  /**
   * Reads an expression.
   *
   * @param problem is told the reason and the way out of everything that is wrong
   * @return empty after a problem was told
   */
  static Optional<Schedule> parse(
      String expression, ZoneId zone, BiConsumer<String, String> problem) {
    if (expression.startsWith("cron(") && expression.endsWith(")")) {
      return Cron.parse(expression, zone, problem);
    }
    if (expression.startsWith("rate(") && expression.endsWith(")")) {
      return Rate.parse(expression, zone, problem);
    }
    if (expression.startsWith("at(")) {
      problem.accept(
          "a job that runs once needs no schedule", "leave it out, and use ./sluice run");
    } else {
      problem.accept(
          "it is neither cron(…) nor rate(…)",
          "write cron(minutes hours day-of-month month day-of-week year), or rate(1 hour)");
    }
    return Optional.empty();
  }

  /**
   * An expression that is known to be right.
   *
   * @throws IllegalArgumentException naming everything that is wrong
   */
  static Schedule of(String expression, ZoneId zone) {
    List<String> problems = new ArrayList<>();
    return parse(expression, zone, (reason, wayOut) -> problems.add(reason + "; " + wayOut))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "Cannot read the schedule " + expression + ": " + String.join("; ", problems)));
  }
}
