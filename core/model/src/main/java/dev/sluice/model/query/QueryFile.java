package dev.sluice.model.query;

import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.Similar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an SQL file: comment lines {@code -- key: value} at its top, then one statement.
 *
 * <pre>
 * -- title: Revenue by day
 * -- description: Orders and revenue of each day; reads the partitions from :from to :to only
 * -- question: How does the shop develop?
 * -- parameter: from day 2024-03-01, the first day
 * -- parameter: to day 2024-03-31, the last day
 * SELECT …
 * </pre>
 */
final class QueryFile {
  private static final Pattern LINE = Pattern.compile("--\\s*([a-z]+)\\s*:\\s*(.*?)\\s*");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "([a-z][a-z0-9_]{0,63})\\s+([a-z]+)\\s+(\"[^\"]*\"|[^\\s,]+)(?:\\s*,\\s*(.*))?");
  private static final List<String> KEYS = List.of("title", "description", "question", "parameter");
  private static final List<String> TYPES =
      java.util.Arrays.stream(ParameterType.values())
          .map(type -> type.name().toLowerCase(Locale.ROOT))
          .toList();

  private final String where;
  private final Problems problems;
  private final Map<String, String> texts = new LinkedHashMap<>();
  private final List<QueryParameter> parameters = new ArrayList<>();

  QueryFile(String where, Problems problems) {
    this.where = where;
    this.problems = problems;
  }

  /** The query; what is wrong with it goes to the problems. */
  NamedQuery read(String name, String text) {
    String[] lines = text.split("\n", -1);
    int line = 0;
    while (line < lines.length && (lines[line].isBlank() || lines[line].startsWith("--"))) {
      if (!lines[line].isBlank()) {
        header(line + 1, lines[line].stripTrailing());
      }
      line++;
    }
    for (String key : List.of("title", "description", "question")) {
      if (texts.getOrDefault(key, "").isEmpty()) {
        problems.add(where, key, "it is missing", "add a line '-- " + key + ": …' at the top");
      }
    }
    String sql = String.join("\n", List.of(lines).subList(line, lines.length)).stripTrailing();
    statement(sql);
    return new NamedQuery(
        name,
        texts.getOrDefault("title", ""),
        texts.getOrDefault("description", ""),
        texts.getOrDefault("question", ""),
        parameters,
        sql);
  }

  private void header(int line, String text) {
    Matcher matcher = LINE.matcher(text);
    if (!matcher.matches() || !KEYS.contains(matcher.group(1))) {
      problems.add(
          where + ":" + line,
          "the comment",
          "it is none of " + String.join(", ", KEYS),
          "write '-- title: …', or put other comments behind the first line of SQL");
      return;
    }
    String key = matcher.group(1);
    String value = matcher.group(2);
    if (key.equals("parameter")) {
      parameter(line, value).ifPresent(parameters::add);
    } else if (texts.putIfAbsent(key, value) != null) {
      problems.add(where + ":" + line, key, "it stands twice", "remove one");
    }
  }

  private Optional<QueryParameter> parameter(int line, String value) {
    String at = where + ":" + line;
    Matcher matcher = PARAMETER.matcher(value);
    if (!matcher.matches()) {
      problems.add(
          at,
          "parameter '" + value + "'",
          "it is not understood",
          "write '-- parameter: name type default, description'; a default with blanks in quotes");
      return Optional.empty();
    }
    String name = matcher.group(1);
    if (!TYPES.contains(matcher.group(2))) {
      problems.add(
          at,
          "type '" + matcher.group(2) + "' of parameter " + name,
          "there is no such type",
          Similar.wayOut(matcher.group(2), TYPES));
      return Optional.empty();
    }
    if (parameters.stream().anyMatch(p -> p.name().equals(name))) {
      problems.add(at, "parameter " + name, "it stands twice", "remove one");
      return Optional.empty();
    }
    ParameterType type = ParameterType.valueOf(matcher.group(2).toUpperCase(Locale.ROOT));
    String given = matcher.group(3);
    String standard = given.startsWith("\"") ? given.substring(1, given.length() - 1) : given;
    if (type.literal(standard).isEmpty()) {
      problems.add(
          at,
          "default '" + standard + "' of parameter " + name,
          "it is not " + type.accepts(),
          "correct it");
      return Optional.empty();
    }
    return Optional.of(
        new QueryParameter(
            name, type, standard, Optional.ofNullable(matcher.group(4)).orElse("").strip()));
  }

  private void statement(String sql) {
    if (sql.isBlank()) {
      problems.add(where, "the statement", "there is none", "write it below the comments");
    }
    if (SqlParameters.hasSemicolon(sql)) {
      problems.add(where, "the statement", "it has a semicolon", "one file is one statement");
    }
    List<String> declared = parameters.stream().map(QueryParameter::name).toList();
    Set<String> used = new HashSet<>();
    for (SqlParameters.Use use : SqlParameters.uses(sql)) {
      if (used.add(use.name()) && !declared.contains(use.name())) {
        problems.add(
            where,
            "parameter :" + use.name(),
            "it is not declared",
            "add a line '-- parameter: " + use.name() + " type default, description'");
      }
    }
    for (String name : declared) {
      if (!used.contains(name)) {
        problems.add(where, "parameter " + name, "the statement does not use it", "remove it");
      }
    }
  }
}
