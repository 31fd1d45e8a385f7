package dev.sluice.model.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "'a;b' c | 5",
        "'it''s' | 4",
        "\"a;b\" c | 5",
        "`a;b` c | 5",
        "/* ; */ x | 7",
        "-- ; | 4",
        "'open | 5",
        "- 1 | 1",
        "/ 2 | 1",
        "x | 1",
      })
  void quotesAndCommentsAreOneStep(String sql, int behind) {
    assertThat(SqlText.skip(sql, 0)).isEqualTo(behind);
  }
}
