package dev.sluice.lake.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Overlap;
import dev.sluice.model.job.Schedule;
import dev.sluice.model.job.Slot;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSchedulesTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  private final BlockingQueue<String> launched = new LinkedBlockingQueue<>();

  private static JobDeclaration job(String name, String schedule) {
    return new JobDeclaration(
        "sensors",
        name,
        name,
        "",
        new JobDeclaration.Main("a.B"),
        List.of(),
        Optional.of(schedule)
            .filter(text -> !text.isEmpty())
            .map(text -> Schedule.of(text, ZoneId.of("UTC"))),
        Overlap.SKIP,
        Duration.ofHours(1),
        true,
        Map.of());
  }

  private ScheduleClock clock() {
    return ScheduleClock.open(folder.resolve("clock"), NOON);
  }

  private JobSchedules start(JobDeclaration... jobs) {
    return JobSchedules.start(
        List.of(jobs),
        clock(),
        input -> {
          launched.add(input);
          return Optional.empty();
        },
        Duration.ofMillis(1));
  }

  private String next() throws InterruptedException {
    return String.valueOf(launched.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void anAdvanceFiresEverySlotInBetweenInTheOrderOfTime() throws Exception {
    try (JobSchedules schedules =
        start(job("daily", "cron(0 2 * * ? *)"), job("often", "rate(12 hours)"), job("hand", ""))) {
      List<Slot> fired = schedules.advance(Duration.ofDays(1));

      assertThat(fired)
          .extracting(slot -> slot.jobName() + " " + slot.time())
          .containsExactly(
              "often 2026-11-21T00:00:00Z",
              "daily 2026-11-21T02:00:00Z",
              "often 2026-11-21T12:00:00Z");
      assertThat(next()).isEqualTo("{\"job\":\"sensors/often\",\"slot\":\"2026-11-21T00:00:00Z\"}");
      assertThat(next()).isEqualTo("{\"job\":\"sensors/daily\",\"slot\":\"2026-11-21T02:00:00Z\"}");
      assertThat(next()).contains("2026-11-21T12:00:00Z");
      assertThat(schedules.advance(Duration.ZERO)).isEmpty();
    }
    assertThat(launched).isEmpty();
  }

  @Test
  void theClockStaysAdvancedAndFiresNothingAgainAfterARestart() throws Exception {
    try (JobSchedules schedules = start(job("daily", "cron(0 2 * * ? *)"))) {
      schedules.advance(Duration.ofDays(1));
      assertThat(next()).contains("2026-11-21T02:00:00Z");
    }
    try (JobSchedules schedules = start(job("daily", "cron(0 2 * * ? *)"))) {
      assertThat(schedules.clock().ahead()).isEqualTo(Duration.ofDays(1));
      assertThat(schedules.advance(Duration.ofHours(14))).hasSize(1);
      assertThat(next()).contains("2026-11-22T02:00:00Z");
    }
    assertThat(launched).isEmpty();
  }

  @Test
  void aLaunchThatFailsIsTriedAgainAndHoldsUpNoOther() throws Exception {
    BlockingQueue<String> all = new LinkedBlockingQueue<>();
    try (JobSchedules schedules =
        JobSchedules.start(
            List.of(job("daily", "cron(0 2 * * ? *)"), job("later", "cron(0 3 * * ? *)")),
            clock(),
            input -> {
              all.add(input);
              if (input.contains("daily")) {
                throw new IllegalStateException("no");
              }
              launched.add(input);
              return Optional.empty();
            },
            Duration.ofMillis(1))) {
      schedules.advance(Duration.ofDays(1));
      assertThat(next()).contains("later");
    }
    assertThat(all.stream().filter(input -> input.contains("daily"))).hasSize(4);
  }

  @Test
  void whileSlotsAreFiredTheSchedulesHaveComeToTheFirstOfThemThatIsNot() throws Exception {
    SynchronousQueue<Boolean> goOn = new SynchronousQueue<>();
    try (JobSchedules schedules =
        JobSchedules.start(
            List.of(job("daily", "cron(0 2 * * ? *)")),
            clock(),
            input -> {
              launched.add(input);
              goOn.take();
              return Optional.empty();
            },
            Duration.ofMillis(1))) {
      assertThat(schedules.reached()).isEqualTo(NOON.instant());

      schedules.advance(Duration.ofDays(2));
      assertThat(schedules.reached()).isEqualTo(Instant.parse("2026-11-21T02:00:00Z"));
      assertThat(next()).contains("2026-11-21T02:00:00Z");
      goOn.put(true);
      assertThat(next()).contains("2026-11-22T02:00:00Z");
      assertThat(schedules.reached()).isEqualTo(Instant.parse("2026-11-22T02:00:00Z"));
      goOn.put(true);

      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!schedules.reached().equals(NOON.instant().plus(Duration.ofDays(2)))) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(1);
      }
    }
  }

  @Test
  void theClockNeverGoesBackNorTooFarAtOnce() {
    try (JobSchedules schedules = start(job("often", "rate(1 minute)"))) {
      assertThatThrownBy(() -> schedules.advance(Duration.ofSeconds(-1)))
          .hasMessageContaining("never goes back");
      assertThatThrownBy(() -> schedules.advance(Duration.ofDays(1)))
          .hasMessageContaining("more than 1000 slots");
      assertThat(schedules.clock().ahead()).isZero();
    }
    assertThat(launched).isEmpty();
  }
}
