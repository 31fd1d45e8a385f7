package dev.sluice.model.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlotTest {
  private static final Instant TIME = Instant.parse("2026-11-21T02:00:00Z");

  @Test
  void aKeyNamesJobAndTimeAndCanBeRead() {
    Slot slot = new Slot("sensors/low-battery_2", TIME);

    assertThat(slot.key()).isEqualTo("sensors.low-battery_2.20261121T020000Z");
    assertThat(Slot.parseKey(slot.key())).contains(slot);
    assertThat(slot.dataset()).isEqualTo("sensors");
    assertThat(slot.jobName()).isEqualTo("low-battery_2");
  }

  @Test
  void whatIsNoKeyIsNone() {
    assertThat(Slot.parseKey("sensors.statistics")).isEmpty();
    assertThat(Slot.parseKey("sensors.statistics.20261341T020000Z")).isEmpty();
    assertThat(Slot.parseKey("sensors.statistics.x.20261121T020000Z")).isEmpty();
    assertThat(Slot.parseKey("Sensors.statistics.20261121T020000Z")).isEmpty();
  }

  @Test
  void namesThatWouldLeadElsewhereAreRefused() {
    for (String job :
        new String[] {"statistics", "a/../b", "a/b/c", "A/b", "a/", "a/b c", "a/b\n"}) {
      assertThatThrownBy(() -> new Slot(job, TIME)).hasMessageStartingWith("Cannot name a slot");
    }
    assertThatThrownBy(() -> new Slot("a/b", TIME.plusMillis(1)))
        .hasMessageStartingWith("Cannot name a slot");
    assertThatThrownBy(
            () -> new Slot("a/b", Instant.MAX.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)))
        .hasMessageStartingWith("Cannot name a slot");
  }
}
