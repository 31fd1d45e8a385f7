package dev.sluice.convert;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.limit.Limits;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What happens to scanned records in the order of the source, one batch at a time: text is
 * interned, rules are checked, and records are moved to the stages of their partitions.
 */
final class Assembly {
  private final @Nullable Interner[] interners;
  private final Rules rules;
  private final Router router;
  private final TableWriter table;
  private int[] partition = new int[0];

  Assembly(
      Dataset dataset,
      Node root,
      Limits limits,
      @Nullable Interner[] interners,
      Router router,
      TableWriter table) {
    this.interners = interners;
    this.rules = new Rules(dataset, root, limits);
    this.router = router;
    this.table = table;
  }

  /**
   * Takes in a batch.
   *
   * @param reader that filled it, and is told which records are refused
   */
  void take(Batch batch, Records reader) throws IOException {
    partition = Scatter.sized(partition, batch.rows);
    Arrays.fill(partition, 0, batch.rows, 0);
    for (int i = 0; i < interners.length; i++) {
      Interner interner = interners[i];
      if (interner != null && !interner.raw) {
        interner.intern(batch, batch.columns[i]);
      }
    }
    rules.apply(batch, interners, partition, reader);
    router.route(batch, interners, partition, reader);
    table.add(batch, partition);
  }
}
