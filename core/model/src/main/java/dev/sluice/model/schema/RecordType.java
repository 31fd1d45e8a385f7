package dev.sluice.model.schema;

import java.util.List;

/**
 * A JSON object with known fields; a Parquet group.
 *
 * @param name the Avro name, without namespace
 * @param doc the schema's documentation, empty when it has none
 * @param fields in declared order, at least one
 */
public record RecordType(String name, String doc, List<Field> fields) implements Type {
  public RecordType {
    fields = List.copyOf(fields);
  }
}
