package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrorPlaceTest {
  @Test
  void theMarkStandsBelowThePlace() {
    assertThat(ErrorPlace.lines("SELECT x", "COLUMN_NOT_FOUND: line 1:8: Column 'x'"))
        .containsExactly("  SELECT x", "         ^");
    assertThat(ErrorPlace.lines("SELECT 1,\n\tx\nFROM t", "line 2:2: no x"))
        .containsExactly("2: \tx", "   \t^");
  }

  @Test
  void aPlaceOutsideOfTheStatementIsNotShown() {
    assertThat(ErrorPlace.lines("SELECT 1", "line 2:1: x")).isEmpty();
    assertThat(ErrorPlace.lines("SELECT 1", "line 1:99: x")).isEmpty();
    assertThat(ErrorPlace.lines("SELECT 1", "line 0:0: x")).isEmpty();
    assertThat(ErrorPlace.lines("SELECT 1", "no place")).isEmpty();
  }

  @Test
  void theEndOfALineCanBeThePlace() {
    assertThat(ErrorPlace.lines("SELECT", "line 1:7: mismatched input '<EOF>'"))
        .containsExactly("  SELECT", "        ^");
  }
}
