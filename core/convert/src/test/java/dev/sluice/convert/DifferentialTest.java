package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random schemas and random records: {@link Reference} says what must become of each, two engines
 * say what became of it. {@code -Dsluice.differential.rounds} and {@code
 * -Dsluice.differential.seed} ask for more, or for one again.
 */
class DifferentialTest {
  private static final int ROUNDS = Integer.getInteger("sluice.differential.rounds", 100);
  private static final long SEED =
      Long.getLong("sluice.differential.seed", System.nanoTime() >>> 10);

  @TempDir Path folder;

  @Test
  void everyRecordIsWrittenWithItsValuesOrQuarantinedForItsReason() throws SQLException {
    try (Connection duckDb = Readers.duckDb()) {
      for (int round = 0; round < ROUNDS; round++) {
        long seed = SEED + round;
        try {
          round(seed, duckDb);
        } catch (RuntimeException | AssertionError e) {
          throw new AssertionError(
              "Differs: run again with -Dsluice.differential.rounds=1"
                  + " -Dsluice.differential.seed="
                  + seed,
              e);
        }
      }
    }
  }

  private void round(long seed, Connection duckDb) {
    RandomRun random = RandomRun.of(seed, folder);
    Run run = random.run();

    Run.same(
        "quarantined",
        run.refused.stream().map(r -> r.reason() + " " + r.text()).toList(),
        random.refused());
    assertThat(run.conversion.files().stream().map(DataFile::directory))
        .containsExactlyInAnyOrderElementsOf(random.expected().keySet());
    for (DataFile file : run.conversion.files()) {
      List<Map<String, Object>> rows = random.expected().get(file.directory());
      Run.same("parquet-java", Readers.parquetJava(random.schema(), file.path()), rows);
      Run.same("DuckDB", Readers.duckDb(duckDb, random.schema(), file.path()), rows);
    }
  }
}
