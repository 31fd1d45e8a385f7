package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.testing.FakePartitionRegistrar;
import dev.sluice.testing.Fault;
import dev.sluice.testing.FaultHook;
import dev.sluice.testing.InMemoryObjectStore;
import dev.sluice.testing.RemoteCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A lake with its uploads and its queue, in memory and in virtual time, where every remote call can
 * fail or be interrupted. Each delivery is a process of its own. What it comes to is compared with
 * the {@link Truth}.
 */
public final class Scene {
  /** Two declarations of one dataset: partitions differ, and so do the records that fit. */
  public static final Datasets DECLARED = declared(false);

  static final Datasets REDECLARED = declared(true);

  static final Duration INVOCATION = Duration.ofMinutes(5);

  /** When the SDK gives a request up. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long a request that was given up is still on its way; less than ingest reckons with. */
  private static final Duration UNDER_WAY = Duration.ofSeconds(50);

  private static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");

  final World.Time clock = new World.Time();
  final InMemoryObjectStore store;
  final Deque<ObjectEvent> queue = new ArrayDeque<>();
  final List<ObjectEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final List<String> violations = Collections.synchronizedList(new ArrayList<>());

  private final FakePartitionRegistrar partitions;
  private final List<Late> late = new ArrayList<>();
  private final Shelf shelf;
  private final Truth truth;
  private final Path scratch;
  private final boolean versioned;
  private final Mutant mutant;
  private final @Nullable List<String> trace =
      System.getProperty("sluice.trace") == null
          ? null
          : Collections.synchronizedList(new ArrayList<>());
  private FaultHook director = FaultHook.NONE;
  private boolean oneAtATime = true;
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger sequence = new AtomicInteger();

  /** A request that its sender gave up. */
  private record Late(RemoteCall call, int number, Instant due, Runnable effect) {
    @Override
    public String toString() {
      return call + " " + number;
    }
  }

  Scene(Shelf shelf, Path scratch, boolean versioned, Mutant mutant) {
    this.shelf = shelf;
    this.scratch = scratch;
    this.versioned = versioned;
    this.mutant = mutant;
    FaultHook hook = new Hook();
    store = new InMemoryObjectStore(clock, hook, 2);
    store.bucket(World.RAW, versioned).bucket(World.LAKE, false);
    partitions = new FakePartitionRegistrar(hook);
    truth =
        new Truth(shelf, World.RAW, List.of(DECLARED.get("readings"), REDECLARED.get("readings")));
  }

  private static Datasets declared(boolean again) {
    try {
      Path folder = World.declarations(Files.createTempDirectory("sluice-scene-"));
      if (again) {
        Path own = folder.resolve("readings");
        Path schema = own.resolve("schema.avsc");
        Files.writeString(
            schema,
            Files.readString(schema)
                .replace("\"type\": \"double\"", "\"type\": [\"null\", \"double\"]"));
        Path declaration = own.resolve("dataset.yaml");
        Files.writeString(declaration, Files.readString(declaration).replace("  - room\n", ""));
      }
      return Datasets.load(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Passes every call on, and watches what is published. */
  private final class Hook implements FaultHook {
    @Override
    public void before(RemoteCall call, Runnable effect) {
      director.before(
          call,
          () -> {
            effect.run();
            trace("late: " + call);
            watch(call);
          });
    }

    @Override
    public void after(RemoteCall call) {
      trace(call.toString());
      watch(call);
      director.after(call);
    }
  }

  /** Keeps what happened, when the property {@code sluice.trace} is set. */
  void trace(String what) {
    if (trace != null) {
      trace.add("\n" + clock.instant() + " " + Thread.currentThread().getName() + " " + what);
    }
  }

  /** Publishing has its order at every instant, not only in the end. */
  private void watch(RemoteCall call) {
    if (!call.operation().startsWith("s3.put-")) {
      return;
    }
    String key = call.target().substring(("s3://" + World.LAKE + "/").length());
    if (key.startsWith("silver/") || key.startsWith("ops/quarantine/")) {
      String name = key.substring(key.lastIndexOf('/') + 1);
      if (intents(name.substring(0, name.indexOf('-'))).stream()
          .noneMatch(intent -> intent.outputs().contains(key))) {
        violations.add("published without an intent: " + key);
      }
    } else if (key.startsWith("ops/ledger/") && oneAtATime) {
      LedgerEntry entry = LedgerEntry.parse(text(key));
      if (entry.status().loaded()
          && entry.outputKeys().stream().anyMatch(k -> store.bytes(lake(k)).isEmpty())) {
        violations.add("entered before its files: " + key);
      }
    }
  }

  private List<Intent> intents(String keyHash) {
    return store.keys(World.LAKE, LAYOUT.intentPrefix(keyHash)).stream()
        .flatMap(key -> store.bytes(lake(key)).stream())
        .map(bytes -> Intent.parse(new String(bytes, StandardCharsets.UTF_8)))
        .toList();
  }

  private String text(String key) {
    return new String(store.bytes(lake(key)).orElseThrow(), StandardCharsets.UTF_8);
  }

  static ObjectName lake(String key) {
    return new ObjectName(World.LAKE, key);
  }

  /** What stands around the remote calls of the next deliveries. */
  void direct(FaultHook by) {
    director = by;
  }

  /** Several deliveries are under way from now on. */
  void severalAtATime() {
    oneAtATime = false;
  }

  /** Uploads; the event is to be queued by the caller. */
  ObjectEvent upload(String key, byte[] content) {
    ObjectInfo info = store.upload(World.raw(key), content);
    trace("upload " + key + " " + info.etag());
    truth.uploaded(new Truth.Upload(key, info.version(), content));
    return event(
        new ObjectEvent(
            ObjectEvent.Kind.CREATED,
            "ObjectCreated:Put",
            World.raw(key),
            info.versionId(),
            info.etag(),
            sequencer(),
            info.size(),
            Optional.of(clock.instant())));
  }

  /** Deletes; the event is to be queued by the caller. */
  ObjectEvent remove(String key) {
    store.remove(World.raw(key));
    trace("remove " + key);
    return event(
        new ObjectEvent(
            ObjectEvent.Kind.DELETED,
            "ObjectRemoved:Delete",
            World.raw(key),
            "",
            "",
            sequencer(),
            -1,
            Optional.of(clock.instant())));
  }

  /** Says that something may be with an object; to be queued by the caller. */
  ObjectEvent hint(ObjectEvent.Kind kind, String key) {
    return event(
        new ObjectEvent(
            kind,
            kind == ObjectEvent.Kind.LOOK ? ObjectEvent.LOOK : ObjectEvent.RELOAD,
            World.raw(key),
            "",
            "",
            sequencer(),
            -1,
            Optional.of(clock.instant())));
  }

  private String sequencer() {
    return "%016X".formatted(sequence.incrementAndGet());
  }

  private ObjectEvent event(ObjectEvent event) {
    events.add(event);
    return event;
  }

  /** A delivery to a process of its own; false when it failed and must come again. */
  boolean deliver(ObjectEvent event) {
    return deliver(event, DECLARED);
  }

  boolean deliver(ObjectEvent event, Datasets declared) {
    return deliver(event, event.sequencer(), declared);
  }

  /**
   * @param message the message that the event is in
   */
  boolean deliver(ObjectEvent event, String message, Datasets declared) {
    int number = attempts.incrementAndGet();
    Attempt attempt =
        new Attempt(
            "attempt-" + number,
            message,
            number,
            clock.instant(),
            clock.instant().plus(INVOCATION),
            clock.instant().plus(INVOCATION));
    trace(
        "delivery "
            + number
            + " of "
            + event.type()
            + " "
            + event.name().key()
            + " "
            + event.etag());
    try {
      new Ingest(
              mutant.store(store),
              mutant.partitions(partitions),
              mutant.conversions(shelf),
              declared,
              new Ingest.Config(LAYOUT, "silver", scratch, "test"),
              clock)
          .handle(event, attempt);
      return true;
    } catch (SluiceException e) {
      trace(e.getMessage());
      if (e.code() != ErrorCode.UNAVAILABLE && e.code() != ErrorCode.OUT_OF_TIME) {
        violations.add("failed for good: " + e.code() + " " + e.getMessage());
      }
      return mutant.forgetsFailures();
    } catch (World.Death e) {
      trace("death");
      return mutant.forgetsFailures();
    }
  }

  /** A delivery that is queued again, behind the others, when it fails. */
  void handle(ObjectEvent event) {
    if (!deliver(event)) {
      queue.addLast(event);
    }
  }

  /** The call fails in that way. */
  void strike(Fault fault, RemoteCall call, int number, Runnable effect) {
    switch (fault) {
      case DEATH_BEFORE, DEATH_AFTER -> throw new World.Death();
      case ERROR_BEFORE, ERROR_AFTER -> {}
      case TIME_OUT -> {
        clock.advance(PATIENCE);
        if (writes(call)) {
          late.add(new Late(call, number, clock.instant().plus(UNDER_WAY), effect));
        }
      }
    }
    throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot reach it: struck by the test");
  }

  static boolean writes(RemoteCall call) {
    return !List.of("s3.get", "s3.read", "s3.head", "s3.list").contains(call.operation());
  }

  /** All that was given up arrives. */
  void land() {
    landUntil(Instant.MAX);
  }

  /** What was given up long enough ago arrives. */
  void landDue() {
    landUntil(clock.instant());
  }

  private void landUntil(Instant time) {
    List<Late> due = late.stream().filter(l -> !l.due().isAfter(time)).toList();
    late.removeAll(due);
    due.forEach(l -> l.effect().run());
  }

  /** Everything that is queued is delivered until it is done. */
  void drain() {
    direct(FaultHook.NONE);
    for (int deliveries = 0; !queue.isEmpty(); deliveries++) {
      if (deliveries == 100 + 10 * events.size()) {
        violations.add("the queue does not drain");
        queue.clear();
        return;
      }
      ObjectEvent event = queue.removeFirst();
      if (!deliver(event)) {
        clock.advance(Messages.VISIBILITY);
        queue.addLast(event);
      }
    }
  }

  /** Drains the queue, looks, lets everything come once more long after, and looks again. */
  Findings finish() {
    land();
    drain();
    Findings drained = look(false);
    if (!drained.none()) {
      return drained;
    }
    clock.advance(Duration.ofHours(1));
    queue.addAll(events);
    drain();
    return look(true);
  }

  private Findings look(boolean swept) {
    Map<String, String> newest = new HashMap<>();
    for (String key : store.keys(World.RAW, "")) {
      newest.put(key, store.head(World.raw(key)).orElseThrow().version());
    }
    Map<String, byte[]> lake = new TreeMap<>();
    for (String key : store.keys(World.LAKE, "")) {
      if (swept || !key.startsWith("ops/intents/")) {
        lake.put(key, store.bytes(lake(key)).orElseThrow());
      }
    }
    TreeSet<String> locations = new TreeSet<>();
    partitions.registered().forEach(p -> locations.add(p.partition().location()));
    return truth
        .compare(new Truth.Lake(newest, lake, locations))
        .plus(new Findings(0, 0, 0, violations));
  }

  /** Beside other findings only, since the list is long. */
  String story() {
    return trace == null ? "" : String.join("", trace);
  }

  /** Equal for scenes from which the same follows. */
  String state() {
    StringBuilder state = new StringBuilder();
    for (String bucket : List.of(World.RAW, World.LAKE)) {
      for (String key : store.keys(bucket, "")) {
        state.append(key).append(' ');
        byte[] bytes = store.bytes(new ObjectName(bucket, key)).orElseThrow();
        if (key.startsWith("ops/")) {
          state.append(new String(bytes, StandardCharsets.UTF_8));
        } else {
          state.append(bytes.length).append(' ').append(java.util.Arrays.hashCode(bytes));
        }
        state.append('\n');
      }
    }
    TreeSet<String> locations = new TreeSet<>();
    partitions.registered().forEach(p -> locations.add(p.partition().location()));
    queue.forEach(event -> state.append(event.type()).append(event.sequencer()).append('\n'));
    return state
        .append(locations)
        .append(clock.instant())
        .append(' ')
        .append(attempts)
        .append(' ')
        .append(late)
        .append(violations)
        .append(versioned)
        .toString();
  }
}
