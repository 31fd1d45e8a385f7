package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatementsTest {

  @Test
  void semicolonsSeparateStatements() {
    assertThat(Statements.split("SELECT 1; SELECT 2;\n;\n"))
        .containsExactly("SELECT 1", "SELECT 2");
  }

  @Test
  void theLastSemicolonMayBeMissing() {
    assertThat(Statements.split("SELECT 1")).containsExactly("SELECT 1");
  }

  @Test
  void semicolonsInQuotesAndCommentsEndNothing() {
    assertThat(
            Statements.split(
                "SELECT ';', \"a;b\", 'it''s; fine' -- so; what\n, 1 /* ; */ FROM t; SELECT 2"))
        .hasSize(2)
        .last()
        .isEqualTo("SELECT 2");
  }

  @Test
  void commentsAloneAreNoStatement() {
    assertThat(Statements.split("-- nothing\n/* here */;")).isEmpty();
  }

  @Test
  void aBackslashCommandIsALineOfItsOwn() {
    assertThat(Statements.split("\\d\nSELECT 1;\n\\d silver.sensors\n"))
        .containsExactly("\\d", "SELECT 1", "\\d silver.sensors");
  }

  @Test
  void aStatementIsOpenUntilItsSemicolon() {
    assertThat(Statements.open("SELECT 1")).isTrue();
    assertThat(Statements.open("SELECT 1\nFROM t;")).isFalse();
    assertThat(Statements.open("SELECT ';")).isTrue();
    assertThat(Statements.open("SELECT 1; SELECT 2")).isTrue();
    assertThat(Statements.open("\\d sensors")).isFalse();
    assertThat(Statements.open("  ")).isFalse();
    assertThat(Statements.open("-- a comment")).isFalse();
  }
}
