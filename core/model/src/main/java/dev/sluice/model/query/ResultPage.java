package dev.sluice.model.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a result.
 *
 * @param columns names and types
 * @param rows the values as text, null for NULL; as many in each as there are columns
 * @param next names the page that follows
 */
public record ResultPage(
    List<Column> columns, List<List<@Nullable String>> rows, Optional<String> next) {
  public ResultPage {
    columns = List.copyOf(columns);
    List<List<@Nullable String>> copy = new ArrayList<>();
    rows.forEach(row -> copy.add(Collections.unmodifiableList(new ArrayList<>(row))));
    rows = Collections.unmodifiableList(copy);
  }

  /**
   * A column.
   *
   * @param name as the statement names it; may be empty, and stand twice
   * @param type as Athena names it, {@code varchar}, {@code bigint}, …
   */
  public record Column(String name, String type) {}
}
