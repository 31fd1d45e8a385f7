package dev.sluice.simulate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The known result of a query. Values are {@link String}, {@link Long} and {@link BigDecimal},
 * which must be met exactly, {@link Double}, which must be met within a relative {@value
 * #TOLERANCE}, and null.
 *
 * @param columns names in order
 * @param rows in order, as long as {@code columns} each
 */
public record Answer(List<String> columns, List<List<@Nullable Object>> rows) {
  /** How far a {@link Double} may be off, relative to the larger of the two values. */
  public static final double TOLERANCE = 1e-9;

  public Answer {
    columns = List.copyOf(columns);
    List<List<@Nullable Object>> copies = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            "a row has " + row.size() + " values for " + columns.size() + " columns");
      }
      copies.add(Collections.unmodifiableList(new ArrayList<>(row)));
    }
    rows = Collections.unmodifiableList(copies);
  }

  /**
   * Compares with a result as query engines print it (Athena's {@code VarCharValue}s).
   *
   * @param actual rows in order, null for SQL NULL
   * @return what differs first, in one sentence; empty when all agrees
   */
  public Optional<String> difference(List<? extends List<@Nullable String>> actual) {
    for (int r = 0; r < Math.min(rows.size(), actual.size()); r++) {
      List<@Nullable Object> expectedRow = rows.get(r);
      List<@Nullable String> actualRow = actual.get(r);
      if (actualRow.size() != columns.size()) {
        return Optional.of(
            "row "
                + (r + 1)
                + " has "
                + actualRow.size()
                + " columns instead of "
                + columns.size());
      }
      for (int c = 0; c < columns.size(); c++) {
        if (!same(expectedRow.get(c), actualRow.get(c))) {
          return Optional.of(
              "row "
                  + (r + 1)
                  + ", column "
                  + columns.get(c)
                  + " is "
                  + actualRow.get(c)
                  + " instead of "
                  + expectedRow.get(c));
        }
      }
    }
    return rows.size() == actual.size()
        ? Optional.empty()
        : Optional.of(actual.size() + " rows instead of " + rows.size());
  }

  private static boolean same(@Nullable Object expected, @Nullable String actual) {
    if (expected == null || actual == null) {
      return expected == null && actual == null;
    }
    if (expected instanceof String text) {
      return text.equals(actual);
    }
    try {
      if (expected instanceof Double number) {
        double found = Double.parseDouble(actual);
        double scale = Math.max(Math.abs(number), Math.abs(found));
        return number.equals(found) || Math.abs(number - found) <= TOLERANCE * scale;
      }
      return new BigDecimal(expected.toString()).compareTo(new BigDecimal(actual)) == 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Not {@code Double.toString}, whose digits changed between JDK 18 and 19. */
  private static BigDecimal digits(double number) {
    BigDecimal rounded = new BigDecimal(number).round(MathContext.DECIMAL64).stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
  }

  /** The answer as a JSON object of {@code columns} and {@code rows}. */
  Map<String, @Nullable Object> toJson() {
    List<@Nullable Object> values = new ArrayList<>(rows.size());
    for (List<@Nullable Object> row : rows) {
      List<@Nullable Object> cells = new ArrayList<>(row.size());
      for (Object cell : row) {
        cells.add(cell instanceof Double number ? digits(number) : cell);
      }
      values.add(cells);
    }
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("columns", columns);
    json.put("rows", values);
    return json;
  }
}
