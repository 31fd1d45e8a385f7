package dev.sluice.model.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobRunTest {
  private static final Instant NOW = Instant.parse("2026-11-21T02:00:07Z");
  private static final RunId ID =
      new RunId(new Slot("sensors/statistics", Instant.parse("2026-11-21T02:00:00Z")), 2);

  @Test
  void aRunIsReadAsItWasWritten() {
    JobRun claimed = JobRun.claimed(ID, JobRun.Origin.HAND, true, NOW, "me", NOW.plusSeconds(300));
    JobRun ended =
        claimed
            .launched("j-1", "", false, NOW, "s3://l/")
            .seen("s-1", Optional.of(NOW.plusSeconds(60)), "s3://l/s-1/")
            .stopping(JobRun.Status.CANCELLED, "replaced")
            .ended(JobRun.Status.CANCELLED, NOW.plusSeconds(90), "replaced", "s3://l/s-1/");

    assertThat(JobRun.parse(claimed.toLine())).isEqualTo(claimed);
    assertThat(JobRun.parse(claimed.queued("waits").toLine())).isEqualTo(claimed.queued("waits"));
    assertThat(JobRun.parse(ended.toLine())).isEqualTo(ended);
    assertThat(ended.duration()).contains(Duration.ofSeconds(30));
    assertThat(RunId.parse(ID.toString())).contains(ID);
    assertThat(ID).hasToString("sensors.statistics.20261121T020000Z.2");
    assertThat(RunId.parse("sensors.statistics.20261121T020000Z")).isEmpty();
    assertThat(RunId.parse("sensors.statistics.20261121T020000Z.0")).isEmpty();
  }

  @Test
  void theTableHasTheKeysOfAnEntry() {
    List<String> columns =
        new Catalog(LakeLayout.defaults())
            .jobRuns(Datasets.of(List.of())).columns().stream().map(Column::name).toList();
    List<String> keys =
        List.copyOf(JobRun.claimed(ID, JobRun.Origin.HAND, true, NOW, "me", NOW).toJson().keySet());

    assertThat(keys).containsAll(columns).contains("dataset");
    assertThat(columns).doesNotContain("dataset", "owner", "lease_until", "stop_as");
  }

  @Test
  void keysKeepTheOrderOfTime() {
    LakeLayout layout = LakeLayout.defaults();

    assertThat(layout.jobRunKey("sensors", "statistics", ID.slot().timeKey(), 2))
        .isEqualTo("ops/job_runs/dataset=sensors/statistics.20261121T020000Z.2.json");
    assertThat(layout.jobSlotKey("sensors", "statistics", ID.slot().timeKey(), 2))
        .isEqualTo("ops/job_slots/sensors.statistics.20261121T020000Z.2.json");
    assertThat(layout.jobHeadKey("sensors", "statistics"))
        .isEqualTo("ops/job_heads/sensors.statistics.json");
  }
}
