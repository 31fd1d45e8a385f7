package dev.sluice.lake.athena;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Splits a statement into words, literals and symbols; comments are passed over. */
final class SqlLexer {
  enum Kind {
    WORD,
    NUMBER,
    STRING,
    IDENTIFIER,
    SYMBOL
  }

  /**
   * One token.
   *
   * @param text without quotes, escapes resolved
   * @param start where it begins in the statement
   * @param end where what follows begins
   */
  record Token(Kind kind, String text, int start, int end) {
    boolean word(String word) {
      return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    boolean symbol(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    String upper() {
      return text.toUpperCase(Locale.ROOT);
    }
  }

  private SqlLexer() {}

  /**
   * All tokens of a statement.
   *
   * @param hive whether a backslash escapes in literals, as in Hive's DDL
   * @throws SqlException when a quote or comment is not closed
   */
  static List<Token> tokens(String sql, boolean hive) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end + 1;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        if (end < 0) {
          throw SqlException.at(sql, at, "the comment is not closed");
        }
        at = end + 2;
      } else if (c == '\'' || c == '"' || c == '`') {
        at = quoted(sql, at, hive, tokens);
      } else if (Character.isDigit(c)) {
        int end = at;
        while (end < sql.length()
            && (Character.isLetterOrDigit(sql.charAt(end)) || sql.charAt(end) == '.')) {
          end++;
        }
        tokens.add(new Token(Kind.NUMBER, sql.substring(at, end), at, end));
        at = end;
      } else if (Character.isLetter(c) || c == '_') {
        int end = at;
        while (end < sql.length()
            && (Character.isLetterOrDigit(sql.charAt(end))
                || sql.charAt(end) == '_'
                || sql.charAt(end) == '$')) {
          end++;
        }
        tokens.add(new Token(Kind.WORD, sql.substring(at, end), at, end));
        at = end;
      } else {
        tokens.add(new Token(Kind.SYMBOL, String.valueOf(c), at, at + 1));
        at++;
      }
    }
    return tokens;
  }

  private static int quoted(String sql, int start, boolean hive, List<Token> tokens) {
    char quote = sql.charAt(start);
    boolean literal = quote == '\'' || (hive && quote == '"');
    StringBuilder text = new StringBuilder();
    int at = start + 1;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == quote) {
        if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
          text.append(quote);
          at += 2;
          continue;
        }
        tokens.add(
            new Token(literal ? Kind.STRING : Kind.IDENTIFIER, text.toString(), start, at + 1));
        return at + 1;
      }
      if (hive && literal && c == '\\' && at + 1 < sql.length()) {
        at = escape(sql, at + 1, text);
        continue;
      }
      text.append(c);
      at++;
    }
    throw SqlException.at(sql, start, "the quote is not closed");
  }

  private static int escape(String sql, int at, StringBuilder text) {
    char c = sql.charAt(at);
    if (c >= '0' && c <= '3' && sql.substring(at).matches("(?s)[0-3][0-7]{2}.*")) {
      text.append((char) Integer.parseInt(sql.substring(at, at + 3), 8));
      return at + 3;
    }
    if (c == 'u' && sql.substring(at).matches("(?s)u[0-9a-fA-F]{4}.*")) {
      text.append((char) Integer.parseInt(sql.substring(at + 1, at + 5), 16));
      return at + 5;
    }
    switch (c) {
      case 't' -> text.append('\t');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 'b' -> text.append('\b');
      case '0' -> text.append('\0');
      // Patterns of regular expressions keep their backslashes, as in Hive.
      case '\\', '\'', '"' -> text.append(c);
      default -> text.append('\\').append(c);
    }
    return at + 1;
  }
}
