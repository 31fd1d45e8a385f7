package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice run} and {@code sluice jobs} on a local lake, whose steps are really run. */
class JobsIT {
  private static final String JOB = "receipts/vendors";
  private static final String SLOT = "2026-11-20T02:30:00Z";

  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  private int on(LocalLake lake, Object... words) {
    Object[] all = java.util.Arrays.copyOf(words, words.length + 2);
    all[words.length] = "--endpoint";
    all[words.length + 1] = lake.aws().address();
    return sluice.run(all);
  }

  @Test
  void aJobIsRunByHandOnceAndItsRunIsARowOfATable() throws Exception {
    try (LocalLake lake =
        LocalLake.start(
            sluice.console(),
            folder.resolve("data"),
            0,
            sluice.console().root().resolve("datasets"))) {
      assertThat(
              on(
                  lake,
                  "simulate",
                  "receipts",
                  "--records",
                  200,
                  "--out",
                  "s3://" + LocalLake.LAYOUT.rawBucket() + "/receipts/some.json"))
          .as(sluice::err)
          .isZero();
      Lakes.awaitLedger(lake, 1);

      assertThat(on(lake, "run", JOB, "--slot", SLOT, "--wait"))
          .as(() -> sluice.out() + sluice.err())
          .isZero();
      assertThat(sluice.out()).contains("receipts.vendors.20261120T023000Z.1  succeeded");

      assertThat(on(lake, "run", JOB, "--slot", SLOT)).as(sluice::err).isZero();
      assertThat(sluice.out()).contains("It was asked for before").contains("succeeded");
      assertThat(on(lake, "jobs", JOB, "--json")).as(sluice::err).isZero();
      Map<?, ?> job = (Map<?, ?>) ((List<?>) Json.parseObject(sluice.out()).get("jobs")).get(0);
      assertThat((List<?>) job.get("next")).hasSize(3);
      assertThat((List<?>) job.get("runs"))
          .singleElement()
          .satisfies(run ->
              assertThat((Map<?, ?>) run)
                  .extracting(r -> r.get("status"), r -> r.get("slot"), r -> r.get("origin"))
                  .containsExactly("SUCCEEDED", SLOT, "HAND"));
      assertThat(on(lake, "jobs")).isZero();
      assertThat(sluice.out()).contains(JOB).contains("cron(30 2 * * ? *) UTC");
      assertThat(on(lake, "sql", "--format", "csv", "--query", "ops/job_runs")).isZero();
      assertThat(sluice.out().lines().skip(1).toList())
          .singleElement()
          .asString()
          .startsWith(JOB + ",1,1,0,0,0,")
          .endsWith(SLOT);
      assertThat(on(lake, "sql", "--format", "csv", "--query", "ops/failed_slots")).isZero();
      assertThat(sluice.out().lines().skip(1)).isEmpty();
    }
  }

  @Test
  void aSlotThatIsNoTimeIsRefusedBeforeAnythingIsAsked() {
    assertThat(
            sluice.run(
                "run", "receipts/vendor", "--endpoint", "http://127.0.0.1:1", "--slot", "now"))
        .isEqualTo(Main.USAGE);
    assertThat(sluice.err()).contains("no time as 2026-11-21T02:00:00Z: now");
  }
}
