package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultFormatTest {
  private static final Athena.Answer ANSWER =
      new Athena.Answer(
          List.of("place", "n", "ok"),
          List.of("varchar", "decimal", "boolean"),
          List.of(
              List.of("a,\"b\"", "12.50", "true"),
              Arrays.asList("", null, null),
              List.of("plain", "3", "false")),
          Duration.ZERO,
          0);

  @Test
  void csvTellsNullFromTheEmptyString() {
    assertThat(printed(ResultFormat.CSV))
        .isEqualTo("place,n,ok\n\"a,\"\"b\"\"\",12.50,true\n\"\",,\nplain,3,false\n");
  }

  @Test
  void jsonKeepsNumbersAndBooleansUnquoted() {
    assertThat(printed(ResultFormat.JSON).lines())
        .containsExactly(
            "{\"place\":\"a,\\\"b\\\"\",\"n\":12.50,\"ok\":true}",
            "{\"place\":\"\",\"n\":null,\"ok\":null}",
            "{\"place\":\"plain\",\"n\":3,\"ok\":false}");
  }

  @Test
  void tablesShowNullAndAlignNumbers() {
    assertThat(printed(ResultFormat.TABLE).lines())
        .containsExactly(
            " place │     n │ ok",
            "───────┼───────┼───────",
            " a,\"b\" │ 12.50 │ true",
            "       │  NULL │ NULL",
            " plain │     3 │ false");
  }

  private static String printed(ResultFormat format) {
    Recorder recorder = new Recorder();
    format.print(ANSWER, recorder.console());
    return recorder.out().replace("\r\n", "\n");
  }
}
