package dev.sluice.cli;

import dev.sluice.model.json.Json;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a result is printed. */
enum ResultFormat {
  /** For people; NULL is shown as such. */
  TABLE {
    @Override
    void print(Athena.Answer answer, PrintStream out) {
      if (answer.columns().isEmpty()) {
        out.println("Done.");
        return;
      }
      List<String> head = new ArrayList<>();
      for (int i = 0; i < answer.columns().size(); i++) {
        head.add((NUMBERS.contains(answer.types().get(i)) ? ">" : "") + answer.columns().get(i));
      }
      Table table = new Table(head);
      for (List<@Nullable String> row : answer.rows()) {
        table.row(row.stream().map(value -> value == null ? "NULL" : value).toList());
      }
      table.lines().forEach(out::println);
    }
  },
  /** RFC 4180 with a heading line; NULL is an empty field, an empty string is {@code ""}. */
  CSV {
    @Override
    void print(Athena.Answer answer, PrintStream out) {
      if (answer.columns().isEmpty()) {
        return;
      }
      out.println(csv(answer.columns()));
      answer.rows().forEach(row -> out.println(csv(row)));
    }
  },
  /** One JSON object per row and line; numbers and booleans unquoted. */
  JSON {
    @Override
    void print(Athena.Answer answer, PrintStream out) {
      for (List<@Nullable String> row : answer.rows()) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < row.size(); i++) {
          object.put(answer.columns().get(i), typed(row.get(i), answer.types().get(i)));
        }
        out.println(Json.write(object));
      }
    }
  };

  private static final Set<String> NUMBERS =
      Set.of("tinyint", "smallint", "integer", "bigint", "real", "float", "double", "decimal");

  /** Prints a result. */
  abstract void print(Athena.Answer answer, PrintStream out);

  void print(Athena.Answer answer, Console console) {
    print(answer, console.out());
  }

  /** Whether values of a type are numbers. */
  static boolean isNumber(String type) {
    return NUMBERS.contains(type);
  }

  private static String csv(List<@Nullable String> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      line.append(i == 0 ? "" : ",");
      if (value == null) {
        continue;
      }
      boolean quoted =
          value.isEmpty() || value.chars().anyMatch(c -> c == ',' || c == '"' || c < ' ');
      line.append(quoted ? '"' + value.replace("\"", "\"\"") + '"' : value);
    }
    return line.toString();
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
}
