package dev.sluice.model.query;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Similar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A question to the lake, declared in an SQL file.
 *
 * @param name {@code <dataset>/<file>} without {@code .sql}; questions about the lake itself are in
 *     {@code ops/}
 * @param title a few words
 * @param description what the columns are, and which partitions it reads
 * @param question what it answers, as people ask it
 * @param parameters in the order in which the file declares them
 * @param sql one Trino statement without comments at its top, with {@code :name} for parameters
 */
public record NamedQuery(
    String name,
    String title,
    String description,
    String question,
    List<QueryParameter> parameters,
    String sql) {
  /** Athena's limit. */
  private static final int DESCRIPTION = 1024;

  public NamedQuery {
    parameters = List.copyOf(parameters);
  }

  /** The part of the name before the slash: a dataset, or {@code ops}. */
  public String group() {
    return name.substring(0, name.indexOf('/'));
  }

  /** The database that names without one refer to. */
  public String database() {
    return group().equals(NamedQueries.OPS) ? Catalog.OPS : Catalog.SILVER;
  }

  /** What Athena shows beside it: the question, the columns, how its statement is run. */
  public String summary() {
    String text = question() + " " + description() + "; " + usage();
    return text.length() <= DESCRIPTION ? text : text.substring(0, DESCRIPTION - 1) + "…";
  }

  /** Its name as a prepared statement, which knows no slash: {@code <group>_<file>}. */
  public String statementName() {
    return name.replace('/', '_');
  }

  /** How the prepared statement is run: a value for each {@code ?}, in order. */
  public String usage() {
    List<SqlParameters.Use> uses = SqlParameters.uses(sql);
    return "EXECUTE "
        + statementName()
        + (uses.isEmpty() ? "" : " USING ")
        + uses.stream().map(SqlParameters.Use::name).collect(Collectors.joining(", "));
  }

  /**
   * The statement as Athena's prepared statements and named queries want it, with {@code ?} in
   * place of parameters.
   */
  public String positionalSql() {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (SqlParameters.Use use : SqlParameters.uses(sql)) {
      text.append(sql, from, use.start()).append('?');
      from = use.end();
    }
    return text.append(sql, from, sql.length()).toString();
  }

  /** Names that the statement uses as parameters, and that are none. */
  public List<String> undeclared() {
    List<String> names = parameters.stream().map(QueryParameter::name).toList();
    return SqlParameters.uses(sql).stream()
        .map(SqlParameters.Use::name)
        .distinct()
        .filter(name -> !names.contains(name))
        .toList();
  }

  /**
   * The SQL literals for the {@code ?} of {@link #positionalSql()}, in order. The statement never
   * changes with the values.
   *
   * @param values by parameter; what is missing has its default
   * @throws SluiceException {@code INVALID_SETTINGS} when a parameter is unknown, or a value is not
   *     of its type; all problems in one message, values never in it
   */
  public List<String> literals(Map<String, String> values) {
    List<String> problems = new ArrayList<>();
    List<String> names = parameters.stream().map(QueryParameter::name).toList();
    values.keySet().stream()
        .filter(given -> !names.contains(given))
        .sorted()
        .forEach(given ->
            problems.add("there is no parameter '" + given + "'; " + Similar.wayOut(given, names)));
    Map<String, String> byName = new java.util.HashMap<>();
    for (QueryParameter parameter : parameters) {
      parameter
          .type()
          .literal(values.getOrDefault(parameter.name(), parameter.defaultValue()))
          .ifPresentOrElse(
              literal -> byName.put(parameter.name(), literal),
              () ->
                  problems.add(
                      "the value of '"
                          + parameter.name()
                          + "' is not "
                          + parameter.type().accepts()));
    }
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run the query " + name + ": " + String.join("; ", problems));
    }
    return SqlParameters.uses(sql).stream()
        .map(use -> java.util.Objects.requireNonNull(byName.get(use.name()), use.name()))
        .toList();
  }
}
