package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.books.ObjectEvent;
import dev.sluice.books.ObjectEvent.Kind;
import dev.sluice.books.Redrive;
import dev.sluice.model.store.ObjectName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopesTest {
  @ParameterizedTest
  @ValueSource(strings = {"s3.json", "sns.json"})
  void anEventOfS3IsReadAndItsKeyDecoded(String file) {
    assertThat(Envelopes.read(event(file)))
        .containsExactly(
            new ObjectEvent(
                Kind.CREATED,
                "ObjectCreated:Put",
                new ObjectName("raw-uploads", "readings/dt=2026-01-01/café name+1 100%.json"),
                "096fKKXTRTtl3on89fVO.nfljtsv6qko",
                "d41d8cd98f00b204e9800998ecf8427e",
                "0055AED6DCD90281E5",
                1024,
                Optional.of(Instant.parse("2026-11-20T10:00:00.123Z"))));
  }

  @Test
  void aMessageMayHoldManyRecordsOfAnyVersion() {
    List<ObjectEvent> events = Envelopes.read(event("s3-two-records.json"));

    assertThat(events).extracting(ObjectEvent::kind).containsExactly(Kind.CREATED, Kind.DELETED);
    assertThat(events.get(0).version()).isEqualTo("0123456789abcdef0123456789abcdef-2");
    assertThat(events.get(1).version()).isEmpty();
    assertThat(events.get(1).size()).isEqualTo(-1);
  }

  @Test
  void aKeyOfEventBridgeIsTakenAsItIs() {
    ObjectEvent event = Envelopes.read(event("eventbridge-created.json")).get(0);

    assertThat(event.kind()).isEqualTo(Kind.CREATED);
    assertThat(event.name().key()).isEqualTo("readings/dt=2026-01-01/café name+1 100%25.json");
    assertThat(event.versionId()).isEqualTo("IYV3p45BT0ac8hjHg1houSdS1a.Mro8e");
    assertThat(event.time()).contains(Instant.parse("2026-11-20T10:00:00Z"));
  }

  @Test
  void aDeletionOfEventBridgeIsRead() {
    assertThat(Envelopes.read(event("eventbridge-deleted.json")))
        .singleElement()
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.DELETED));
  }

  @Test
  void whatAnAuditAsksForIsUnderstood() {
    List<String> bodies = new ArrayList<>();
    Redrive redrive =
        new Redrive(bodies::addAll, Clock.fixed(Instant.EPOCH, java.time.ZoneOffset.UTC));
    ObjectName name = new ObjectName("raw", "in/dt=2026-01-01/é name+1 100%.json");

    redrive.look(name);
    redrive.reload(name);
    redrive.flush();

    assertThat(bodies)
        .map(body -> Envelopes.read(body).get(0))
        .extracting(ObjectEvent::kind, ObjectEvent::name, ObjectEvent::version)
        .containsExactly(tuple(Kind.LOOK, name, ""), tuple(Kind.RELOAD, name, ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3-test.json", "sns-test.json"})
  void aTestEventHoldsNothing(String file) {
    assertThat(Envelopes.read(event(file))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ObjectTagging:Put", "ObjectRestore:Completed", "ReducedRedundancyLostObject"})
  void otherEventsAreKnownToBeOther(String name) {
    String body = event("s3.json").replace("ObjectCreated:Put", name);

    assertThat(Envelopes.read(body).get(0).kind()).isEqualTo(Kind.OTHER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LifecycleExpiration:Delete", "s3:ObjectRemoved:DeleteMarkerCreated"})
  void deletionsHaveManyNames(String name) {
    String body = event("s3.json").replace("ObjectCreated:Put", name);

    assertThat(Envelopes.read(body).get(0).kind()).isEqualTo(Kind.DELETED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello secret",
        "[]",
        "{}",
        "{\"Records\":[7]}",
        "{\"Records\":[{}]}",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},"
            + "\"object\":{}}}]}",
        "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"b\"},"
            + "\"object\":{\"key\":\"%zz\"}}}]}",
        "{\"detail-type\":\"Object Created\",\"source\":\"elsewhere\"}",
        "{\"Type\":\"Notification\",\"Message\":\"secret\"}"
      })
  void anythingElseIsRefusedWithoutRepeatingIt(String body) {
    assertThatThrownBy(() -> Envelopes.read(body))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("secret");
  }

  static String event(String file) {
    try (InputStream in =
        Objects.requireNonNull(EnvelopesTest.class.getResourceAsStream("/events/" + file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
