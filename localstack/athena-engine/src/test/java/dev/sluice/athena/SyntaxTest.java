package dev.sluice.athena;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntaxTest {
  @Test
  void aFaultIsToldWithItsPlace() {
    assertThat(Syntax.of("SELECT 1 +\nFROM t", List.of()))
        .hasEntrySatisfying(
            "error", error -> assertThat(error.toString()).startsWith("line 2:1: mismatched"));
  }

  @Test
  void questionMarksAreCountedOutsideOfQuotes() {
    assertThat(Syntax.of("SELECT ?, '?' FROM t WHERE \"?\" = ? -- ?", List.of()))
        .containsEntry("parameters", 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "-1.5e0",
        "'it''s'",
        "NULL",
        "DATE '2024-01-01'",
        "now()",
        "1 + 1",
        "CAST('1' AS bigint)",
        "ARRAY[1, 2]",
        "1 OR 1=1",
        "INTERVAL '1' DAY",
        "current_date"
      })
  void anExpressionWithoutColumnsIsOne(String value) {
    assertThat(Syntax.of("SELECT ?", List.of(value)))
        .isEqualTo(Map.of("parameters", 1, "expressions", List.of(true)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "t.x",
        "x + 1",
        "abc def",
        "it's",
        "1, 2",
        "1) OR (1 = 1",
        "1; DROP TABLE t",
        "",
        "123e4567-e89b-12d3-a456-426614174000",
        "(SELECT x FROM t)",
        "'open"
      })
  void anythingElseIsText(String value) {
    assertThat(Syntax.of("SELECT ?", List.of(value)))
        .isEqualTo(Map.of("parameters", 1, "expressions", List.of(false)));
  }
}
