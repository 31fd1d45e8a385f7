package dev.sluice.model.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Problems;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedQueryTest {
  private static final String TOP =
      """
      -- title: Revenue
      -- description: Revenue of each day
      -- question: How much?
      """;

  @Test
  void aFileIsHeadingsParametersAndAStatement() {
    NamedQuery query =
        read(
            TOP
                + """
                -- parameter: from day 2024-03-01, the first day
                -- parameter: vendor string "Aurora, Ltd", whose
                SELECT day FROM t WHERE day >= :from AND vendor = :vendor
                """);

    assertThat(query)
        .isEqualTo(
            new NamedQuery(
                "shop/revenue",
                "Revenue",
                "Revenue of each day",
                "How much?",
                List.of(
                    new QueryParameter("from", ParameterType.DAY, "2024-03-01", "the first day"),
                    new QueryParameter("vendor", ParameterType.STRING, "Aurora, Ltd", "whose")),
                "SELECT day FROM t WHERE day >= :from AND vendor = :vendor"));
    assertThat(query.group()).isEqualTo("shop");
  }

  @Test
  void parametersBecomeQuestionMarksInTheOrderOfTheirUse() {
    NamedQuery query =
        read(
            TOP
                + """
                -- parameter: a integer 1
                -- parameter: b integer 2
                SELECT :b, :a, :b, ':a', "x:a" /* :a */ -- :a
                """);

    assertThat(query.positionalSql()).isEqualTo("SELECT ?, ?, ?, ':a', \"x:a\" /* :a */ -- :a");
    assertThat(query.literals(Map.of("a", "7")))
        .containsExactly("BIGINT '2'", "BIGINT '7'", "BIGINT '2'");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          STRING, x' OR '1'='1, `'x'' OR ''1''=''1'`
          STRING, ``, `''`
          DAY, 2024-02-29, `'2024-02-29'`
          DATE, 2024-02-29, `DATE '2024-02-29'`
          TIMESTAMP, 2024-02-29T23:59:59.5+01:00, `TIMESTAMP '2024-02-29 22:59:59.500000'`
          TIMESTAMP, 2024-02-29, `TIMESTAMP '2024-02-29 00:00:00.000000'`
          INTEGER, -9223372036854775808, `BIGINT '-9223372036854775808'`
          INTEGER, 007, `BIGINT '7'`
          DECIMAL, -12.50, `DECIMAL '-12.50'`
          BOOLEAN, true, true
          """)
  void aValueBecomesALiteralOfItsType(ParameterType type, String value, String literal) {
    assertThat(type.literal(value)).contains(literal);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          DAY, 2023-02-29
          DAY, 2024-1-1
          DAY, `2024-01-01' OR 1=1`
          DATE, 12024-01-01
          DATE, ``
          TIMESTAMP, 2024-02-29T24:00:01Z
          TIMESTAMP, 9999-12-31T23:59:59-05:00
          INTEGER, 9223372036854775808
          INTEGER, 1.0
          INTEGER, 1 OR 1
          INTEGER, ١
          DECIMAL, 1e5
          DECIMAL, .5
          DECIMAL, 123456789012345678901234567890123456789
          BOOLEAN, TRUE
          """)
  void whatIsNoValueOfTheTypeIsRefused(ParameterType type, String value) {
    assertThat(type.literal(value)).isEmpty();
  }

  @Test
  void whatIsNoUnicodeTextIsNoString() {
    assertThat(ParameterType.STRING.literal("a\0b")).isEmpty();
    assertThat(ParameterType.STRING.literal("\ud800")).isEmpty();
    assertThat(ParameterType.STRING.literal("\ud83d\ude00")).contains("'\ud83d\ude00'");
  }

  @Test
  void allProblemsWithValuesAreInOneMessageAndNoValueIs() {
    NamedQuery query = read(TOP + "-- parameter: from day 2024-03-01\nSELECT :from");

    assertThatThrownBy(() -> query.literals(Map.of("from", "secret", "form", "x")))
        .isInstanceOf(SluiceException.class)
        .hasMessage(
            "Cannot run the query shop/revenue: there is no parameter 'form'; did you mean 'from'?;"
                + " the value of 'from' is not a day such as 2024-03-01")
        .hasMessageNotContaining("secret");
  }

  @Test
  void everythingWrongWithAFileIsSaidAtOnce() {
    Problems problems = new Problems();
    new QueryFile("shop/q.sql", problems)
        .read(
            "shop/q",
            """
            -- title: A
            -- title: B
            -- remark: C
            -- parameter: from dya 2024-01-01
            -- parameter: to day 2024-13-01
            -- parameter: unused integer 1
            -- parameter: broken
            SELECT :other; SELECT ';'
            """);

    assertThatThrownBy(() -> problems.throwIfAny("load the queries", "here"))
        .hasMessageContainingAll(
            "shop/q.sql:2: title: it stands twice",
            "shop/q.sql:3: the comment: it is none of",
            "shop/q.sql:4: type 'dya' of parameter from: there is no such type; did you mean"
                + " 'day'?",
            "shop/q.sql:5: default '2024-13-01' of parameter to: it is not a day",
            "shop/q.sql:7: parameter 'broken': it is not understood",
            "description: it is missing",
            "question: it is missing",
            "the statement: it has a semicolon",
            "parameter :other: it is not declared",
            "parameter unused: the statement does not use it");
  }

  private static NamedQuery read(String text) {
    Problems problems = new Problems();
    NamedQuery query = new QueryFile("shop/revenue.sql", problems).read("shop/revenue", text);
    problems.throwIfAny("load the query", "test");
    return query;
  }
}
