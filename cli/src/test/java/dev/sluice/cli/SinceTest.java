package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SinceTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T10:00:00Z"), ZoneOffset.UTC);

  @Test
  void datesBeginInUtc() {
    assertThat(Since.parse("2026-11-19", CLOCK)).isEqualTo("2026-11-19T00:00:00Z");
  }

  @Test
  void instantsAreTakenAsTheyStand() {
    assertThat(Since.parse("2026-11-19T08:30:00Z", CLOCK)).isEqualTo("2026-11-19T08:30:00Z");
  }

  @Test
  void timesAgoAreCountedFromNow() {
    assertThat(Since.parse("2d", CLOCK)).isEqualTo("2026-11-18T10:00:00Z");
    assertThat(Since.parse("12h", CLOCK)).isEqualTo("2026-11-19T22:00:00Z");
    assertThat(Since.parse("30m", CLOCK)).isEqualTo("2026-11-20T09:30:00Z");
  }

  @Test
  void othersAreRefused() {
    for (String text : new String[] {"", "yesterday", "2d3h", "2026-13-01", "2026-11-19T08:30"}) {
      assertThatThrownBy(() -> Since.parse(text, CLOCK))
          .as(text)
          .isInstanceOf(Failure.class)
          .hasMessageContaining("Cannot tell a time");
    }
  }

  @Test
  void anAgeIsANumberAndAUnit() {
    assertThat(Since.age("--grace", "15m")).isEqualTo(java.time.Duration.ofMinutes(15));
    assertThatThrownBy(() -> Since.age("--grace", "2026-11-20"))
        .hasMessage("Cannot use --grace: it must read like 2d, 12h or 30m: 2026-11-20");
  }
}
