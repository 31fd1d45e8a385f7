package dev.sluice.model.dataset;

import java.util.List;

/** The values that Athena may assume for a partition column, so that no catalog entry is needed. */
public sealed interface Projection {

  /** These values and no others. */
  record Values(List<String> values) implements Projection {
    public Values {
      values = List.copyOf(values);
    }
  }

  /** Every part from {@code from} to {@code to}, both written as the partition value is. */
  record Range(String from, String to) implements Projection {}
}
