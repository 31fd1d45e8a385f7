package dev.sluice.cli;

import dev.sluice.model.query.SqlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds what a word that is being typed can become. */
final class SqlCompletion {
  private static final List<String> KEYWORDS =
      List.of(
          "ALTER TABLE",
          "AND",
          "AS",
          "ASC",
          "BETWEEN",
          "CASE",
          "CAST",
          "CREATE EXTERNAL TABLE",
          "CREATE TABLE",
          "CREATE VIEW",
          "CROSS JOIN",
          "DELETE FROM",
          "DESC",
          "DESCRIBE",
          "DISTINCT",
          "DROP TABLE",
          "DROP VIEW",
          "ELSE",
          "END",
          "EXCEPT",
          "EXISTS",
          "EXPLAIN",
          "FALSE",
          "FOR TIMESTAMP AS OF",
          "FOR VERSION AS OF",
          "FROM",
          "FULL JOIN",
          "GROUP BY",
          "HAVING",
          "IN",
          "INNER JOIN",
          "INSERT INTO",
          "INTERSECT",
          "INTERVAL",
          "IS NOT NULL",
          "IS NULL",
          "JOIN",
          "LEFT JOIN",
          "LIKE",
          "LIMIT",
          "MERGE INTO",
          "MSCK REPAIR TABLE",
          "NOT",
          "NULL",
          "OFFSET",
          "ON",
          "OPTIMIZE",
          "OR",
          "ORDER BY",
          "OVER",
          "PARTITION BY",
          "RIGHT JOIN",
          "SELECT",
          "SET",
          "SHOW CREATE TABLE",
          "SHOW PARTITIONS",
          "SHOW TABLES",
          "THEN",
          "TIMESTAMP",
          "TRUE",
          "UNION ALL",
          "UNLOAD",
          "UNNEST",
          "UPDATE",
          "USING",
          "VACUUM",
          "VALUES",
          "WHEN",
          "WHERE",
          "WITH");

  private static final List<String> FUNCTIONS =
      List.of(
          "abs",
          "approx_distinct",
          "approx_percentile",
          "array_agg",
          "array_join",
          "avg",
          "cardinality",
          "ceil",
          "coalesce",
          "concat",
          "contains",
          "count",
          "count_if",
          "current_date",
          "current_timestamp",
          "date",
          "date_add",
          "date_diff",
          "date_format",
          "date_parse",
          "date_trunc",
          "day",
          "day_of_week",
          "element_at",
          "first_value",
          "floor",
          "format",
          "from_iso8601_timestamp",
          "from_unixtime",
          "greatest",
          "hour",
          "json_extract",
          "json_extract_scalar",
          "lag",
          "last_value",
          "lead",
          "least",
          "length",
          "lower",
          "map_agg",
          "max",
          "max_by",
          "min",
          "min_by",
          "month",
          "nullif",
          "rank",
          "regexp_extract",
          "regexp_like",
          "regexp_replace",
          "replace",
          "round",
          "row_number",
          "sequence",
          "split",
          "stddev",
          "strpos",
          "substr",
          "sum",
          "to_unixtime",
          "transform",
          "trim",
          "try",
          "try_cast",
          "upper",
          "year");

  /** Behind these words stands a table. */
  private static final Set<String> BEFORE_TABLES =
      Set.of("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "DESCRIBE", "OPTIMIZE", "VACUUM", "\\D");

  /** What is in the catalog. */
  interface Names {
    /** The databases. */
    List<String> databases();

    /** A database's tables, with their columns; none when there is no such database. */
    Map<String, List<String>> tables(String database);

    /** What plain names refer to. */
    String database();
  }

  /** What a word can become; {@code open} when more is to follow at once, without a blank. */
  record Proposal(String text, String kind, boolean open) {}

  private final Names names;

  SqlCompletion(Names names) {
    this.names = names;
  }

  /** The word that ends at the cursor: a name with its dots, a command, or nothing. */
  static String word(String line, int cursor) {
    int start = cursor;
    while (start > 0) {
      char c = line.charAt(start - 1);
      if (!Character.isLetterOrDigit(c) && c != '_' && c != '.' && c != '$') {
        break;
      }
      start--;
    }
    if (start > 0 && line.charAt(start - 1) == '\\') {
      start--;
    }
    return line.substring(start, cursor);
  }

  /** What the word before the cursor can become, names of the catalog first. */
  List<Proposal> proposals(String line, int cursor) {
    String word = word(line, cursor);
    List<Proposal> proposals = new ArrayList<>();
    if (word.startsWith("\\")) {
      Backslash.COMMANDS.forEach(command -> add(proposals, word, command, "command", false));
      return proposals;
    }
    String before = line.substring(0, cursor - word.length());
    List<String> words = words(statement(line, cursor));
    String last = last(before);
    if (last.equals("\\FORMAT")) {
      List.of("table", "csv", "json")
          .forEach(format -> add(proposals, word, format, "format", false));
      return proposals;
    }
    if (last.equals("\\USE")) {
      names.databases().forEach(database -> add(proposals, word, database, "database", false));
      return proposals;
    }
    if (inQuotes(line, cursor)) {
      return proposals;
    }
    int dot = word.lastIndexOf('.');
    if (dot > 0) {
      behindDot(proposals, word, word.substring(0, dot), words);
      return proposals;
    }
    if (BEFORE_TABLES.contains(last)) {
      tables(proposals, word);
      return proposals;
    }
    for (String table : new LinkedHashSet<>(mentioned(words).values())) {
      columns(table).forEach(column -> add(proposals, word, column, "column", false));
    }
    if (!word.isEmpty()) {
      boolean lower = word.equals(word.toLowerCase(Locale.ROOT));
      for (String keyword : KEYWORDS) {
        add(proposals, word, lower ? keyword.toLowerCase(Locale.ROOT) : keyword, "word", false);
      }
      FUNCTIONS.forEach(function -> add(proposals, word, function, "function", true));
    }
    return proposals;
  }

  private void behindDot(List<Proposal> proposals, String word, String owner, List<String> words) {
    names
        .tables(owner.toLowerCase(Locale.ROOT))
        .keySet()
        .forEach(table -> add(proposals, word, owner + "." + table, "table", false));
    String table = mentioned(words).getOrDefault(owner.toLowerCase(Locale.ROOT), owner);
    columns(table).forEach(column -> add(proposals, word, owner + "." + column, "column", false));
  }

  private void tables(List<Proposal> proposals, String word) {
    names
        .tables(names.database())
        .keySet()
        .forEach(table -> add(proposals, word, table, "table", false));
    names.databases().forEach(database -> add(proposals, word, database + ".", "database", true));
  }

  private List<String> columns(String table) {
    String lower = table.toLowerCase(Locale.ROOT);
    int dot = lower.indexOf('.');
    String database = dot < 0 ? names.database() : lower.substring(0, dot);
    return names.tables(database).getOrDefault(lower.substring(dot + 1), List.of());
  }

  /** The tables that the statement reads or writes, by their names and by their aliases. */
  private static Map<String, String> mentioned(List<String> words) {
    Map<String, String> tables = new LinkedHashMap<>();
    for (int i = 0; i + 1 < words.size(); i++) {
      String word = words.get(i).toUpperCase(Locale.ROOT);
      if (!Set.of("FROM", "JOIN", "INTO", "UPDATE").contains(word) || !isName(words.get(i + 1))) {
        continue;
      }
      String table = words.get(i + 1).toLowerCase(Locale.ROOT);
      tables.put(table, table);
      tables.put(table.substring(table.indexOf('.') + 1), table);
      int alias = i + 2;
      if (alias < words.size() && words.get(alias).equalsIgnoreCase("AS")) {
        alias++;
      }
      if (alias < words.size() && isName(words.get(alias)) && !isKeyword(words.get(alias))) {
        tables.put(words.get(alias).toLowerCase(Locale.ROOT), table);
      }
    }
    return tables;
  }

  private static boolean isName(String word) {
    return Character.isLetter(word.charAt(0)) || word.charAt(0) == '_';
  }

  private static boolean isKeyword(String word) {
    String upper = word.toUpperCase(Locale.ROOT);
    return KEYWORDS.stream().anyMatch(key -> key.equals(upper) || key.startsWith(upper + " "));
  }

  private static void add(
      List<Proposal> proposals, String word, String text, String kind, boolean open) {
    if (text.length() > word.length() && text.regionMatches(true, 0, word, 0, word.length())) {
      proposals.add(new Proposal(text, kind, open));
    }
  }

  /** The statement that the cursor is in, what follows the cursor included. */
  private static String statement(String line, int cursor) {
    int start = 0;
    int at = 0;
    while (at < line.length()) {
      if (line.charAt(at) == ';') {
        if (at >= cursor) {
          return line.substring(start, at);
        }
        start = at + 1;
      }
      at = SqlText.skip(line, at);
    }
    return line.substring(start);
  }

  /** Names with their dots and other words, without quotes, comments and symbols. */
  private static List<String> words(String sql) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      int end = at;
      while (end < sql.length()
          && (Character.isLetterOrDigit(sql.charAt(end))
              || sql.charAt(end) == '_'
              || sql.charAt(end) == '.')) {
        end++;
      }
      if (end > at) {
        words.add(sql.substring(at, end));
        at = end;
      } else {
        at = SqlText.skip(sql, at);
      }
    }
    return words;
  }

  private static String last(String before) {
    String text = before.stripTrailing();
    int start = text.length();
    while (start > 0
        && (Character.isLetter(text.charAt(start - 1)) || text.charAt(start - 1) == '_')) {
      start--;
    }
    if (start > 0 && text.charAt(start - 1) == '\\') {
      start--;
    }
    return text.substring(start).toUpperCase(Locale.ROOT);
  }

  private static boolean inQuotes(String line, int cursor) {
    int at = 0;
    while (at < cursor) {
      int next = SqlText.skip(line, at);
      if (next > cursor || (next == cursor && next > at + 1 && !isClosed(line, at, next))) {
        return true;
      }
      at = next;
    }
    return false;
  }

  private static boolean isClosed(String line, int start, int end) {
    return end - start > 1 && line.charAt(end - 1) == line.charAt(start);
  }
}
