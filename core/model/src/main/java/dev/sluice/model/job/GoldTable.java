package dev.sluice.model.job;

import java.util.List;

/**
 * A table that a job writes, {@code gold.<name>}.
 *
 * @param name unique among the tables of all jobs
 * @param doc what it holds; empty when nothing is said
 * @param partitions the columns that it is partitioned by, in order
 */
public record GoldTable(String name, String doc, List<String> partitions) {
  public GoldTable {
    partitions = List.copyOf(partitions);
  }
}
