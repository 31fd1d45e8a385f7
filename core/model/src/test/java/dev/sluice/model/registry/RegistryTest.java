package dev.sluice.model.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private final Registry registry = Registry.standard();

  @Test
  void theQueueHidesAMessageSixTimesAsLongAsTheFunctionMayTake() {
    FunctionSpec ingest = registry.function(Registry.INGEST);
    QueueSpec queue = registry.queue(Registry.INGEST_QUEUE);

    assertThat(queue.function()).isEqualTo(ingest.name());
    assertThat(queue.visibility()).isEqualTo(ingest.timeout().multipliedBy(6));
    assertThat(queue.maxReceiveCount()).isEqualTo(5);
    assertThat(queue.batchSize()).isEqualTo(10);
    assertThat(queue.deadLetterQueue()).isEqualTo("sluice-ingest-dead");
    assertThat(queue.deadLetterRetention()).isGreaterThan(queue.retention());
  }

  @Test
  void creationsAndRemovalsInTheRawBucketReachTheQueue() {
    assertThat(registry.notifications())
        .containsExactly(
            new NotificationSpec(
                "sluice-ingest",
                "sluice-raw",
                "sluice-ingest",
                List.of("s3:ObjectCreated:*", "s3:ObjectRemoved:*")));
  }

  @Test
  void theIngestFunctionIsItsOwnJar() {
    FunctionSpec ingest = registry.function("ingest");

    assertThat(ingest.handlerClass()).isEqualTo("dev.sluice.ingest.IngestHandler");
    assertThat(ingest.artifact()).isEqualTo("functions/ingest/target/sluice-ingest.jar");
    assertThat(ingest.environment())
        .containsExactly(
            "SLUICE_DATASETS", "SLUICE_RAW_BUCKET", "SLUICE_LAKE_BUCKET", "SLUICE_LIMITS");
  }

  @Test
  void theAuditIsCalledByAScheduleAndFedByNoQueue() {
    FunctionSpec audit = registry.function(Registry.AUDIT);

    assertThat(audit.handlerClass()).isEqualTo("dev.sluice.audit.AuditHandler");
    assertThat(registry.queues()).noneMatch(queue -> queue.function().equals(audit.name()));
    assertThat(registry.schedules())
        .contains(new ScheduleSpec("sluice-audit", "audit", Duration.ofHours(6), "{}"));
    assertThat(registry.scheduled("audit")).isTrue();
    assertThat(registry.scheduled("launch")).isTrue();
    assertThat(registry.scheduled("record")).isTrue();
    assertThat(registry.scheduled("ingest")).isFalse();
  }

  @Test
  void aScheduleThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new ScheduleSpec("s", "audit", Duration.ofSeconds(90), "{}"))
        .hasMessage(
            "Cannot declare schedule s: the rate is 1 minute to 365 days, in whole minutes");
    assertThatThrownBy(() -> new ScheduleSpec("s", "audit", Duration.ofHours(1), "[]"))
        .hasMessage("Cannot declare schedule s: its input is no JSON object");
    assertThatThrownBy(() -> new ScheduleSpec("a b", "audit", Duration.ofHours(1), "{}"))
        .hasMessage("Cannot declare schedule a b: no valid name");
    ScheduleSpec hourly = new ScheduleSpec("s", "audit", Duration.ofHours(1), "{}");
    assertThatThrownBy(() -> with(hourly, hourly))
        .hasMessage("Cannot make the registry: two schedules: s");
    assertThatThrownBy(() -> with(new ScheduleSpec("s", "nobody", Duration.ofHours(1), "{}")))
        .hasMessage("Cannot make the registry: a schedule calls an unknown function: nobody");
    assertThatThrownBy(() -> with(new ScheduleSpec("s", "audit", Duration.ofMinutes(14), "{}")))
        .hasMessage(
            "Cannot make the registry: a schedule calls again before the function's time-out: s");
  }

  private void with(ScheduleSpec... schedules) {
    new Registry(
        registry.layout(),
        registry.functions(),
        List.of(),
        List.of(),
        List.of(schedules),
        List.of());
  }

  @Test
  void aRegistryThatMakesNoSenseIsRefused() {
    FunctionSpec slow =
        new FunctionSpec("ingest", "a.B::c", "x.jar", 1024, Duration.ofSeconds(300), List.of());
    assertThatThrownBy(() ->
            new Registry(
                registry.layout(),
                List.of(slow),
                registry.queues(),
                List.of(),
                List.of(),
                List.of()))
        .hasMessage(
            "Cannot make the registry: visibility is less than six times the function's time-out:"
                + " sluice-ingest");
    assertThatThrownBy(() ->
            new Registry(
                registry.layout(), List.of(), registry.queues(), List.of(), List.of(), List.of()))
        .hasMessage("Cannot make the registry: a queue feeds an unknown function: ingest");
    assertThatThrownBy(
            () -> new FunctionSpec("x", "a.B.c", "x.jar", 1024, Duration.ofSeconds(3), List.of()))
        .hasMessageContaining("no package.Class::method");
    assertThatThrownBy(() ->
            new FunctionSpec("x", "a.B::c", "../x.jar", 1024, Duration.ofSeconds(3), List.of()))
        .hasMessageContaining("no jar below the repository");
    assertThatThrownBy(
            () -> new FunctionSpec("x", "a.B::c", "x.jar", 64, Duration.ofSeconds(3), List.of()))
        .hasMessageContaining("memory is 128 to 10240 MiB");
  }
}
