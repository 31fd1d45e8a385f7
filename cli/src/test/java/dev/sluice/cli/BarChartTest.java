package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BarChartTest {
  @Test
  void theLongestBarFillsTheLine() {
    assertThat(chart(26, false, row("park", "10"), row("hall", "5"), row("attic", "0")))
        .containsExactly(" park  │ 10 #############", " hall  │  5 #######", " attic │  0");
  }

  @Test
  void endsOfBarsArePartsOfAColumnWhereTheFontHasThem() {
    assertThat(chart(26, true, row("park", "10"), row("hall", "5")))
        .containsExactly(" park │ 10 ██████████████", " hall │  5 ███████");
    assertThat(chart(25, true, row("a", "32"), row("b", "1")).get(1)).endsWith(" 1 ▌");
  }

  @Test
  void barsOfNegativeNumbersEndWhereTheOthersBegin() {
    assertThat(chart(29, false, row("up", "10"), row("down", "-10")))
        .containsExactly(" up   │  10         ########", " down │ -10 ########");
  }

  @Test
  void nullsAndNumbersThatAreNoneHaveNoBar() {
    assertThat(chart(40, false, row(null, "1"), row("b", null), row("c", "NaN")))
        .hasSize(3)
        .first()
        .asString()
        .startsWith(" NULL │    1 #");
  }

  @Test
  void otherResultsHaveNoChart() {
    assertThat(BarChart.of(answer(List.of("varchar", "varchar"), List.of(row("a", "b")))))
        .isEmpty();
    assertThat(BarChart.of(answer(List.of("varchar", "bigint"), List.of()))).isEmpty();
    assertThat(BarChart.of(answer(List.of("bigint"), List.of(row("1"))))).isEmpty();
    assertThat(
            BarChart.of(
                answer(List.of("varchar", "bigint"), Collections.nCopies(101, row("a", "1")))))
        .isEmpty();
  }

  @SafeVarargs
  private static List<String> chart(int width, boolean fine, List<@Nullable String>... rows) {
    List<List<@Nullable String>> all = new ArrayList<>();
    for (List<@Nullable String> row : rows) {
      all.add(row);
    }
    List<String> lines =
        BarChart.of(answer(List.of("varchar", "double"), all)).orElseThrow().lines(width, fine);
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(width));
    return lines;
  }

  private static List<@Nullable String> row(@Nullable String... values) {
    return Arrays.asList(values);
  }

  private static Athena.Answer answer(List<String> types, List<List<@Nullable String>> rows) {
    return new Athena.Answer(types, types, rows, Duration.ZERO, 0);
  }
}
