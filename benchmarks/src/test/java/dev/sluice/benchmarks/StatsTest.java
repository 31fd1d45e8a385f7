package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StatsTest {
  @Test
  void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    assertThat(new Stats(9, 1, 2, 3).median()).isEqualTo(2.5);
    assertThat(new Stats(9, 1, 2).median()).isEqualTo(2);
  }

  @Test
  void aRatioIsTakenRunByRun() {
    Stats ratio = new Stats(4, 10).over(new Stats(2, 2));
    assertThat(ratio.runs()).containsExactly(2, 5);
    assertThat(new Stats(4).over(new Stats(2, 8)).runs()).containsExactly(2);
    assertThatThrownBy(() -> new Stats()).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void figuresReadTheSameEverywhere() {
    assertThat(new Stats(2.412, 2.3, 2.55).text()).isEqualTo("2.41 (2.30–2.55)");
    assertThat(Text.bytes(1_234_567)).isEqualTo("1.23 MB");
    assertThat(Text.bytes(999)).isEqualTo("999 B");
    assertThat(Text.seconds(0.0123)).isEqualTo("12.3 ms");
    assertThat(Text.number(0)).isEqualTo("0");
    assertThat(Text.number(0.0123)).isEqualTo("0.012");
    assertThat(Text.number(1234.5)).isEqualTo("1,235");
  }
}
