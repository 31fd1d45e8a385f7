package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.emr.Emr;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.BooleanSupplier;

class FakeEmrTest extends EmrContract {
  private Instant now = Instant.parse("2026-11-21T00:00:00Z");
  private final FakeEmr emr =
      new FakeEmr(
          new Clock() {
            @Override
            public Instant instant() {
              return now;
            }

            @Override
            public java.time.ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }
          },
          FaultHook.NONE,
          Duration.ofSeconds(30));

  @Override
  protected Emr emr() {
    return emr;
  }

  @Override
  protected void until(BooleanSupplier so) {
    for (int i = 0; !so.getAsBoolean(); i++) {
      assertThat(i).isLessThan(100);
      now = now.plusSeconds(15);
    }
  }

  @Override
  protected List<String> arguments() {
    return List.of("spark-submit");
  }
}
