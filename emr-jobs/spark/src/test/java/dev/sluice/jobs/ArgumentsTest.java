package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.registry.LakeLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final LakeLayout LAYOUT =
      new LakeLayout("raw", "lake", LakeLayout.defaults().resultsBucket());

  @Test
  void whatTheLauncherSaysIsUnderstood() {
    String datasets = "s3://lake/code/0a1b/datasets.zip";
    JobCommand command =
        new JobCommand(
            List.of("sensors/statistics", "receipts/totals"),
            Instant.parse("2026-11-21T02:00:00Z"),
            "sensors.statistics.20261121T020000Z.1",
            false,
            new JobCode("s3://lake/code/0a1b/sluice-jobs.jar", datasets),
            LAYOUT,
            Map.of("spark.sql.shuffle.partitions", "8"));
    List<String> all = command.arguments();
    int jar = all.indexOf("s3://lake/code/0a1b/sluice-jobs.jar");

    assertThat(all.get(all.indexOf("--class") + 1)).isEqualTo(Run.class.getName());
    assertThat(Arguments.parse(all.subList(jar + 1, all.size()), false))
        .isEqualTo(
            new Arguments(
                List.of("sensors/statistics", "receipts/totals"),
                command.slot(),
                command.run(),
                false,
                LAYOUT,
                datasets));
  }

  @Test
  void everythingWrongIsSaidAtOnce() {
    assertThatThrownBy(() ->
            Arguments.parse(
                List.of(
                    "--jobs",
                    "sensors/statistics,Bad",
                    "--slot",
                    "yesterday",
                    "--mode",
                    "some",
                    "--mode",
                    "full",
                    "--what",
                    "--run",
                    "--raw-bucket",
                    "same",
                    "--lake-bucket",
                    "same"),
                false))
        .hasMessageStartingWith("Cannot run the step: its arguments are not right: ")
        .hasMessageContaining("malformed: --jobs 'Bad' is no dataset/job")
        .hasMessageContaining("malformed: --slot 'yesterday'")
        .hasMessageContaining("malformed: --mode 'some'")
        .hasMessageContaining("twice: --mode")
        .hasMessageContaining("unknown: --what")
        .hasMessageContaining("without a value: --run")
        .hasMessageContaining("raw and lake bucket are the same")
        .hasMessageContaining("missing: --datasets");
  }

  @Test
  void aClassThatIsAJobNeedsNoName() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--slot",
                "2026-11-21T02:00:00Z",
                "--run",
                "r",
                "--mode",
                "full",
                "--raw-bucket",
                "raw",
                "--lake-bucket",
                "lake",
                "--datasets",
                "datasets"));

    assertThat(Arguments.parse(arguments, true).jobs()).isEmpty();
    assertThatThrownBy(() -> Arguments.parse(arguments, false))
        .hasMessageContaining("missing: --jobs");
  }
}
