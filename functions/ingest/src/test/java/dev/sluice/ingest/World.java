package dev.sluice.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.RemoteCall;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Everything that ingest touches, in memory, with time that stands still until it is moved. */
final class World {
  static final String RAW = "raw";
  static final String LAKE = "lake";
  private static final Duration INVOCATION = Duration.ofMinutes(1);

  final Time clock = new Time();
  final Faults faults = new Faults();
  final InMemoryObjectStore store = new InMemoryObjectStore(clock, faults, 2);
  final FakePartitionRegistrar partitions = new FakePartitionRegistrar(faults);
  final Ingest ingest;
  private final Datasets datasets = datasets();
  private int attempts;
  private int sequence;

  World(Path scratch, boolean versioned) {
    this(scratch, versioned, World::convert);
  }

  World(Path scratch, boolean versioned, Conversions conversions) {
    store.bucket(RAW, versioned).bucket(LAKE, false);
    ingest =
        new Ingest(
            store,
            partitions,
            conversions,
            datasets,
            new Ingest.Config(RAW, LAKE, "silver", scratch, "test"),
            clock);
  }

  static Datasets datasets() {
    try {
      return Datasets.load(
          Path.of(
              Objects.requireNonNull(World.class.getResource("/datasets"), "datasets").toURI()));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static dev.sluice.convert.Conversion convert(
      Dataset dataset,
      dev.sluice.convert.Source source,
      Path data,
      Path quarantine,
      dev.sluice.convert.Progress progress)
      throws java.io.IOException {
    return new Converter(dataset, ConvertOptions.defaults())
        .convert(source, data, quarantine, progress);
  }

  /** A clock for tests. */
  static final class Time extends Clock {
    private Instant now = Instant.parse("2026-11-20T23:59:00Z");

    void advance(Duration duration) {
      now = now.plus(duration);
    }

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
  }

  /** What happens at the n-th remote call. */
  static final class Faults implements FaultHook {
    final List<RemoteCall> calls = new ArrayList<>();
    private int at = -1;
    private boolean beforeEffect;
    private Runnable action = () -> {};

    /** Arms one action for the call of that number from now, counted from 0. */
    void arm(int number, boolean before, Runnable what) {
      calls.clear();
      at = number;
      beforeEffect = before;
      action = what;
    }

    /** Whether the armed action has not happened; disarms. */
    boolean disarm() {
      boolean armed = at >= 0;
      at = -1;
      return armed;
    }

    @Override
    public void before(RemoteCall call) {
      calls.add(call);
      if (beforeEffect) {
        run();
      }
    }

    @Override
    public void after(RemoteCall call) {
      if (!beforeEffect) {
        run();
      }
    }

    private void run() {
      if (at >= 0 && calls.size() == at + 1) {
        at = -1;
        action.run();
      }
    }
  }

  /** The end of the process; no code under test catches it. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  static ObjectName raw(String key) {
    return new ObjectName(RAW, key);
  }

  /** Uploads and returns the event that S3 sends. */
  ObjectEvent upload(String key, String text) {
    return upload(key, text.getBytes(StandardCharsets.UTF_8));
  }

  ObjectEvent upload(String key, byte[] bytes) {
    ObjectInfo info = store.upload(raw(key), bytes);
    return event(ObjectEvent.Kind.CREATED, key, info.versionId(), info.etag(), info.size());
  }

  /** Deletes and returns the event that S3 sends. */
  ObjectEvent remove(String key) {
    store.remove(raw(key));
    return event(ObjectEvent.Kind.DELETED, key, "", "", -1);
  }

  private ObjectEvent event(
      ObjectEvent.Kind kind, String key, String versionId, String etag, long size) {
    return new ObjectEvent(
        kind,
        kind == ObjectEvent.Kind.CREATED ? "ObjectCreated:Put" : "ObjectRemoved:Delete",
        raw(key),
        versionId,
        etag,
        "%016X".formatted(++sequence),
        size,
        Optional.of(clock.instant()));
  }

  /** One delivery; throws what the handler would see. */
  Outcome deliver(ObjectEvent event) {
    attempts++;
    return ingest.handle(
        event,
        new Attempt(
            "attempt-" + attempts,
            attempts,
            clock.instant().plus(INVOCATION),
            clock.instant().plus(INVOCATION)));
  }

  static String reading(int id, String room, double value) {
    return "{\"id\":\"r"
        + id
        + "\",\"room\":\""
        + room
        + "\",\"at\":\"2026-11-20T10:00:00Z\",\"value\":"
        + value
        + "}\n";
  }

  List<LedgerEntry> ledger() {
    return store.keys(LAKE, "ops/ledger/").stream()
        .map(key -> LedgerEntry.parse(text(LAKE, key)))
        .toList();
  }

  /** The only entry of a key. */
  LedgerEntry entry(String key) {
    List<LedgerEntry> found = ledger().stream().filter(e -> e.sourceKey().equals(key)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  String text(String bucket, String key) {
    return new String(
        store.bytes(new ObjectName(bucket, key)).orElseThrow(), StandardCharsets.UTF_8);
  }

  /** What readers see: every file of silver and quarantine. */
  Map<String, String> visible() {
    Map<String, String> visible = new TreeMap<>();
    for (String prefix : List.of("silver/", "ops/quarantine/")) {
      for (String key : store.keys(LAKE, prefix)) {
        visible.put(
            key,
            new String(
                store.bytes(new ObjectName(LAKE, key)).orElseThrow(), StandardCharsets.ISO_8859_1));
      }
    }
    return visible;
  }

  /** The books balance: entries, files and the newest uploads agree, and nothing else is there. */
  void assertBalanced() {
    List<String> listed = new ArrayList<>();
    for (LedgerEntry entry : ledger()) {
      assertThat(entry.recordsRead())
          .as("read of %s", entry)
          .isEqualTo(entry.recordsWritten() + entry.recordsQuarantined());
      assertThat(entry.files().stream().mapToLong(LedgerEntry.OutputFile::rows).sum())
          .isEqualTo(entry.recordsWritten());
      if (entry.status().loaded()) {
        listed.addAll(entry.outputKeys());
      }
    }
    assertThat(visible().keySet()).containsExactlyInAnyOrderElementsOf(listed);
    for (String key : store.keys(RAW, "")) {
      String newest = store.head(raw(key)).orElseThrow().version();
      for (LedgerEntry entry : ledger()) {
        if (entry.sourceKey().equals(key)) {
          assertThat(entry.status() == LedgerEntry.Status.SUPERSEDED)
              .as("superseded: %s", entry)
              .isEqualTo(!entry.version().equals(newest));
        }
      }
    }
    for (LedgerEntry entry : ledger()) {
      for (LedgerEntry.OutputFile file : entry.files()) {
        if (entry.status().loaded()) {
          assertThat(partitions.registered())
              .anySatisfy(
                  p -> assertThat(p.partition().location()).contains("/" + file.partition() + "/"));
        }
      }
    }
  }
}
