package dev.sluice.model.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static List<String> next(String expression, String after, int count) {
    return Schedule.of(expression, UTC).next(Instant.parse(after), count).stream()
        .map(Instant::toString)
        .toList();
  }

  @Test
  void aDailyTimeComesOnceADay() {
    assertThat(next("cron(0 2 * * ? *)", "2026-11-21T02:00:00Z", 2))
        .containsExactly("2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z");
    assertThat(next("cron(0 2 * * ? *)", "2026-11-21T01:59:59.999Z", 1))
        .containsExactly("2026-11-21T02:00:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cron(0/20 8-9 ? * MON-FRI *)   | 2026-11-20T09:40:00Z | 2026-11-23T08:00:00Z | 2026-11-23T08:20:00Z
          cron(*/30 0 1 JAN,JUL ? *)     | 2026-11-20T00:00:00Z | 2027-01-01T00:00:00Z | 2027-01-01T00:30:00Z
          cron(0 6 L * ? *)              | 2028-02-01T00:00:00Z | 2028-02-29T06:00:00Z | 2028-03-31T06:00:00Z
          cron(0 6 15W * ? *)            | 2026-08-01T00:00:00Z | 2026-08-14T06:00:00Z | 2026-09-15T06:00:00Z
          cron(0 6 1W * ? *)             | 2026-08-01T00:00:00Z | 2026-08-03T06:00:00Z | 2026-09-01T06:00:00Z
          cron(0 6 31W * ? *)            | 2026-05-01T00:00:00Z | 2026-05-29T06:00:00Z | 2026-07-31T06:00:00Z
          cron(15 10 ? * 6L 2022-2023)   | 2022-01-01T00:00:00Z | 2022-01-28T10:15:00Z | 2022-02-25T10:15:00Z
          cron(0 6 ? * FRIL *)           | 2022-01-01T00:00:00Z | 2022-01-28T06:00:00Z | 2022-02-25T06:00:00Z
          cron(0 6 ? * 3#2 *)            | 2026-11-01T00:00:00Z | 2026-11-10T06:00:00Z | 2026-12-08T06:00:00Z
          cron(0 6 ? * 1#5 *)            | 2026-10-01T00:00:00Z | 2026-11-29T06:00:00Z | 2027-01-31T06:00:00Z
          cron(0 6 ? * L *)              | 2026-11-16T00:00:00Z | 2026-11-21T06:00:00Z | 2026-11-28T06:00:00Z
          cron(0 6 ? * 1,7 *)            | 2026-11-16T00:00:00Z | 2026-11-21T06:00:00Z | 2026-11-22T06:00:00Z
          cron(0 0 29 2 ? *)             | 2026-11-16T00:00:00Z | 2028-02-29T00:00:00Z | 2032-02-29T00:00:00Z
          rate(15 minutes)               | 2026-11-20T09:44:59Z | 2026-11-20T09:45:00Z | 2026-11-20T10:00:00Z
          rate(1 day)                    | 2026-11-20T00:00:00Z | 2026-11-21T00:00:00Z | 2026-11-22T00:00:00Z
          """)
  void expressionsMeanWhatAwsSays(String expression, String after, String first, String second) {
    assertThat(next(expression.strip(), after, 2)).containsExactly(first, second);
  }

  @Test
  void anHourThatTheClockSkipsHasNoSlot() {
    Schedule schedule = Schedule.of("cron(30 2 * * ? *)", BERLIN);

    assertThat(schedule.next(Instant.parse("2026-03-27T12:00:00Z"), 2))
        .containsExactly(
            Instant.parse("2026-03-28T01:30:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void anHourThatComesTwiceHasItsSlotsOnce() {
    Schedule schedule = Schedule.of("cron(0/30 2 * * ? *)", BERLIN);

    assertThat(schedule.next(Instant.parse("2026-10-24T12:00:00Z"), 3))
        .containsExactly(
            Instant.parse("2026-10-25T00:00:00Z"),
            Instant.parse("2026-10-25T00:30:00Z"),
            Instant.parse("2026-10-26T01:00:00Z"));
  }

  @Test
  void aFiringOfARateBelongsToTheSlotItFallsInto() {
    Schedule schedule = Schedule.of("rate(1 hour)", UTC);

    assertThat(schedule.slot(Instant.parse("2026-11-20T09:17:23Z")))
        .isEqualTo(Instant.parse("2026-11-20T09:00:00Z"));
    assertThat(schedule.previous(Instant.parse("2026-11-20T09:00:00Z")))
        .contains(Instant.parse("2026-11-20T08:00:00Z"));
  }

  @Test
  void previousIsTheOppositeOfNext() {
    long seed = 20_261_121;
    Random random = new Random(seed);
    List<String> expressions =
        List.of(
            "cron(0 2 * * ? *)",
            "cron(0/7 0-3 ? * SUN *)",
            "cron(30 2 L * ? *)",
            "cron(45 23 15W 3,10 ? *)",
            "cron(0 0 ? * 1#5 *)",
            "rate(7 minutes)");
    for (ZoneId zone : List.of(UTC, BERLIN, ZoneId.of("America/St_Johns"))) {
      for (String expression : expressions) {
        Schedule schedule = Schedule.of(expression, zone);
        for (int i = 0; i < 50; i++) {
          Instant at =
              Instant.parse("1990-01-01T00:00:00Z").plusSeconds(random.nextInt(1_600_000_000));
          Instant next = schedule.next(at).orElseThrow();
          assertThat(schedule.previous(next.plusSeconds(1)))
              .as("%s in %s after %s, seed %d", expression, zone, at, seed)
              .contains(next);
          assertThat(schedule.previous(next).orElseThrow())
              .as("%s in %s before %s, seed %d", expression, zone, at, seed)
              .isBeforeOrEqualTo(at);
        }
      }
    }
  }

  @Test
  void slotsAreThoseThatLookingAtEveryMinuteFinds() {
    Schedule schedule = Schedule.of("cron(0/30 0-3 ? * SUN,MON *)", BERLIN);
    Instant from = Instant.parse("2026-10-20T00:00:00Z");
    Instant to = Instant.parse("2026-11-05T00:00:00Z");
    List<Instant> expected = new java.util.ArrayList<>();
    java.util.Set<LocalDateTime> seen = new java.util.HashSet<>();
    for (Instant t = from; t.isBefore(to); t = t.plusSeconds(60)) {
      LocalDateTime local = LocalDateTime.ofInstant(t, BERLIN);
      int weekday = local.getDayOfWeek().getValue();
      if ((weekday == 7 || weekday == 1)
          && local.getHour() <= 3
          && local.getMinute() % 30 == 0
          && seen.add(local)) {
        expected.add(t);
      }
    }

    List<Instant> slots =
        schedule.next(from, 100).stream().filter(slot -> slot.isBefore(to)).toList();

    assertThat(slots).isEqualTo(expected).hasSize(32);
    assertThat(schedule.previous(to, from, 100))
        .containsExactlyElementsOf(
            expected.stream().sorted(java.util.Comparator.reverseOrder()).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cron(0 2 * * * *)",
        "cron(0 2 ? * ? *)",
        "cron(0 2 * * ?)",
        "cron(60 2 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 2 32 * ? *)",
        "cron(0 2 0 * ? *)",
        "cron(0 2 LW * ? *)",
        "cron(0 2 L-3 * ? *)",
        "cron(0 2 1,L * ? *)",
        "cron(0 2 1W,15W * ? *)",
        "cron(0 2 32W * ? *)",
        "cron(0 22-2 * * ? *)",
        "cron(0/0 2 * * ? *)",
        "cron(0 2 ? * 2/2 *)",
        "cron(0 2 ? * 3#6 *)",
        "cron(0 2 ? * 3#1,6#3 *)",
        "cron(0 2 ? * 8 *)",
        "cron(0 2 ? * mon *)",
        "cron(0 2 31 2 ? *)",
        "cron(0 2 1 1 ? 1969)",
        "cron(0 2 ? 13 1 *)",
        "cron(? 2 1 1 ? *)",
        "cron(0 2 *-3 * ? *)",
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "rate(366 days)",
        "at(2026-11-21T00:00:00)",
        "0 2 * * *",
        "cron()"
      })
  void whatAwsDoesNotDocumentIsRefused(String expression) {
    assertThatThrownBy(() -> Schedule.of(expression, UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("Cannot read the schedule " + expression + ": ")
        .hasMessageContaining("; ");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(() -> Schedule.of("cron(61 2 LW 13 ? *)", UTC))
        .hasMessageContaining("minutes '61' is out of range; write 0 to 59")
        .hasMessageContaining("day-of-month 'LW' is not supported")
        .hasMessageContaining("month '13' is out of range; write 1 to 12");
  }

  @Test
  void thereAreNoSlotsBeyondTheLastYear() {
    Schedule schedule = Schedule.of("cron(0 0 1 1 ? 2199)", UTC);

    assertThat(schedule.next(Instant.parse("2199-01-01T00:00:00Z"))).isEmpty();
    assertThat(schedule.previous(Instant.parse("9999-01-01T00:00:00Z")))
        .contains(LocalDateTime.parse("2199-01-01T00:00").toInstant(ZoneOffset.UTC));
    assertThat(schedule.previous(Instant.parse("2199-01-01T00:00:00Z"))).isEmpty();
  }
}
