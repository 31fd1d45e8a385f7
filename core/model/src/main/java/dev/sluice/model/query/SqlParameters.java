package dev.sluice.model.query;

import java.util.ArrayList;
import java.util.List;

/** Finds {@code :name} in SQL, outside of quotes and comments. */
final class SqlParameters {
  private SqlParameters() {}

  /** One use of a parameter; {@code start} is at the colon, {@code end} behind the name. */
  record Use(String name, int start, int end) {}

  static List<Use> uses(String sql) {
    List<Use> uses = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      int next = SqlText.skip(sql, at);
      if (next == at + 1
          && sql.charAt(at) == ':'
          && next < sql.length()
          && Character.isLetter(sql.charAt(next))) {
        int end = next;
        while (end < sql.length() && isName(sql.charAt(end))) {
          end++;
        }
        uses.add(new Use(sql.substring(next, end), at, end));
        next = end;
      }
      at = next;
    }
    return uses;
  }

  /** Whether a semicolon stands outside of quotes and comments. */
  static boolean hasSemicolon(String sql) {
    return has(';', sql);
  }

  /** Whether a parameter without a name stands outside of quotes and comments. */
  static boolean hasQuestionMark(String sql) {
    return has('?', sql);
  }

  private static boolean has(char sought, String sql) {
    for (int at = 0; at < sql.length(); at = SqlText.skip(sql, at)) {
      if (sql.charAt(at) == sought) {
        return true;
      }
    }
    return false;
  }

  private static boolean isName(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }
}
