package dev.sluice.benchmarks.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.books.Findings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed; many of them with {@code -Dsluice.reliability=full}. */
class KillRunIT {
  private static final boolean FULL = "full".equals(System.getProperty("sluice.reliability"));
  private static final long SEED = Long.getLong("sluice.seed", 1);

  @TempDir Path folder;

  @Test
  void whoeverIsKilledNothingIsLostOrDoubledOrLeftBehind() throws Exception {
    int kills = FULL ? 500 : 12;

    KillRun.Count count =
        new KillRun(Path.of(System.getProperty("sluice.root")), folder).run(kills, SEED, n -> {});

    assertThat(count.findings()).as("seed %s", SEED).isEqualTo(Findings.NONE);
    assertThat(count.kills()).isEqualTo(kills);
    assertThat(count.moments()).as("moments of kills").hasSizeGreaterThan(3);
    assertThat(count.uploads()).isGreaterThan(10);
  }
}
