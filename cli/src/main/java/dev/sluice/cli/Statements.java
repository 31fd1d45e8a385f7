package dev.sluice.cli;

import dev.sluice.model.query.SqlText;
import java.util.ArrayList;
import java.util.List;

/** Splits a text into SQL statements. */
final class Statements {
  private Statements() {}

  /**
   * The statements of a text, without the semicolons that end them and without empty ones. A
   * semicolon in quotes or in a comment ends nothing. A line that starts with a backslash is a
   * statement of its own.
   */
  static List<String> split(String text) {
    List<String> statements = new ArrayList<>();
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) == '\\' && blank(text, start, i)) {
        int end = text.indexOf('\n', i);
        end = end < 0 ? text.length() : end;
        add(statements, text.substring(i, end));
        i = end;
        start = end;
      } else if (text.charAt(i) == ';') {
        add(statements, text.substring(start, i));
        start = ++i;
      } else {
        i = SqlText.skip(text, i);
      }
    }
    add(statements, text.substring(start));
    return statements;
  }

  /** Whether the text ends inside a statement: more lines are to come before it can run. */
  static boolean open(String text) {
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) == '\\' && blank(text, start, i)) {
        return false;
      }
      if (text.charAt(i) == ';') {
        start = ++i;
      } else {
        i = SqlText.skip(text, i);
      }
    }
    return !blank(text, start, text.length());
  }

  private static boolean blank(String text, int from, int to) {
    int i = from;
    while (i < to) {
      if (text.startsWith("--", i) || text.startsWith("/*", i)) {
        i = SqlText.skip(text, i);
      } else if (Character.isWhitespace(text.charAt(i))) {
        i++;
      } else {
        return false;
      }
    }
    return true;
  }

  private static void add(List<String> statements, String statement) {
    if (!blank(statement, 0, statement.length())) {
      statements.add(statement.strip());
    }
  }
}
