package dev.sluice.model.query;

import dev.sluice.model.dataset.Problems;
import dev.sluice.model.dataset.Similar;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
  private final List<QueryParameter> parameters = new ArrayList<>();

  QueryFile(String where, Problems problems) {
    this.where = where;
    this.problems = problems;
  }

  /** The query; what is wrong with it goes to the problems. */
  NamedQuery read(String name, String text) {
    SqlFile file = SqlFile.read(where, text, KEYS, "parameter", problems);
    for (SqlFile.Header header : file.all("parameter")) {
      parameter(header.line(), header.value()).ifPresent(parameters::add);
    }
    String title = file.required("title", where, problems);
    String description = file.required("description", where, problems);
    String question = file.required("question", where, problems);
    statement(file.sql());
    return new NamedQuery(name, title, description, question, parameters, file.sql());
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
