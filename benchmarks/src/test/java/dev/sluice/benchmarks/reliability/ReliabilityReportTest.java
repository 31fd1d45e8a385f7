package dev.sluice.benchmarks.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.reliability.ReliabilityRun.Figure;
import dev.sluice.benchmarks.reliability.ReliabilityRun.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReliabilityReportTest {
  private static final Part GOOD =
      new Part("Faults", List.of(new Figure("single faults", 1234)), 1.5, List.of(), 0, 0, 0);
  private static final Part BAD =
      new Part("Kills", List.of(new Figure("kills", 5)), 2, List.of("seed 7: lost"), 3, 1, 2);

  private static ReliabilityReport report(Part... parts) {
    return new ReliabilityReport(
        Machine.look(), "./sluice bench reliability", "", 7, List.of(parts));
  }

  @Test
  void figuresStandInOneLineForEachPart() {
    assertThat(report(GOOD, BAD).markdown())
        .contains(
            "| Faults | 1,234 single faults | 0 | 0 | 0 | 1.50 s |",
            "| Kills | 5 kills | 3 | 1 | 2 | 2.00 s |");
  }

  @Test
  void onePartThatIsWrongMakesTheWholeWrong() {
    assertThat(report(GOOD).balanced()).isTrue();
    assertThat(report(GOOD, BAD).balanced()).isFalse();
    assertThat(report(GOOD, BAD).toJson())
        .containsEntry("lost", 3L)
        .containsEntry("doubled", 1L)
        .containsEntry("orphans", 2L)
        .containsEntry("balanced", false);
  }
}
