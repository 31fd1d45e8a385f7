package dev.sluice.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.GoldTable;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.Overlap;
import dev.sluice.model.job.Schedule;
import dev.sluice.model.json.Json;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.registry.JobMetrics;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectName;
import dev.sluice.slots.RunHistory;
import dev.sluice.slots.SlotsConfig;
import dev.sluice.testing.FakeEmr;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandlersTest {
  private static final LakeLayout LAYOUT = LakeLayout.defaults();

  private Instant now = Instant.parse("2026-11-21T01:58:00Z");
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return now;
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };
  private final InMemoryObjectStore store =
      new InMemoryObjectStore(clock, FaultHook.NONE, 100).bucket(LAYOUT.lakeBucket(), true);
  private final FakeEmr emr = new FakeEmr(clock, FaultHook.NONE, Duration.ZERO);
  private final EmrPlace place =
      new EmrPlace("role", "profile", List.of(), Optional.empty(), "s3://sluice-lake/logs/emr/");
  private final JobCode code =
      new JobCode("s3://code/1/jobs.jar", "s3://code/1/datasets.zip", Limits.parse("depth=7"));
  private final List<String> lines = new ArrayList<>();
  private final JobLog log = new JobLog(lines::add, clock);
  private final LaunchSettings.Wired wired =
      new LaunchSettings.Wired(
          store,
          emr,
          Jobs.of(
              List.of(
                  new JobDeclaration(
                      "readings",
                      "totals",
                      "Totals",
                      "",
                      new JobDeclaration.Main("x.Totals"),
                      List.of(new GoldTable("totals", "", List.of())),
                      Optional.of(Schedule.of("cron(0 2 * * ? *)", ZoneId.of("UTC"))),
                      Overlap.SKIP,
                      Duration.ofHours(1),
                      true,
                      Map.of()))),
          SlotsConfig.of(LAYOUT, EmrSettings.defaults(), place, code),
          clock);
  private final LaunchHandler launch = new LaunchHandler(wired, log);
  private final RecordHandler record = new RecordHandler(wired, log);

  private Map<String, @Nullable Object> call(RequestStreamHandler handler, String event)
      throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
        answer,
        TestContexts.remaining(300_000));
    return Json.parseObject(answer.toString(StandardCharsets.UTF_8));
  }

  private List<JobRun> runs() {
    return new RunHistory(store, LAYOUT).last("readings/totals", Instant.EPOCH, 10);
  }

  private long counted(String metric) {
    return lines.stream()
        .map(Json::parseObject)
        .filter(line -> line.get(metric) instanceof Long)
        .mapToLong(line -> (Long) line.get(metric))
        .sum();
  }

  @Test
  void aSlotIsLaunchedAndItsFailureIsRecordedWithItsReason() throws IOException {
    emr.fates(name ->
        new FakeEmr.Fate(Duration.ofMinutes(1), StepState.FAILED, "Cannot read a file: torn"));
    now = Instant.parse("2026-11-21T02:00:03Z");
    String event = "{\"job\":\"readings/totals\",\"slot\":\"2026-11-21T02:00:00Z\"}";

    assertThat(call(launch, event))
        .isEqualTo(Map.of("run", "readings.totals.20261121T020000Z.1", "status", "RUNNING"));
    assertThat(call(launch, event)).containsEntry("status", "RUNNING");
    now = now.plus(Duration.ofMinutes(20));
    String told =
        Json.write(
            Map.of(
                "version", "0",
                "source", "aws.emr",
                "detail-type", "EMR Step Status Change",
                "detail",
                    Map.of(
                        "severity", "ERROR",
                        "actionOnFailure", "TERMINATE_CLUSTER",
                        "stepId", "s-1-1",
                        "name", "readings.totals.20261121T020000Z.1",
                        "clusterId", "j-1",
                        "state", "FAILED",
                        "message", "Step failed")));
    assertThat(call(record, told)).isEqualTo(Map.of("run", "readings.totals.20261121T020000Z.1"));

    assertThat(runs())
        .singleElement()
        .satisfies(run -> {
          assertThat(run.status()).isEqualTo(JobRun.Status.FAILED);
          assertThat(run.reason()).isEqualTo("Cannot read a file: torn");
          assertThat(run.logs()).isEqualTo("s3://logs/s-1-1/stderr.gz");
        });
    assertThat(emr.requests())
        .singleElement()
        .satisfies(step ->
            assertThat(step.arguments())
                .containsSequence("--conf", "spark.sluice.limits=depth=7")
                .containsSequence("--run", "readings.totals.20261121T020000Z.1"));
    assertThat(counted(JobMetrics.LAUNCHED)).isEqualTo(1);
    assertThat(counted(JobMetrics.FAILED)).isEqualTo(1);
  }

  @Test
  void whatNobodyDeliveredIsFoundAndCommandsAreToldWhereToLaunch() throws IOException {
    call(record, "{\"reconcile\":true}");
    now = Instant.parse("2026-11-21T02:11:00Z");

    assertThat(call(record, "{\"reconcile\":true}"))
        .isEqualTo(Map.of("complete", true, "open", 1L, "missed", 1L));

    assertThat(runs())
        .singleElement()
        .satisfies(run -> assertThat(run.origin()).isEqualTo(JobRun.Origin.RECONCILER));
    assertThat(counted(JobMetrics.MISSED)).isEqualTo(1);
    assertThat(counted(JobMetrics.LAUNCHED)).isEqualTo(1);
    String kept =
        new String(
            store.bytes(new ObjectName(LAYOUT.lakeBucket(), LAYOUT.launchPlaceKey())).orElseThrow(),
            StandardCharsets.UTF_8);
    assertThat(LaunchPlace.parse(kept)).isEqualTo(new LaunchPlace(code, place));
  }

  @Test
  void slotsCountAsMissedByTheTimeOfTheSchedulesWhereThatIsAhead() throws IOException {
    now = Instant.parse("2026-11-21T12:00:00Z");
    call(record, "{\"reconcile\":true,\"scheduled\":\"2026-11-22T12:00:00Z\"}");

    assertThat(call(record, "{\"reconcile\":true,\"scheduled\":\"2026-11-23T02:05:00Z\"}"))
        .containsEntry("missed", 0L);
    assertThat(call(record, "{\"reconcile\":true,\"scheduled\":\"2026-11-23T02:15:00Z\"}"))
        .containsEntry("missed", 1L);

    assertThat(runs())
        .singleElement()
        .satisfies(run -> {
          assertThat(run.id()).hasToString("readings.totals.20261123T020000Z.1");
          assertThat(run.status()).isEqualTo(JobRun.Status.RUNNING);
          assertThat(run.askedAt()).isEqualTo(now);
        });
    assertThatThrownBy(() -> call(record, "{\"reconcile\":true,\"scheduled\":\"later\"}"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("scheduled is not an instant")
        .hasMessageContaining("later");
  }

  @Test
  void eventsOfOthersAreNobodysBusiness() throws IOException {
    assertThat(
            call(
                record,
                "{\"detail-type\":\"EMR Cluster State Change\",\"detail\":{\"clusterId\":\"j-9\","
                    + "\"name\":\"theirs\",\"state\":\"TERMINATED\"}}"))
        .containsEntry("run", null);
    assertThat(lines).singleElement().asString().contains("IGNORED");
  }

  @Test
  void anEventThatIsNotRightIsRefusedWithEverythingThatIsWrong() {
    assertThatThrownBy(() -> call(launch, "{\"jobs\":\"a/b\",\"slot\":\"today\"}"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("unknown: jobs")
        .hasMessageContaining("job: not the name of a job")
        .hasMessageContaining("slot: not an instant");
    assertThatThrownBy(
            () -> call(launch, "{\"job\":\"readings/total\",\"slot\":\"2026-11-21T02:00:00Z\"}"))
        .hasMessageContaining("did you mean 'readings/totals'?");
    assertThat(lines).hasSize(2).allMatch(line -> line.contains("INVOCATION_FAILED"));
  }
}
