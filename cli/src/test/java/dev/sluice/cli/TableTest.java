package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columnsAreAlignedAndNumbersStandRight() {
    assertThat(new Table("name", ">n").row("a", "7").row("longer", "1234").lines())
        .containsExactly(" name   │    n", "────────┼──────", " a      │    7", " longer │ 1234");
  }

  @Test
  void wideCharactersTakeTwoColumns() {
    assertThat(new Table("name", "x").row("日本", "1").row("abcd", "2").lines())
        .endsWith(" 日本 │ 1", " abcd │ 2");
  }

  @Test
  void controlCharactersAreMadeVisible() {
    assertThat(new Table("name").row("a\tb\nc\u0007").lines()).endsWith(" a\\tb\\nc\\u0007");
  }

  @Test
  void aRowOfAnotherLengthIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Table("a", "b").row("1"));
  }
}
