package dev.sluice.cli;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.query.NamedQuery;
import dev.sluice.model.query.QueryParameter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The declared queries, for people. */
final class Questions {
  private final Console console;
  private final NamedQueries queries;

  /**
   * @param datasets the folder of the declarations; null for the usual one
   * @throws dev.sluice.model.SluiceException when a declaration makes no sense
   */
  Questions(Console console, @Nullable Path datasets) {
    this.console = console;
    Path root = datasets == null ? DatasetFolders.root(console) : datasets;
    queries = NamedQueries.load(root, Datasets.load(root));
  }

  NamedQuery get(String name) {
    return queries.get(name);
  }

  /** Lists all, or describes one. */
  void print(@Nullable String name) {
    if (name != null) {
      describe(queries.get(name));
      return;
    }
    Table table = new Table("query", "title", "parameters");
    for (NamedQuery query : queries.all()) {
      table.row(
          query.name(),
          query.title(),
          query.parameters().stream()
              .map(parameter -> parameter.name() + "=" + parameter.defaultValue())
              .collect(Collectors.joining(", ")));
    }
    table.lines().forEach(console.out()::println);
  }

  private void describe(NamedQuery query) {
    console.out().println(query.title());
    console.out().println(query.question());
    console.out().println(query.description());
    if (!query.parameters().isEmpty()) {
      Table table = new Table("parameter", "type", "default", "description");
      for (QueryParameter parameter : query.parameters()) {
        table.row(
            parameter.name(),
            parameter.type().name().toLowerCase(Locale.ROOT),
            parameter.defaultValue(),
            parameter.description());
      }
      console.out().println();
      table.lines().forEach(console.out()::println);
    }
    console.out().println();
    console.out().println(query.sql());
  }
}
