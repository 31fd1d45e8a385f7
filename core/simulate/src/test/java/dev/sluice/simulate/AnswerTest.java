package dev.sluice.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
  private static final Answer ANSWER =
      new Answer(
          List.of("name", "count", "money", "average", "nothing"),
          List.of(Arrays.asList("x", 3L, new BigDecimal("12.50"), 1.0 / 3, null)));

  private static List<List<String>> row(String... cells) {
    return List.of(Arrays.asList(cells));
  }

  @Test
  void whatAnEnginePrintsAgreesWhateverItsNotation() {
    assertThat(ANSWER.difference(row("x", "3", "12.50", "0.3333333333333333", null))).isEmpty();
    assertThat(ANSWER.difference(row("x", "3", "12.5", "3.3333333333E-1", null))).isEmpty();
  }

  @Test
  void aDifferenceIsNamed() {
    assertThat(ANSWER.difference(row("x", "4", "12.50", "0.3333333333333333", null)))
        .contains("row 1, column count is 4 instead of 3");
    assertThat(ANSWER.difference(row("x", "3", "12.51", "0.3333333333333333", null))).isPresent();
    assertThat(ANSWER.difference(row("x", "3", "12.50", "0.33333333", null))).isPresent();
    assertThat(ANSWER.difference(row("x", "3", "12.50", "NaN", null))).isPresent();
    assertThat(ANSWER.difference(row("x", "3", "12.50", "0.3333333333333333", ""))).isPresent();
    assertThat(ANSWER.difference(row("x", "3", "12.50", null, null))).isPresent();
    assertThat(ANSWER.difference(row("X", "3", "12.50", "0.3333333333333333", null))).isPresent();
    assertThat(ANSWER.difference(row("x", "3"))).contains("row 1 has 2 columns instead of 5");
    assertThat(ANSWER.difference(List.of())).contains("0 rows instead of 1");
  }
}
