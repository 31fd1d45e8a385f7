package dev.sluice.model.query;

/** Walks over the text of SQL statements. */
public final class SqlText {
  private SqlText() {}

  /**
   * The position behind a quoted text or a comment that begins here, else behind one character.
   * What is not closed reaches to the end.
   *
   * @param at a position in the text, not the end
   */
  public static int skip(String sql, int at) {
    char c = sql.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      return after(sql, String.valueOf(c), at + 1);
    }
    if (sql.startsWith("--", at)) {
      return after(sql, "\n", at + 2);
    }
    return sql.startsWith("/*", at) ? after(sql, "*/", at + 2) : at + 1;
  }

  private static int after(String sql, String end, int from) {
    int at = sql.indexOf(end, from);
    return at < 0 ? sql.length() : at + end.length();
  }
}
