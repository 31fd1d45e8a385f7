package dev.sluice.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InvocationsTest {
  private static final Instant START = Instant.EPOCH;

  @Test
  void aTenthOfTheTimeAndTenSecondsAtMostAreKeptInReserve() {
    assertThat(Invocations.stop(START, Duration.ofSeconds(50))).isEqualTo(START.plusSeconds(45));
    assertThat(Invocations.stop(START, Duration.ofMinutes(15))).isEqualTo(START.plusSeconds(890));
  }

  @Test
  void anErrorHasItsCodeAndADefectItsPlace() {
    Map<String, Object> known = new LinkedHashMap<>();
    Invocations.describe(new SluiceException(ErrorCode.UNAVAILABLE, "Cannot list"), known);
    assertThat(known).isEqualTo(Map.of("code", "UNAVAILABLE", "message", "Cannot list"));

    Map<String, Object> defect = new LinkedHashMap<>();
    Invocations.describe(new IllegalStateException(), defect);
    assertThat(defect)
        .containsEntry("code", "INTERNAL")
        .containsEntry("message", "A defect in Sluice: java.lang.IllegalStateException");
    assertThat(String.valueOf(defect.get("trace"))).contains("InvocationsTest");
  }
}
