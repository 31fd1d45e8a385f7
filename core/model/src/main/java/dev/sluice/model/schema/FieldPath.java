package dev.sluice.model.schema;

import java.util.List;

/**
 * The way from the top record to a field through nested records, written {@code a.b.c} in declared
 * names.
 */
public record FieldPath(List<String> names) {
  public FieldPath {
    names = List.copyOf(names);
  }

  /**
   * Reads {@code a.b.c}. Any text is a path; whether it leads anywhere is for the schema to say.
   */
  public static FieldPath parse(String text) {
    return new FieldPath(List.of(text.split("\\.", -1)));
  }

  @Override
  public String toString() {
    return String.join(".", names);
  }
}
