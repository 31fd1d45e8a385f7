package dev.sluice.audit;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.books.Audit;
import dev.sluice.books.Redrive;
import dev.sluice.books.World;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.registry.AuditMetrics;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditHandlerTest {
  private static final String KEY = "readings/a.json";
  private static final int FIFTEEN_MINUTES = 900_000;

  @TempDir Path scratch;
  private final List<String> log = new ArrayList<>();
  private World world;

  @BeforeEach
  void world() {
    world = new World(scratch, false);
  }

  private Map<String, Object> invoke(String event, boolean repair, int remaining) {
    AuditHandler handler =
        new AuditHandler(
            new Audit(
                world.store,
                World.datasets(),
                new Redrive(world.sent::addAll, world.clock),
                new Audit.Config(world.config(scratch).layout(), scratch, 1, 1 << 20, 100),
                world.clock),
            repair,
            world.clock,
            new AuditLog(log::add));
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try {
      handler.handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          answer,
          TestContexts.remaining(remaining));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new LinkedHashMap<>(Json.parseObject(answer.toString(StandardCharsets.UTF_8)));
  }

  private Map<String, Object> invoke(String event) {
    return invoke(event, true, FIFTEEN_MINUTES);
  }

  private Map<String, Object> line() {
    assertThat(log).hasSize(1);
    return new LinkedHashMap<>(Json.parseObject(log.remove(0)));
  }

  @Test
  void whatNoEventAnnouncedIsHandedToIngestAndCounted() {
    world.upload(KEY, reading(1, "secret", 1));
    world.clock.advance(Duration.ofHours(1));

    assertThat(invoke("{}"))
        .containsEntry("complete", true)
        .containsEntry("clean", true)
        .containsEntry("objects", 1L)
        .containsEntry("redriven", 1L)
        .containsEntry("found", Map.of("UNANNOUNCED", 1L));

    assertThat(log.get(0)).doesNotContain("secret").doesNotContain("\n");
    assertThat(line())
        .containsEntry("level", "INFO")
        .containsEntry("request_id", "request-1")
        .containsEntry("action", "AUDITED")
        .containsEntry(AuditMetrics.OBJECTS, 1L)
        .containsEntry(AuditMetrics.UNANNOUNCED, 1L)
        .containsEntry(AuditMetrics.OLDEST_UNANNOUNCED, 3600L)
        .containsEntry(AuditMetrics.UNBALANCED, 0L)
        .containsEntry(AuditMetrics.MISSING_FILES, 0L)
        .containsEntry(AuditMetrics.ORPHANS, 0L)
        .containsEntry(AuditMetrics.REPAIRED, 1L)
        .containsEntry(AuditMetrics.COMPLETE, 1L)
        .containsEntry(AuditMetrics.DURATION, 0L)
        .containsEntry(
            "findings",
            List.of(
                Map.of(
                    "kind", "UNANNOUNCED",
                    "dataset", "readings",
                    "bucket", World.RAW,
                    "key", KEY,
                    "remedy", "LOOK")));
    world.hints().forEach(world::deliver);
    invoke("{}");
    assertThat(line()).containsEntry(AuditMetrics.UNANNOUNCED, 0L);
    world.assertBalanced();
  }

  @Test
  void nothingIsMendedWhenTheSettingOrTheEventForbidsIt() {
    world.upload(KEY, reading(1, "a", 1));
    world.clock.advance(Duration.ofHours(1));

    assertThat(invoke("{}", false, FIFTEEN_MINUTES)).containsEntry("clean", false);
    assertThat(line())
        .containsEntry("level", "WARN")
        .containsEntry(AuditMetrics.UNANNOUNCED, 1L)
        .containsEntry(AuditMetrics.REPAIRED, 0L);
    assertThat(invoke("{\"repair\":false}")).containsEntry("clean", false);
    assertThat(world.sent).isEmpty();

    invoke("{\"repair\":true}", false, FIFTEEN_MINUTES);
    assertThat(world.sent).hasSize(1);
  }

  @Test
  void whatIsOlderIsLookedAtWhenEverythingIsAskedFor() {
    world.deliver(world.upload(KEY, reading(1, "a", 1)));
    world.store.delete(
        world.store.list(World.LAKE, "silver/", "").findFirst().orElseThrow().name());
    world.clock.advance(Duration.ofDays(3));

    invoke("{}");
    assertThat(line()).containsEntry(AuditMetrics.MISSING_FILES, 0L);
    invoke("{\"full\":true}");
    assertThat(line()).containsEntry(AuditMetrics.MISSING_FILES, 1L);
  }

  @Test
  void metricsHaveTheShapeThatCloudWatchReads() {
    invoke("{}");
    Map<String, Object> all = line();
    Map<?, ?> aws = (Map<?, ?>) all.get("_aws");
    Map<?, ?> directive = (Map<?, ?>) ((List<?>) aws.get("CloudWatchMetrics")).get(0);

    assertThat(aws.get("Timestamp")).isEqualTo(world.clock.instant().toEpochMilli());
    assertThat(directive.get("Namespace")).isEqualTo("Sluice/Audit");
    assertThat(directive.get("Dimensions")).isEqualTo(List.of(List.of()));
    assertThat((List<?>) directive.get("Metrics"))
        .hasSize(9)
        .allSatisfy(metric ->
            assertThat(all.get(String.valueOf(((Map<?, ?>) metric).get("Name"))))
                .isInstanceOf(Long.class));

    invoke("{\"dataset\":\"readings\"}");
    Map<String, Object> one = line();
    assertThat(one).containsEntry("dataset", "readings");
    assertThat(one.get("_aws").toString()).contains("Dimensions=[[dataset]]");
  }

  @Test
  void timeThatIsUpIsNoErrorButNotComplete() {
    world.upload(KEY, reading(1, "a", 1));
    world.clock.advance(Duration.ofHours(1));

    assertThat(invoke("{}", true, 0)).containsEntry("complete", false);

    assertThat(line()).containsEntry(AuditMetrics.COMPLETE, 0L);
    assertThat(world.sent).isEmpty();
  }

  @Test
  void timeThatIsUpWhileListingIsAnAnswerToo() {
    for (int i = 0; i < 1000; i++) {
      world.upload("readings/" + i, "");
    }

    Map<String, Object> answer = invoke("{}", true, 0);

    assertThat(answer).containsEntry("complete", false);
    assertThat(String.valueOf(answer.get("message"))).contains("time is up after listing 1000");
    assertThat(line())
        .containsEntry("code", "OUT_OF_TIME")
        .containsEntry(AuditMetrics.COMPLETE, 0L)
        .doesNotContainKey(AuditMetrics.UNANNOUNCED);
  }

  @Test
  void anAuditThatFailsFailsItsInvocationAndIsCounted() {
    world.faults.arm(
        0,
        true,
        () -> {
          throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot list: as told");
        });

    assertThatThrownBy(() -> invoke("{}")).hasMessage("Cannot list: as told");

    assertThat(line())
        .containsEntry("level", "ERROR")
        .containsEntry("action", "FAILED")
        .containsEntry("code", "UNAVAILABLE")
        .containsEntry(AuditMetrics.COMPLETE, 0L);
    assertThatThrownBy(() -> invoke("{\"dataset\":\"nothing\"}"))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_DATASET));
  }
}
