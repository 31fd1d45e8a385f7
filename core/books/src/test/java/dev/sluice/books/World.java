package dev.sluice.books;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.RemoteCall;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
public final class World {
  public static final String RAW = "raw-uploads";
  public static final String LAKE = "the-lake";
  private static final LakeLayout LAYOUT = new LakeLayout(RAW, LAKE, "results");
  private static final Datasets DATASETS = load();
  private static final Converter CONVERTER =
      new Converter(DATASETS.get("readings"), ConvertOptions.defaults());
  private static final Duration INVOCATION = Duration.ofMinutes(1);

  public final Time clock = new Time();
  public final Faults faults = new Faults();
  public final InMemoryObjectStore store = new InMemoryObjectStore(clock, faults, 2);
  public final FakePartitionRegistrar partitions = new FakePartitionRegistrar(faults);
  public final Ingest ingest;

  /** What was asked of the ingest queue. */
  public final List<String> sent = new ArrayList<>();

  private final Path scratch;
  private final Datasets datasets;
  private int attempts;
  private int sequence;

  public World(Path scratch, boolean versioned) {
    this(scratch, versioned, World::convert);
  }

  public World(Path scratch, boolean versioned, Conversions conversions) {
    this(scratch, versioned, conversions, DATASETS);
  }

  public World(Path scratch, boolean versioned, Conversions conversions, Datasets datasets) {
    this.scratch = scratch;
    this.datasets = datasets;
    store.bucket(RAW, versioned).bucket(LAKE, false);
    ingest = new Ingest(store, partitions, conversions, datasets, config(scratch), clock);
  }

  /** What everything that works on this world is configured with. */
  public Ingest.Config config(Path folder) {
    return new Ingest.Config(LAYOUT, "silver", folder, "test");
  }

  public static Datasets datasets() {
    return DATASETS;
  }

  private static Datasets load() {
    try {
      return Datasets.load(declarations(Files.createTempDirectory("sluice-world-")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the declaration of the dataset {@code readings} below a folder, and returns that. */
  public static Path declarations(Path folder) throws IOException {
    Path dataset = Files.createDirectories(folder.resolve("readings"));
    for (String file : List.of("dataset.yaml", "schema.avsc")) {
      try (InputStream in = World.class.getResourceAsStream("/datasets/readings/" + file)) {
        Files.copy(
            Objects.requireNonNull(in, file),
            dataset.resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return folder;
  }

  public static dev.sluice.convert.Conversion convert(
      Dataset dataset,
      dev.sluice.convert.Source source,
      Path data,
      Path quarantine,
      dev.sluice.convert.Progress progress)
      throws IOException {
    assertThat(dataset.name()).isEqualTo("readings");
    return CONVERTER.convert(source, data, quarantine, progress);
  }

  /** A clock for tests. */
  public static final class Time extends Clock {
    private Instant now = Instant.parse("2026-11-20T23:59:00Z");

    public void advance(Duration duration) {
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

  /** What happens at the n-th remote call. What happens then is not counted itself. */
  public static final class Faults implements FaultHook {
    private final List<Armed> armed = new ArrayList<>();
    private RemoteCall last = new RemoteCall("none", "");
    private int count;
    private boolean busy;

    private record Armed(int number, boolean before, Runnable action) {}

    /** Starts to count calls from 0, with nothing armed. */
    public void reset() {
      armed.clear();
      count = 0;
    }

    /** Arms an action before or after the effect of the call of that number. */
    public void arm(int number, boolean before, Runnable action) {
      armed.add(new Armed(number, before, action));
    }

    /** Whether everything armed has happened. */
    public boolean spent() {
      return armed.isEmpty();
    }

    /** How much of what was armed has not happened. */
    public int left() {
      return armed.size();
    }

    /** The call at which something last happened. */
    public RemoteCall last() {
      return last;
    }

    @Override
    public void before(RemoteCall call) {
      if (!busy) {
        count++;
        run(call, true);
      }
    }

    @Override
    public void after(RemoteCall call) {
      if (!busy) {
        run(call, false);
      }
    }

    private void run(RemoteCall call, boolean before) {
      for (Armed candidate : List.copyOf(armed)) {
        if (candidate.number() == count - 1 && candidate.before() == before) {
          armed.remove(candidate);
          last = call;
          busy = true;
          try {
            candidate.action().run();
          } finally {
            busy = false;
          }
        }
      }
    }
  }

  /** The end of the process; no code under test catches it. */
  public static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  public static ObjectName raw(String key) {
    return new ObjectName(RAW, key);
  }

  /** Uploads and returns the event that S3 sends. */
  public ObjectEvent upload(String key, String text) {
    return upload(key, text.getBytes(StandardCharsets.UTF_8));
  }

  public ObjectEvent upload(String key, byte[] bytes) {
    ObjectInfo info = store.upload(raw(key), bytes);
    return event(ObjectEvent.Kind.CREATED, key, info.versionId(), info.etag(), info.size());
  }

  /** Deletes and returns the event that S3 sends. */
  public ObjectEvent remove(String key) {
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
  public Outcome deliver(ObjectEvent event) {
    attempts++;
    return ingest.handle(
        event,
        new Attempt(
            "attempt-" + attempts,
            "message-" + event.sequencer(),
            attempts,
            clock.instant(),
            clock.instant().plus(INVOCATION),
            clock.instant().plus(INVOCATION)));
  }

  /** One audit, in this thread; what it asks of ingest is in {@link #sent}. */
  public AuditReport audit(AuditRequest request) {
    return new Audit(
            store,
            datasets,
            new Redrive(
                bodies -> {
                  RemoteCall call = new RemoteCall("sqs.send", "ingest");
                  faults.before(call);
                  sent.addAll(bodies);
                  faults.after(call);
                },
                clock),
            new Audit.Config(LAYOUT, scratch, 1, 1 << 20, 100),
            clock)
        .run(request, Audit.Progress.NONE);
  }

  /** Takes what was sent to the ingest queue, as events. */
  public List<ObjectEvent> hints() {
    List<ObjectEvent> hints = new ArrayList<>();
    for (String body : sent) {
      Map<?, ?> hint = (Map<?, ?>) ((List<?>) Json.parseObject(body).get("Records")).get(0);
      Map<?, ?> object = (Map<?, ?>) ((Map<?, ?>) hint.get("s3")).get("object");
      String name = String.valueOf(hint.get("eventName"));
      hints.add(
          new ObjectEvent(
              name.equals(ObjectEvent.RELOAD) ? ObjectEvent.Kind.RELOAD : ObjectEvent.Kind.LOOK,
              name,
              raw(URLDecoder.decode(String.valueOf(object.get("key")), StandardCharsets.UTF_8)),
              "",
              "",
              "",
              -1,
              Optional.of(clock.instant())));
    }
    sent.clear();
    return hints;
  }

  public static String reading(int id, String room, double value) {
    return "{\"id\":\"r"
        + id
        + "\",\"room\":\""
        + room
        + "\",\"at\":\"2026-11-20T10:00:00Z\",\"value\":"
        + value
        + "}\n";
  }

  public List<LedgerEntry> ledger() {
    return store.keys(LAKE, "ops/ledger/").stream()
        .map(key -> LedgerEntry.parse(text(LAKE, key)))
        .toList();
  }

  /** The only entry of a key. */
  public LedgerEntry entry(String key) {
    List<LedgerEntry> found = ledger().stream().filter(e -> e.sourceKey().equals(key)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  public String text(String bucket, String key) {
    return new String(
        store.bytes(new ObjectName(bucket, key)).orElseThrow(), StandardCharsets.UTF_8);
  }

  /** What readers see: every file of silver and quarantine. */
  public Map<String, String> visible() {
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
  public void assertBalanced() {
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
      if (entry.status().loaded() && !entry.quarantineKey().isEmpty()) {
        assertThat(partitions.registered())
            .anySatisfy(p ->
                assertThat("s3://" + LAKE + "/" + entry.quarantineKey())
                    .startsWith(p.partition().location()));
      }
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
