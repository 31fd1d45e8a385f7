package dev.sluice.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever fails: when the queue has drained, every record is where it belongs, once. A part of the
 * pairs of faults in every run and everything with {@code -Dsluice.reliability=full}; from another
 * seed with {@code -Dsluice.seed=N}; with a list of what happened with {@code -Dsluice.trace}.
 */
class ReliabilityTest {
  private static final boolean FULL = "full".equals(System.getProperty("sluice.reliability"));
  private static final long SEED = Long.getLong("sluice.seed", 1);

  /** One of so many pairs of faults. */
  private static final int SHARE = FULL ? 1 : 4;

  private static final Shelf SHELF = new Shelf();

  @TempDir(factory = MemoryFolder.Factory.class)
  Path scratch;

  @ParameterizedTest
  @EnumSource(FaultRuns.Story.class)
  void anyFaultAndAnyPairOfFaultsIsMended(FaultRuns.Story story) {
    FaultRuns runs = new FaultRuns(SHELF, scratch, Mutant.NONE);
    FaultRuns.Count count = runs.runPairs(story, false, SHARE);
    assertThat(count.failed()).isNull();
    assertThat(count.single()).as("calls that failed").isGreaterThan(5 * 5);
    assertThat(count.pairs()).as("pairs").isGreaterThan(count.single() * 5 * 5 / SHARE);
    FaultRuns.Count versioned = FULL ? runs.runPairs(story, true, 1) : runs.runSingle(story, true);
    assertThat(versioned.failed()).as("with versions").isNull();
  }

  @Test
  void whateverAQueueDoesTheBooksBalance() {
    QueueRuns runs = new QueueRuns(SHELF, scratch, Mutant.NONE);
    long dead = 0;
    for (long seed = SEED; seed < SEED + (FULL ? 50_000 : 1000); seed++) {
      QueueRuns.Count count = runs.run(seed);
      assertThat(count.failed()).isNull();
      dead += count.dead();
    }
    assertThat(dead).as("dead letters").isPositive();
  }

  @Test
  void aStormOfDuplicatesEndsLikeASingleDelivery() {
    Storm.Count count =
        new Storm(SHELF, scratch, Mutant.NONE, 4).run(FULL ? 100_000 : 4000, SEED, n -> {});
    assertThat(count.findings()).as("seed %s", SEED).isEqualTo(Findings.NONE);
    assertThat(count.deliveries()).isGreaterThanOrEqualTo(FULL ? 100_000 : 4000);
  }

  @ParameterizedTest
  @EnumSource(value = Mutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aBrokenIngestIsCaught(Mutant mutant) {
    assertThat(new MutantRuns(SHELF, scratch).caught(mutant)).as(mutant.toString()).isPresent();
  }
}
