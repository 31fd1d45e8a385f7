package dev.sluice.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.PartitionSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PartitionTest {
  private static final Datasets DATASETS =
      Datasets.load(Path.of(System.getProperty("sluice.root")).resolve("datasets"));

  private static PartitionSpec spec(String dataset) {
    return DATASETS.get(dataset).partitions();
  }

  @Test
  void aDirectoryIsAConditionOnItsColumns() {
    Partition partition = Partition.of(spec("sensors"), "location=a%2Fb+c/day=2024-01-31");
    assertThat(partition.onColumns())
        .isEqualTo("\"location\" = 'a/b+c' AND \"day\" = '2024-01-31'");
  }

  @Test
  void aDirectoryIsAConditionOnTheFieldsItComesFrom() {
    Partition partition = Partition.of(spec("sensors"), "location=roof/day=2024-02-29");
    assertThat(partition.onFields(DuckDb::name, false))
        .isEqualTo(
            "\"location\" = 'roof' AND \"event_time\" >= TIMESTAMP '2024-02-29 00:00:00'"
                + " AND \"event_time\" < TIMESTAMP '2024-03-01 00:00:00'");
  }

  @Test
  void levelsOfOneTimeMakeOneRange() {
    Partition partition = Partition.of(spec("receipts"), "year=2024/month=12");
    assertThat(partition.onFields(DuckDb::name, true))
        .isEqualTo(
            "\"purchase_time\" >= TIMESTAMPTZ '2024-12-01 00:00:00+00'"
                + " AND \"purchase_time\" < TIMESTAMPTZ '2025-01-01 00:00:00+00'");
  }
}
