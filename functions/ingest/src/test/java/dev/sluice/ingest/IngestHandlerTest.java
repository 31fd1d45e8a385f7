package dev.sluice.ingest;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.World;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestHandlerTest {
  @TempDir Path scratch;
  private final List<String> log = new ArrayList<>();
  private World world;
  private int remaining = 60_000;

  @BeforeEach
  void world() {
    world = new World(scratch, false);
  }

  @Test
  void oneBadMessageDoesNotAffectItsNeighbours() {
    SQSBatchResponse response =
        handle(
            message("good-1", world.upload("readings/a.json", reading(1, "a", 1))),
            body("no-json", "what is this, secret"),
            body("strange", "{\"hello\":\"secret\"}"),
            body("test", EnvelopesTest.event("s3-test.json")),
            message("unknown", world.upload("nowhere/b.json", "x")),
            message("good-2", world.upload("readings/c.json", reading(2, "b", 2) + "secret\n")));

    assertThat(failures(response)).containsExactly("no-json", "strange");
    assertThat(world.ledger())
        .extracting(LedgerEntry::sourceKey)
        .containsExactlyInAnyOrder("readings/a.json", "nowhere/b.json", "readings/c.json");
    assertThat(log).hasSize(6).noneMatch(line -> line.contains("secret") || line.contains("\n"));
    assertThat(log.stream().map(line -> Json.parseObject(line).get("action")))
        .containsExactly("LOADED", "FAILED", "FAILED", "IGNORED", "REJECTED", "LOADED");
  }

  @Test
  void theLogNamesTheObjectAndItsCounts() {
    handle(message("m", world.upload("readings/a.json", reading(1, "a", 1) + "bad\n")));

    assertThat(Json.parseObject(log.get(0)))
        .containsEntry("level", "INFO")
        .containsEntry("request_id", "request-1")
        .containsEntry("message_id", "m")
        .containsEntry("attempt", "1")
        .containsEntry("key", "readings/a.json")
        .containsEntry("status", "LOADED_WITH_QUARANTINE")
        .containsEntry("records_read", 2L)
        .containsEntry("records_quarantined", 1L);
  }

  @Test
  void theLedgerKnowsWhichDeliveryItWas() {
    SQSEvent.SQSMessage message = message("m", world.upload("readings/a.json", reading(1, "a", 1)));
    message.setAttributes(Map.of("ApproximateReceiveCount", "3"));

    handle(message);

    assertThat(world.entry("readings/a.json").attempt()).isEqualTo(3);
  }

  @Test
  void aDefectFailsItsMessageOnlyAndShowsWhere() {
    world =
        new World(
            scratch,
            false,
            (dataset, source, data, quarantine, progress) -> {
              if (source.name().endsWith("bug.json")) {
                throw new IllegalStateException("secret");
              }
              if (source.name().endsWith("deep.json")) {
                throw new StackOverflowError();
              }
              return World.convert(dataset, source, data, quarantine, progress);
            });

    SQSBatchResponse response =
        handle(
            message("bug", world.upload("readings/bug.json", "x")),
            message("deep", world.upload("readings/deep.json", "x")),
            message("good", world.upload("readings/a.json", reading(1, "a", 1))));

    assertThat(failures(response)).containsExactly("bug", "deep");
    assertThat(log.get(0)).contains("IllegalStateException").contains("IngestHandlerTest");
    assertThat(world.ledger()).hasSize(1);
  }

  @Test
  void messagesWithoutTimeLeftAreGivenBackUntouched() {
    SQSEvent.SQSMessage first =
        message("first", world.upload("readings/a.json", reading(1, "a", 1)));
    SQSEvent.SQSMessage second =
        message("second", world.upload("readings/b.json", reading(2, "b", 2)));
    world.faults.reset();
    world.faults.arm(0, true, () -> world.clock.advance(Duration.ofSeconds(40)));
    world.faults.arm(3, true, () -> world.clock.advance(Duration.ofSeconds(15)));

    SQSBatchResponse response = handle(first, second);

    assertThat(failures(response)).contains("second");
    assertThat(log.get(log.size() - 1)).contains("GIVEN_BACK");
    assertThat(world.ledger()).noneMatch(e -> e.sourceKey().equals("readings/b.json"));
  }

  @Test
  void anObjectThatTakesMoreThanTheInvocationIsRefusedAndTheRestComesAgain() {
    world =
        new World(
            scratch,
            false,
            (dataset, source, data, quarantine, progress) -> {
              if (source.name().endsWith("large.json")) {
                world.clock.advance(Duration.ofSeconds(55));
                progress.at(1, 0);
              }
              return World.convert(dataset, source, data, quarantine, progress);
            });

    SQSBatchResponse response =
        handle(
            message("large", world.upload("readings/large.json", reading(1, "a", 1))),
            message("small", world.upload("readings/small.json", reading(2, "b", 2))));

    assertThat(failures(response)).containsExactly("small");
    assertThat(world.entry("readings/large.json").reasonCode()).isEqualTo("SOURCE_TOO_LARGE");
    assertThat(log.get(0)).contains("REJECTED").contains("--whole");
  }

  @Test
  void aMessageWithOneFailingRecordComesAgainWhole() {
    world.upload("readings/a.json", reading(1, "a", 1));
    String body =
        EnvelopesTest.event("s3-two-records.json")
            .replace("ObjectRemoved:Delete", "ObjectCreated:Put");
    world.faults.arm(
        0,
        true,
        () -> {
          throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot reach it: the test says so");
        });

    assertThat(failures(handle(body("m", body)))).containsExactly("m");
    assertThat(log).hasSize(2);
    assertThat(failures(handle(body("m", body)))).isEmpty();
    world.assertBalanced();
  }

  @Test
  void everySettingThatIsWrongIsNamedAtOnce() {
    assertThatThrownBy(() ->
            new IngestHandler(
                Map.of(
                    "SLUICE_DATASETS", scratch.resolve("no").toString(),
                    "SLUICE_RAW_BUCKET", "Not A Bucket",
                    "SLUICE_LIMITS", "depth=many",
                    "SLUICE_LAKE_BUKET", "typo")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTINGS))
        .hasMessageContaining("malformed: SLUICE_DATASETS")
        .hasMessageContaining("malformed: SLUICE_RAW_BUCKET")
        .hasMessageContaining("malformed: SLUICE_LIMITS=depth=many (depth is no such number: many)")
        .hasMessageContaining("missing: SLUICE_LAKE_BUCKET")
        .hasMessageContaining("unknown: SLUICE_LAKE_BUKET")
        .hasMessageContaining("AWS_REGION");
  }

  @Test
  void theFunctionStartsWithoutConnectingToAnything() throws IOException {
    Path dead = Files.createDirectories(scratch.resolve("sluice-ingest-999999999"));
    Files.writeString(dead.resolve("left"), "x");

    new IngestHandler(
        Map.of(
            "SLUICE_DATASETS",
            World.declarations(scratch.resolve("declared")).toString(),
            "SLUICE_RAW_BUCKET",
            "raw-uploads",
            "SLUICE_LAKE_BUCKET",
            "the-lake",
            "SLUICE_SCRATCH",
            scratch.toString(),
            "SLUICE_LIMITS",
            "depth=100, record-bytes=1MiB",
            "AWS_REGION",
            "us-east-1"));

    assertThat(dead).doesNotExist();
  }

  private SQSBatchResponse handle(SQSEvent.SQSMessage... messages) {
    SQSEvent batch = new SQSEvent();
    batch.setRecords(List.of(messages));
    return new IngestHandler(world.ingest, world.clock, new Log(log::add))
        .handleRequest(batch, new TestContext(() -> remaining));
  }

  private static List<String> failures(SQSBatchResponse response) {
    return response.getBatchItemFailures().stream()
        .map(SQSBatchResponse.BatchItemFailure::getItemIdentifier)
        .toList();
  }

  private static SQSEvent.SQSMessage body(String id, String body) {
    SQSEvent.SQSMessage message = new SQSEvent.SQSMessage();
    message.setMessageId(id);
    message.setBody(body);
    return message;
  }

  private static SQSEvent.SQSMessage message(String id, ObjectEvent event) {
    return body(
        id,
        Json.write(
            Map.of(
                "Records",
                List.of(
                    Map.of(
                        "eventName",
                        event.type(),
                        "eventTime",
                        event.time().orElseThrow().toString(),
                        "s3",
                        Map.of(
                            "bucket",
                            Map.of("name", event.name().bucket()),
                            "object",
                            Map.of(
                                "key",
                                java.net.URLEncoder.encode(
                                    event.name().key(), StandardCharsets.UTF_8),
                                "size",
                                event.size(),
                                "eTag",
                                event.etag(),
                                "sequencer",
                                event.sequencer())))))));
  }
}
