package dev.sluice.books;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In whatever order workers take turns, call by call: when the queue has drained, every record is
 * where it belongs, once. Run like {@link ReliabilityTest}.
 */
class InterleavingsTest {
  private static final boolean FULL = "full".equals(System.getProperty("sluice.reliability"));
  private static final long SEED = Long.getLong("sluice.seed", 1);
  private static final Shelf SHELF = new Shelf();

  @TempDir(factory = MemoryFolder.Factory.class)
  Path scratch;

  @ParameterizedTest
  @EnumSource(ScheduleRuns.Cast.class)
  void inWhateverOrderWorkersTakeTurnsTheBooksBalance(ScheduleRuns.Cast cast) {
    ScheduleRuns runs = new ScheduleRuns(SHELF, scratch, Mutant.NONE);
    int interruptions = (cast.number() == 2 ? 2 : 1) + (FULL ? 1 : 0);
    ScheduleRuns.Count count = runs.runAll(cast, false, interruptions);
    assertThat(count.failed()).isNull();
    assertThat(count.schedules()).isGreaterThan(100);
    assertThat(runs.runAll(cast, true, 1).failed()).as("with versions").isNull();
  }

  @ParameterizedTest
  @EnumSource(ScheduleRuns.Cast.class)
  void inAnyOrderAndWithFaultsTheBooksBalance(ScheduleRuns.Cast cast) {
    ScheduleRuns runs = new ScheduleRuns(SHELF, scratch, Mutant.NONE);
    long faults = 0;
    for (long seed = SEED; seed < SEED + (FULL ? 5000 : 100); seed++) {
      ScheduleRuns.Count count = runs.runRandom(cast, seed);
      assertThat(count.failed()).isNull();
      faults += count.faults();
    }
    assertThat(faults).isGreaterThan(50);
  }

  @ParameterizedTest
  @EnumSource(MessageRuns.Beside.class)
  void whoIsKilledOverAMessageThatAnotherAcknowledgesLeavesNothing(MessageRuns.Beside beside) {
    MessageRuns runs = new MessageRuns(SHELF, scratch, Mutant.NONE);
    boolean all = FULL || beside == MessageRuns.Beside.NOTHING;
    int share = all ? 1 : 3;
    int interruptions = FULL && beside == MessageRuns.Beside.NOTHING ? 2 : 1;
    for (ObjectEvent.Kind kind : all ? MessageRuns.KINDS : MessageRuns.KINDS.subList(0, 1)) {
      for (boolean redeclared : all ? List.of(false, true) : List.of(false)) {
        MessageRuns.Count count = runs.runAll(beside, redeclared, kind, interruptions, share);
        assertThat(count.failed()).as("%s, redeclared: %s", kind, redeclared).isNull();
        assertThat(count.kills()).isGreaterThan(10 / share);
      }
    }
  }
}
