package dev.sluice.query;

import dev.sluice.model.query.ResultPage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows as JSON and as CSV. */
final class Results {
  private static final Set<String> NUMBERS =
      Set.of("tinyint", "smallint", "integer", "bigint", "real", "float", "double", "decimal");

  private Results() {}

  /** Numbers and booleans become such, all else is text. */
  static List<List<@Nullable Object>> json(ResultPage page) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (List<@Nullable String> row : page.rows()) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        values.add(typed(row.get(i), page.columns().get(i).type()));
      }
      rows.add(values);
    }
    return rows;
  }

  private static @Nullable Object typed(@Nullable String value, String type) {
    if (value == null) {
      return null;
    }
    if (type.equals("boolean")) {
      return Boolean.valueOf(value);
    }
    if (NUMBERS.contains(type)) {
      try {
        return new BigDecimal(value);
      } catch (NumberFormatException e) {
        // NaN and the infinities have no number in JSON.
        return value;
      }
    }
    return value;
  }

  /** RFC 4180; NULL is an empty field, an empty text is {@code ""}. */
  static String csv(ResultPage page, boolean heading) {
    StringBuilder text = new StringBuilder();
    if (heading) {
      line(page.columns().stream().map(ResultPage.Column::name).toList(), text);
    }
    page.rows().forEach(row -> line(row, text));
    return text.toString();
  }

  private static void line(List<? extends @Nullable String> values, StringBuilder text) {
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      text.append(i == 0 ? "" : ",");
      if (value == null) {
        continue;
      }
      boolean quoted =
          value.isEmpty() || value.chars().anyMatch(c -> c == ',' || c == '"' || c < ' ');
      text.append(quoted ? '"' + value.replace("\"", "\"\"") + '"' : value);
    }
    text.append("\r\n");
  }
}
