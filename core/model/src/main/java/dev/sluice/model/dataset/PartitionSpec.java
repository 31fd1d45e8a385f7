package dev.sluice.model.dataset;

import java.util.List;

/**
 * How a table is laid out: one directory level per field, in order.
 *
 * @param fields empty for a table without partitions
 */
public record PartitionSpec(List<PartitionField> fields) {
  public PartitionSpec {
    fields = List.copyOf(fields);
  }

  /** Whether Athena can compute every partition instead of looking it up in the catalog. */
  public boolean projected() {
    return !fields.isEmpty() && fields.stream().allMatch(f -> f.projection().isPresent());
  }
}
