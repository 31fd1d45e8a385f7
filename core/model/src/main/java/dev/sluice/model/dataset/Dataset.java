package dev.sluice.model.dataset;

import dev.sluice.model.schema.FieldPath;
import dev.sluice.model.schema.RecordType;
import java.util.List;
import java.util.Optional;

/**
 * What a user declares: a folder under {@code datasets/}. Everything else is derived from it.
 *
 * @param name lower-case letters, digits and underscores; the first element of its object keys and
 *     the name of its table
 * @param description empty when the declaration has none
 * @param schema the shape of one record
 * @param eventTime the field that says when a record happened
 * @param key the fields that together name a record in its source system; may be empty
 * @param partitions how the table is laid out
 * @param rules what a record must satisfy beyond its schema
 * @param unknownFields what to do with JSON keys that the schema does not name
 * @param onSourceDelete what becomes of an object's records when it is deleted
 * @param csv how its CSV is written
 * @param queries names of SQL files that belong to the dataset, relative to its folder
 * @param views names of views that belong to the dataset
 * @param jobs names of Spark jobs that belong to the dataset
 * @param fingerprint 16 hexadecimal digits that change when any part of the declaration that bears
 *     on conversion changes
 */
public record Dataset(
    String name,
    String description,
    RecordType schema,
    Optional<FieldPath> eventTime,
    List<FieldPath> key,
    PartitionSpec partitions,
    List<QualityRule> rules,
    UnknownFields unknownFields,
    OnSourceDelete onSourceDelete,
    CsvFormat csv,
    List<String> queries,
    List<String> views,
    List<String> jobs,
    String fingerprint) {
  public Dataset {
    key = List.copyOf(key);
    rules = List.copyOf(rules);
    queries = List.copyOf(queries);
    views = List.copyOf(views);
    jobs = List.copyOf(jobs);
  }

  /** The same with other words on CSV. */
  public Dataset withCsv(CsvFormat other) {
    return new Dataset(
        name,
        description,
        schema,
        eventTime,
        key,
        partitions,
        rules,
        unknownFields,
        onSourceDelete,
        other,
        queries,
        views,
        jobs,
        fingerprint);
  }
}
