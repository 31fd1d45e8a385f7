package dev.sluice.model.query;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.TrinoTypes;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Problems;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an SQL file that declares a view: comment lines at its top, then one SELECT.
 *
 * <pre>
 * -- description: Spending of each department on each day
 * -- column: department string, The department that is charged
 * -- column: total decimal(38,2), Sum of the bookings
 * -- column: day string, Day of the bookings, UTC
 * SELECT …
 * </pre>
 */
final class ViewFile {
  private static final List<String> KEYS = List.of("description", "column");
  private static final Pattern COLUMN =
      Pattern.compile("([a-z_][a-z0-9_]{0,127})\\s+(\\S+?)(?:,\\s+(.*))?");
  private static final Pattern QUERY = Pattern.compile("(?is)(SELECT|WITH)\\b.*");

  /** Glue's limits. */
  private static final int DESCRIPTION = 2048;

  private static final int COMMENT = 255;

  private final String where;
  private final Problems problems;

  ViewFile(String where, Problems problems) {
    this.where = where;
    this.problems = problems;
  }

  /** The view; empty when something is wrong with it, which then goes to the problems. */
  Optional<ViewDefinition> read(String name, String text) {
    int before = problems.count();
    SqlFile file = SqlFile.read(where, text, KEYS, "column", problems);
    String description = file.required("description", where, problems);
    if (description.length() > DESCRIPTION) {
      problems.add(where, "description", "Glue keeps " + DESCRIPTION + " characters", "write less");
    }
    List<Column> columns = new ArrayList<>();
    for (SqlFile.Header header : file.all("column")) {
      column(header, columns);
    }
    if (file.all("column").isEmpty()) {
      problems.add(
          where,
          "column",
          "there is none",
          "add a line '-- column: name type, comment' for each column of the SELECT, in order");
    }
    statement(file.sql());
    return problems.count() > before
        ? Optional.empty()
        : Optional.of(new ViewDefinition(Catalog.SILVER, name, description, columns, file.sql()));
  }

  private void column(SqlFile.Header header, List<Column> columns) {
    String at = where + ":" + header.line();
    Matcher matcher = COLUMN.matcher(header.value());
    if (!matcher.matches()) {
      problems.add(
          at,
          "column '" + header.value() + "'",
          "it is not understood",
          "write '-- column: name type, comment', the name in lower case, no blanks in the type");
      return;
    }
    String name = matcher.group(1);
    String type = matcher.group(2);
    String comment = matcher.group(3) == null ? "" : matcher.group(3).strip();
    if (TrinoTypes.of(type).isEmpty()) {
      problems.add(
          at,
          "type '" + type + "' of column " + name,
          "there is no such type",
          "write it as tables have it, in lower case: string, bigint, double, decimal(12,2), date,"
              + " timestamp, array<string>, struct<a:int>");
    }
    if (comment.length() > COMMENT) {
      problems.add(
          at, "comment of column " + name, "Glue keeps " + COMMENT + " characters", "write less");
    }
    if (columns.stream().anyMatch(column -> column.name().equals(name))) {
      problems.add(at, "column " + name, "it stands twice", "remove one");
    }
    columns.add(new Column(name, type, comment));
  }

  private void statement(String sql) {
    if (!sql.isBlank() && !QUERY.matcher(sql).matches()) {
      problems.add(
          where,
          "the statement",
          "it does not begin with SELECT or WITH",
          "write the SELECT alone; the view is made of it");
    }
    for (String name :
        SqlParameters.uses(sql).stream().map(SqlParameters.Use::name).distinct().toList()) {
      problems.add(
          where, "parameter :" + name, "a view has no parameters", "filter where it is asked");
    }
    if (SqlParameters.hasQuestionMark(sql)) {
      problems.add(where, "the ?", "a view has no parameters", "filter where it is asked");
    }
  }
}
