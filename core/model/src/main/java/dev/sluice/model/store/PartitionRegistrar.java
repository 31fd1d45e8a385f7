package dev.sluice.model.store;

import java.util.List;

/** Tells the catalog of partitions that have data. */
public interface PartitionRegistrar {

  /**
   * Makes sure that the table has these partitions. One that is there already stays as it is.
   *
   * @throws dev.sluice.model.SluiceException {@code UNAVAILABLE} when the catalog did not answer or
   *     asked to slow down; {@code INVALID_SETTINGS} when there is no such table or permission
   */
  void register(String database, String table, List<Partition> partitions);

  /**
   * A partition.
   *
   * @param values one per partition column, in the table's order; {@code
   *     __HIVE_DEFAULT_PARTITION__} for null
   * @param location {@code s3://bucket/prefix/}
   */
  record Partition(List<String> values, String location) {
    public Partition {
      values = List.copyOf(values);
    }
  }
}
