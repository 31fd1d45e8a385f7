package dev.sluice.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.SluiceException;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.ParameterType;
import dev.sluice.model.query.QueryParameter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a value means as it travels to Athena, against what it means to a driver that binds it.
 *
 * <p>Each case is a statement with one parameter and a random value, hostile or not. The statement
 * runs in DuckDB over a Parquet file twice: with the literal in the place of the question mark,
 * which is what Athena does with execution parameters, and with the value bound through JDBC, which
 * no text can get out of. Both must give the same rows. DuckDB reads the literals that {@link
 * ParameterType} writes as Trino does, but for {@code DECIMAL '…'}, which it takes for three
 * decimals; there the bare number is put. That Trino reads them so is compared for a sample over
 * the local Athena, in {@code QueryApiIT}.
 *
 * <p>Normally 2,000 cases; {@code -Dsluice.query.cases=100000} for more, {@code
 * -Dsluice.query.seed} for others.
 */
class ParameterMeaningTest {
  private static final int CASES = Integer.getInteger("sluice.query.cases", 2_000);
  private static final long SEED = Long.getLong("sluice.query.seed", 20_261_121L);
  private static final List<String> PAYLOADS = Payloads.of(500);

  private record Template(ParameterType type, String sql) {}

  private static final List<Template> TEMPLATES =
      List.of(
          new Template(ParameterType.STRING, "SELECT id FROM data WHERE s = :p"),
          new Template(ParameterType.STRING, "SELECT id FROM data WHERE s <> :p AND id < 20"),
          new Template(ParameterType.STRING, "SELECT id FROM data WHERE s LIKE :p"),
          new Template(ParameterType.STRING, "SELECT id FROM data WHERE s IN (:p, 'b', ':p')"),
          new Template(ParameterType.STRING, "SELECT id, :p AS p FROM data WHERE id = 7 -- :p"),
          new Template(ParameterType.STRING, "SELECT count(*) FROM data WHERE s > :p"),
          new Template(ParameterType.DAY, "SELECT id FROM data WHERE day >= :p"),
          new Template(ParameterType.DATE, "SELECT id FROM data WHERE d <= :p"),
          new Template(ParameterType.TIMESTAMP, "SELECT id FROM data WHERE t < :p"),
          new Template(ParameterType.INTEGER, "SELECT id FROM data WHERE n = :p OR id > :p"),
          new Template(ParameterType.DECIMAL, "SELECT id FROM data WHERE x >= :p"),
          new Template(ParameterType.BOOLEAN, "SELECT id FROM data WHERE b = :p"));

  @TempDir Path folder;

  @Test
  void aLiteralMeansWhatTheBoundValueMeans() throws SQLException {
    Random random = new Random(SEED);
    int bound = 0;
    int rows = 0;
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      try (Statement statement = duck.createStatement()) {
        statement.execute("SET threads TO 1");
        statement.execute(
            "CREATE TABLE made (id BIGINT, s VARCHAR, day VARCHAR, d DATE, t TIMESTAMP, n BIGINT,"
                + " x DECIMAL(38, 10), b BOOLEAN)");
      }
      try (PreparedStatement insert =
          duck.prepareStatement("INSERT INTO made VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
        for (int id = 0; id < 600; id++) {
          LocalDate day = LocalDate.of(2024, 1, 1).plusDays(id % 90);
          insert.setLong(1, id);
          insert.setString(2, id < 500 ? PAYLOADS.get(id).replace("\0", "") : "b" + id);
          insert.setString(3, day.toString());
          insert.setObject(4, day);
          insert.setObject(5, day.atTime(id % 24, 0).plusNanos(id * 1_000L));
          insert.setLong(6, id * 3L - 600);
          insert.setBigDecimal(7, BigDecimal.valueOf(id * 7L - 1_000, 3));
          insert.setBoolean(8, id % 3 == 0);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      try (Statement statement = duck.createStatement()) {
        statement.execute("COPY made TO '" + folder.resolve("data.parquet") + "' (FORMAT PARQUET)");
        statement.execute(
            "CREATE VIEW data AS FROM read_parquet('" + folder.resolve("data.parquet") + "')");
      }
      for (int i = 0; i < CASES; i++) {
        Template template = Payloads.pick(TEMPLATES, random);
        String value = value(template.type(), random);
        NamedQuery query =
            new NamedQuery(
                "test/case",
                "",
                "",
                "",
                List.of(new QueryParameter("p", template.type(), "", "")),
                template.sql());
        List<String> literals;
        try {
          literals = query.literals(Map.of("p", value));
        } catch (SluiceException e) {
          continue;
        }
        bound++;
        List<List<Object>> ours = literal(duck, query.positionalSql(), template.type(), literals);
        List<List<Object>> theirs =
            bound(duck, query.positionalSql(), template.type(), value, literals.size());
        rows += ours.size();
        assertThat(ours)
            .as("seed %d, case %d: %s with %s", SEED, i, template, value)
            .isEqualTo(theirs);
      }
    }
    System.out.printf(
        "%,d random cases, %,d of them bound, %,d rows, the same both ways%n", CASES, bound, rows);
    assertThat(bound).isGreaterThan(CASES / 2);
    assertThat(rows).isPositive();
  }

  private static String value(ParameterType type, Random random) {
    if (random.nextInt(8) == 0) {
      return Payloads.pick(PAYLOADS, random);
    }
    return switch (type) {
      case STRING -> text(random);
      case DAY, DATE -> LocalDate.of(2023, 12, 1).plusDays(random.nextInt(150)).toString();
      case TIMESTAMP ->
          OffsetDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(random.nextInt(25) - 12))
              .plusSeconds(random.nextInt(8_000_000))
              .plusNanos(random.nextInt(1_000_000_000))
              .toString();
      case INTEGER ->
          random.nextInt(4) == 0
              ? Long.toString(random.nextLong())
              : Integer.toString(random.nextInt(1_400) - 700);
      case DECIMAL ->
          new BigDecimal(random.nextInt(12_000_000) - 6_000_000)
              .movePointLeft(random.nextInt(10))
              .toPlainString();
      case BOOLEAN -> Payloads.pick(List.of("true", "false", "TRUE", "1"), random);
    };
  }

  private static String text(Random random) {
    if (random.nextInt(3) == 0) {
      return Payloads.pick(PAYLOADS, random);
    }
    StringBuilder text = new StringBuilder();
    List<String> pieces =
        List.of(
            "'",
            "''",
            "\"",
            "\\",
            "--",
            "/*",
            "*/",
            ";",
            "%",
            "_",
            "?",
            ":p",
            "\n",
            "\r",
            "\t",
            " ",
            "b",
            "OR",
            "é",
            "\u0301",
            "\ud83d\ude00",
            "\ufeff",
            "\u2028",
            "1=1",
            "$1",
            "{",
            "\u0001");
    for (int i = random.nextInt(9); i > 0; i--) {
      text.append(Payloads.pick(pieces, random));
    }
    return text.toString();
  }

  private static List<List<Object>> literal(
      Connection duck, String sql, ParameterType type, List<String> literals) throws SQLException {
    StringBuilder text = new StringBuilder();
    int next = 0;
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '?') {
        String literal = literals.get(next++);
        text.append(
            type == ParameterType.DECIMAL
                ? literal.substring("DECIMAL '".length(), literal.length() - 1)
                : literal);
      } else {
        text.append(c);
      }
    }
    try (Statement statement = duck.createStatement();
        ResultSet result = statement.executeQuery(text.toString())) {
      return rows(result);
    }
  }

  private static List<List<Object>> bound(
      Connection duck, String sql, ParameterType type, String value, int times)
      throws SQLException {
    try (PreparedStatement statement = duck.prepareStatement(sql)) {
      for (int i = 1; i <= times; i++) {
        switch (type) {
          case STRING, DAY -> statement.setString(i, value);
          case DATE -> statement.setObject(i, LocalDate.parse(value));
          case TIMESTAMP ->
              statement.setObject(
                  i,
                  OffsetDateTime.parse(value)
                      .withOffsetSameInstant(ZoneOffset.UTC)
                      .toLocalDateTime());
          case INTEGER -> statement.setLong(i, Long.parseLong(value));
          case DECIMAL -> statement.setBigDecimal(i, new BigDecimal(value));
          case BOOLEAN -> statement.setBoolean(i, Boolean.parseBoolean(value));
        }
      }
      try (ResultSet result = statement.executeQuery()) {
        return rows(result);
      }
    }
  }

  private static List<List<Object>> rows(ResultSet result) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    while (result.next()) {
      List<Object> row = new ArrayList<>();
      for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
        row.add(result.getObject(c));
      }
      rows.add(row);
    }
    return rows;
  }
}
