package dev.sluice.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** The names in Athena's catalog, asked for once and then kept until they may have changed. */
final class CatalogNames implements SqlCompletion.Names {
  private final Athena athena;
  private final Map<String, Map<String, List<String>>> tables = new HashMap<>();
  private @Nullable List<String> databases;

  CatalogNames(Athena athena) {
    this.athena = athena;
  }

  /** Lets all names be asked for again. */
  void forget() {
    databases = null;
    tables.clear();
  }

  @Override
  public List<String> databases() {
    if (databases == null) {
      try {
        databases = athena.databases();
      } catch (Failure e) {
        // Completion has nothing to say then; the next statement tells what is wrong.
        return List.of();
      }
    }
    return databases;
  }

  @Override
  public Map<String, List<String>> tables(String database) {
    if (!databases().contains(database)) {
      return Map.of();
    }
    return tables.computeIfAbsent(database, this::load);
  }

  @Override
  public String database() {
    return athena.database();
  }

  private Map<String, List<String>> load(String database) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    try {
      for (TableMetadata table : athena.tables(database)) {
        List<String> columns = new ArrayList<>();
        table.columns().forEach(column -> columns.add(column.name()));
        table.partitionKeys().forEach(column -> columns.add(column.name()));
        found.put(table.name(), columns);
      }
    } catch (Failure e) {
      return Map.of();
    }
    return found;
  }
}
