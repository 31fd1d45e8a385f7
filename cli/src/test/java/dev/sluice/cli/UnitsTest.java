package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.00 kB",
    "1234567, 1.23 MB",
    "12345678, 12.3 MB",
    "123456789, 123 MB",
    "999999, 1.00 MB",
    "9999999, 10.0 MB",
    "9223372036854775807, 9223 PB"
  })
  void bytesHaveThreeDigitsAndAUnit(long bytes, String text) {
    assertThat(Units.bytes(bytes)).isEqualTo(text);
  }

  @Test
  void durationsAreAsFineAsTheyAreShort() {
    assertThat(Units.duration(Duration.ofMillis(7))).isEqualTo("7 ms");
    assertThat(Units.duration(Duration.ofMillis(1234))).isEqualTo("1.23 s");
    assertThat(Units.duration(Duration.ofMillis(12_345))).isEqualTo("12.3 s");
    assertThat(Units.duration(Duration.ofSeconds(83))).isEqualTo("1 min 23 s");
  }

  @Test
  void nothingOfNothingIsADash() {
    assertThat(Units.percent(0, 0)).isEqualTo("-");
    assertThat(Units.ratio(5, 0)).isEqualTo("-");
    assertThat(Units.percent(1, 8)).isEqualTo("12.5 %");
    assertThat(Units.ratio(83, 10)).isEqualTo("8.3 x");
  }

  @Test
  void countsAreGrouped() {
    assertThat(Units.count(1234567)).isEqualTo("1,234,567");
  }
}
