package dev.sluice.lake.athena;

import dev.sluice.lake.athena.SqlLexer.Kind;
import dev.sluice.lake.athena.SqlLexer.Token;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks over the tokens of one statement. */
final class SqlReader {
  private final String sql;
  private final List<Token> tokens;
  private int next;

  SqlReader(String sql, boolean hive) {
    this.sql = sql;
    List<Token> all = SqlLexer.tokens(sql, hive);
    while (!all.isEmpty() && all.getLast().symbol(";")) {
      all.removeLast();
    }
    for (Token token : all) {
      if (token.symbol(";")) {
        throw SqlException.malformed("Only one sql statement is allowed. Got: " + sql.strip());
      }
    }
    this.tokens = List.copyOf(all);
  }

  /** A database and a table, the former null when not named. */
  record Name(@Nullable String database, String table) {}

  boolean done() {
    return next >= tokens.size();
  }

  int position() {
    return done() ? end() : tokens.get(next).start();
  }

  /** Where the statement ends, without closing semicolons. */
  int end() {
    return tokens.isEmpty() ? 0 : tokens.getLast().end();
  }

  /** Where the last taken token ends. */
  int taken() {
    return next == 0 ? 0 : tokens.get(next - 1).end();
  }

  @Nullable Token peek() {
    return done() ? null : tokens.get(next);
  }

  /** Whether these words come next; they are not taken. */
  boolean ahead(String... words) {
    if (next + words.length > tokens.size()) {
      return false;
    }
    for (int i = 0; i < words.length; i++) {
      if (!tokens.get(next + i).word(words[i])) {
        return false;
      }
    }
    return true;
  }

  /** Takes these words if they come next. */
  boolean words(String... words) {
    if (ahead(words)) {
      next += words.length;
      return true;
    }
    return false;
  }

  void expectWords(String... words) {
    if (!words(words)) {
      throw wrong(String.join(" ", words) + " is expected");
    }
  }

  boolean symbol(String symbol) {
    if (!done() && tokens.get(next).symbol(symbol)) {
      next++;
      return true;
    }
    return false;
  }

  void expectSymbol(String symbol) {
    if (!symbol(symbol)) {
      throw wrong(symbol + " is expected");
    }
  }

  Token take() {
    if (done()) {
      throw wrong("the statement ends too early");
    }
    return tokens.get(next++);
  }

  String string() {
    Token token = take();
    if (token.kind() != Kind.STRING) {
      next--;
      throw wrong("a text in quotes is expected");
    }
    return token.text();
  }

  String identifier() {
    return spelled().toLowerCase(Locale.ROOT);
  }

  /** A name as it is written. */
  String spelled() {
    Token token = take();
    if (token.kind() == Kind.WORD || token.kind() == Kind.IDENTIFIER) {
      return token.text();
    }
    next--;
    throw wrong("a name is expected");
  }

  /** Whether this symbol comes next; it is not taken. */
  boolean aheadSymbol(String symbol) {
    return !done() && tokens.get(next).symbol(symbol);
  }

  /** {@code [awsdatacatalog.][database.]table}, each part quoted or not. */
  Name name() {
    List<String> parts = new ArrayList<>();
    parts.add(identifier());
    while (symbol(".")) {
      parts.add(identifier());
    }
    // `db.table` in one pair of backticks is common.
    if (parts.size() == 1 && parts.get(0).indexOf('.') > 0) {
      parts = new ArrayList<>(List.of(parts.get(0).split("\\.", -1)));
    }
    if (parts.size() == 3 && parts.get(0).equals("awsdatacatalog")) {
      parts.remove(0);
    }
    if (parts.size() > 2) {
      throw wrong("database.table is expected instead of " + String.join(".", parts));
    }
    return parts.size() == 2 ? new Name(parts.get(0), parts.get(1)) : new Name(null, parts.get(0));
  }

  /** {@code ('key'='value', ...)}. */
  Map<String, String> properties() {
    Map<String, String> properties = new LinkedHashMap<>();
    expectSymbol("(");
    do {
      String key = string();
      expectSymbol("=");
      properties.put(key, string());
    } while (symbol(","));
    expectSymbol(")");
    return properties;
  }

  /** A Hive type as Glue spells it: lower case, without blanks. */
  String type() {
    StringBuilder type = new StringBuilder();
    type(type);
    return type.toString();
  }

  private void type(StringBuilder out) {
    Token token = take();
    String name = token.text().toLowerCase(Locale.ROOT);
    if (token.kind() != Kind.WORD) {
      next--;
      throw wrong("a type is expected");
    }
    switch (name) {
      case "array" -> {
        out.append("array<");
        expectSymbol("<");
        type(out);
        close(out);
      }
      case "map" -> {
        out.append("map<");
        expectSymbol("<");
        type(out);
        expectSymbol(",");
        out.append(',');
        type(out);
        close(out);
      }
      case "struct" -> {
        out.append("struct<");
        expectSymbol("<");
        String separator = "";
        do {
          out.append(separator).append(identifier()).append(':');
          symbol(":");
          type(out);
          separator = ",";
        } while (symbol(","));
        close(out);
      }
      case "decimal", "varchar", "char" -> {
        out.append(name);
        if (symbol("(")) {
          out.append('(').append(take().text());
          if (symbol(",")) {
            out.append(',').append(take().text());
          }
          expectSymbol(")");
          out.append(')');
        }
      }
      case "boolean",
          "tinyint",
          "smallint",
          "bigint",
          "int",
          "float",
          "double",
          "string",
          "date",
          "timestamp",
          "binary" ->
          out.append(name);
      case "integer" -> out.append("int");
      case "real" -> out.append("float");
      default -> {
        next--;
        throw wrong("there is no such type in Athena's DDL: " + name);
      }
    }
  }

  private void close(StringBuilder out) {
    expectSymbol(">");
    out.append('>');
  }

  /** The text from the next token to the end of the statement. */
  String rest() {
    return sql.substring(Math.min(position(), end()), end());
  }

  void expectEnd() {
    if (!done()) {
      throw wrong("the statement should end before " + tokens.get(next).text());
    }
  }

  /** The index of the parenthesis that closes the one taken last. */
  int skipToClosing() {
    int depth = 1;
    while (!done()) {
      Token token = take();
      if (token.symbol("(") || token.symbol("[")) {
        depth++;
      } else if (token.symbol(")") || token.symbol("]")) {
        if (--depth == 0) {
          return token.start();
        }
      }
    }
    throw wrong("a parenthesis is not closed");
  }

  SqlException wrong(String why) {
    return SqlException.at(sql, position(), why);
  }
}
