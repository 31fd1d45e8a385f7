package dev.sluice.model.schema;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A field of a record.
 *
 * @param name the declared name, as it is written in JSON unless {@code keys} says more
 * @param keys the JSON keys that this field is read from, the first preferred: the schema's {@code
 *     json} property or the name, then the aliases
 * @param type what it holds
 * @param nullable whether JSON {@code null} is a value
 * @param defaultValue what an absent field holds; empty when it must be there
 * @param doc the schema's documentation, empty when it has none
 */
public record Field(
    String name,
    List<String> keys,
    Type type,
    boolean nullable,
    Optional<DefaultValue> defaultValue,
    String doc) {
  public Field {
    keys = List.copyOf(keys);
  }

  /** The column's name in Parquet, Glue and SQL: lower case, because Glue folds names. */
  public String column() {
    return name.toLowerCase(Locale.ROOT);
  }
}
