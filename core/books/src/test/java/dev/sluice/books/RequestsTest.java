package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.registry.LakeLayout;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.RemoteCall;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many requests an upload costs; {@code Costs} of infra-cdk multiplies them with prices. */
class RequestsTest {
  @TempDir Path scratch;

  @Test
  void anUploadTakesOnePutForEachFileAndAFixedNumberOfOthers() {
    assertThat(requests(reading(1, "a", 1)))
        .isEqualTo(Map.of("put", 2 + 1, "list", 2, "read", 5, "delete", 1));
    assertThat(requests(reading(1, "a", 1) + reading(2, "b", 2) + reading(3, "c", 3)))
        .isEqualTo(Map.of("put", 2 + 3, "list", 2, "read", 5, "delete", 1));
  }

  private Map<String, Integer> requests(String text) {
    Map<String, Integer> requests = new TreeMap<>();
    FaultHook counting =
        new FaultHook() {
          @Override
          public void before(RemoteCall call) {
            // s3.read is a piece of an answer, no request.
            if (call.operation().startsWith("s3.") && !call.operation().equals("s3.read")) {
              requests.merge(kind(call.operation()), 1, Integer::sum);
            }
          }
        };
    World.Time clock = new World.Time();
    InMemoryObjectStore store = new InMemoryObjectStore(clock, counting, 1000);
    store.bucket(World.RAW, true).bucket(World.LAKE, true);
    Ingest ingest =
        new Ingest(
            store,
            new FakePartitionRegistrar(counting),
            World::convert,
            World.datasets(),
            new Ingest.Config(
                new LakeLayout(World.RAW, World.LAKE, "results"), "silver", scratch, "test"),
            clock);
    var info = store.upload(World.raw("readings/a.json"), text.getBytes(StandardCharsets.UTF_8));
    requests.clear();
    Instant end = clock.instant().plus(Duration.ofMinutes(1));
    ingest.handle(
        new ObjectEvent(
            ObjectEvent.Kind.CREATED,
            "ObjectCreated:Put",
            World.raw("readings/a.json"),
            info.versionId(),
            info.etag(),
            "01",
            info.size(),
            Optional.of(clock.instant())),
        new Attempt("attempt-1", "message-1", 1, clock.instant(), end, end));
    return requests;
  }

  private static String kind(String operation) {
    if (operation.contains("put")) {
      return "put";
    }
    return operation.contains("list") ? "list" : operation.contains("delete") ? "delete" : "read";
  }
}
