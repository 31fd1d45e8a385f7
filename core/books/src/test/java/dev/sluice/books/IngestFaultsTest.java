package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import dev.sluice.model.ledger.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever else can happen to the object happens at every instant of an attempt, whole, and the
 * attempt dies at every instant after that. When the queue has drained the books balance, and
 * readers see what an undisturbed world shows. {@link ReliabilityTest} lets calls fail, and workers
 * take turns call by call.
 */
class IngestFaultsTest {
  private static final String KEY = "readings/a.json";
  private static final byte[] FIRST = bytes(reading(1, "a", 1) + reading(2, "b", 2) + "bad\n");
  private static final byte[] SECOND = bytes(reading(3, "a", 3) + reading(4, "c", 4));
  private static final byte[] THIRD = bytes(reading(5, "d", 5) + "worse\n");
  private static final byte[] NOTHING = {};
  private static final byte[] RUBBISH = "\uFEFF{}".getBytes(StandardCharsets.UTF_16BE);

  @TempDir(factory = MemoryFolder.Factory.class)
  Path scratch;

  /** What readers see of a content in a world without faults, by its ETag. */
  private final Map<String, Map<String, List<String>>> undisturbed = new HashMap<>();

  /** What an attempt under test meets: what is in the lake, and what is queued. */
  private enum Story {
    ONE_UPLOAD,
    A_DUPLICATE,
    AN_OVERWRITE,
    AN_OVERWRITE_DELIVERED_IN_REVERSE,
    BACK_TO_THE_FIRST,
    AN_OVERWRITE_BY_NOTHING,
    AN_OVERWRITE_BY_RUBBISH,
    A_MISSING_FILE,
    A_DELETION;

    void tell(Run run) {
      run.queue.add(run.upload(FIRST));
      switch (this) {
        case ONE_UPLOAD -> {}
        case A_DUPLICATE -> run.drain();
        case AN_OVERWRITE -> {
          run.drain();
          run.queue.add(run.upload(SECOND));
        }
        case AN_OVERWRITE_DELIVERED_IN_REVERSE -> run.queue.addFirst(run.upload(SECOND));
        case BACK_TO_THE_FIRST -> {
          run.drain();
          run.queue.add(run.upload(SECOND));
          run.drain();
          run.queue.add(run.upload(FIRST));
        }
        case AN_OVERWRITE_BY_NOTHING -> {
          run.drain();
          run.queue.add(run.upload(NOTHING));
        }
        case AN_OVERWRITE_BY_RUBBISH -> {
          run.drain();
          run.queue.add(run.upload(RUBBISH));
        }
        case A_MISSING_FILE -> {
          run.drain();
          run.world.store.remove(
              new dev.sluice.model.store.ObjectName(
                  World.LAKE, run.world.visible().keySet().iterator().next()));
        }
        case A_DELETION -> {
          run.drain();
          run.queue.add(run.remove());
        }
      }
      if (run.queue.isEmpty()) {
        run.queue.add(run.events.get(0));
      }
    }
  }

  /** What others do at an instant of the attempt under test. */
  private enum Meanwhile {
    NOTHING_ELSE,
    THE_SAME_EVENT_HANDLED,
    AN_OVERWRITE_HANDLED,
    AN_OVERWRITE_QUEUED,
    TWO_OVERWRITES_THE_SECOND_HANDLED,
    THERE_AND_BACK_HANDLED,
    THERE_AND_BACK_QUEUED,
    A_DELETION_HANDLED,
    A_DELETION_QUEUED,
    A_DELETION_AND_AN_UPLOAD_QUEUED;

    void happen(Run run) {
      switch (this) {
        case NOTHING_ELSE -> {}
        case THE_SAME_EVENT_HANDLED -> run.handle(run.events.get(run.events.size() - 1));
        case AN_OVERWRITE_HANDLED -> run.handle(run.upload(SECOND));
        case AN_OVERWRITE_QUEUED -> run.queue.add(run.upload(SECOND));
        case TWO_OVERWRITES_THE_SECOND_HANDLED -> {
          run.queue.add(run.upload(SECOND));
          run.handle(run.upload(THIRD));
        }
        case THERE_AND_BACK_HANDLED -> {
          run.handle(run.upload(SECOND));
          run.handle(run.upload(FIRST));
        }
        case THERE_AND_BACK_QUEUED -> {
          run.queue.add(run.upload(SECOND));
          run.queue.add(run.upload(FIRST));
        }
        case A_DELETION_HANDLED -> run.handle(run.remove());
        case A_DELETION_QUEUED -> run.queue.add(run.remove());
        case A_DELETION_AND_AN_UPLOAD_QUEUED -> {
          run.queue.add(run.remove());
          run.queue.add(run.upload(SECOND));
        }
      }
    }
  }

  /** A world, its queue, and all events that ever were. */
  private final class Run {
    private final World world;
    private final Deque<ObjectEvent> queue = new ArrayDeque<>();
    private final List<ObjectEvent> events = new ArrayList<>();

    Run(boolean versioned) {
      world = new World(scratch, versioned);
    }

    ObjectEvent upload(byte[] content) {
      ObjectEvent event = world.upload(KEY, content);
      events.add(event);
      return event;
    }

    ObjectEvent remove() {
      ObjectEvent event = world.remove(KEY);
      events.add(event);
      return event;
    }

    /** One delivery that may fail; then the event comes again after the others. */
    void handle(ObjectEvent event) {
      try {
        world.deliver(event);
      } catch (SluiceException e) {
        assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE);
        queue.addLast(event);
      } catch (World.Death e) {
        queue.addLast(event);
      }
    }

    void drain() {
      for (int deliveries = 0; !queue.isEmpty(); deliveries++) {
        assertThat(deliveries).as("deliveries until the queue has drained").isLessThan(50);
        ObjectEvent event = queue.removeFirst();
        handle(event);
        if (event.equals(queue.peekLast())) {
          world.clock.advance(Duration.ofMinutes(10));
        }
      }
    }

    void assertRight() {
      world.assertBalanced();
      assertThat(world.ledger())
          .filteredOn(entry -> entry.status().loaded())
          .as("loaded versions of one object")
          .hasSizeLessThanOrEqualTo(1);
      if (world.store.head(World.raw(KEY)).isPresent()) {
        assertThat(contents(world))
            .isEqualTo(
                undisturbed.computeIfAbsent(
                    world.store.head(World.raw(KEY)).orElseThrow().etag(),
                    etag -> {
                      World calm = new World(scratch, false);
                      calm.deliver(
                          calm.upload(KEY, world.store.bytes(World.raw(KEY)).orElseThrow()));
                      return contents(calm);
                    }));
      }
      for (ObjectEvent event : events) {
        if (event.kind() == ObjectEvent.Kind.CREATED) {
          assertThat(world.ledger())
              .as("every version is in the ledger")
              .anyMatch(entry -> entry.version().equals(event.version()));
        }
      }
    }

    /** When every event comes once more, long after, no trace of any attempt is left. */
    void assertNothingIsLeftBehind() {
      world.clock.advance(Duration.ofHours(1));
      queue.addAll(events);
      drain();
      assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
      assertRight();
    }
  }

  /** What readers see, without the names of versions, which differ between worlds. */
  private static Map<String, List<String>> contents(World world) {
    Map<String, List<String>> contents = new TreeMap<>();
    world
        .visible()
        .forEach((key, bytes) -> {
          List<String> folder =
              contents.computeIfAbsent(
                  // The day of an upload is its world's affair.
                  key.startsWith("ops/") ? "quarantine" : key.substring(0, key.lastIndexOf('/')),
                  k -> new ArrayList<>());
          if (key.endsWith(".ndjson")) {
            for (String line : bytes.split("\n")) {
              var record = Json.parseObject(line);
              record.remove("version");
              folder.add(Json.write(record));
            }
          } else {
            folder.add(bytes);
          }
          Collections.sort(folder);
        });
    return contents;
  }

  @ParameterizedTest
  @EnumSource(Meanwhile.class)
  void whateverOthersDoAtAnyInstantTheBooksBalance(Meanwhile meanwhile) {
    for (Story story : Story.values()) {
      for (boolean versioned : List.of(false, true)) {
        for (int call = 0; ; call++) {
          Run run = new Run(versioned);
          story.tell(run);
          run.world.faults.reset();
          run.world.faults.arm(call, true, () -> meanwhile.happen(run));
          run.handle(run.queue.removeFirst());
          if (!run.world.faults.spent()) {
            break;
          }
          check(run, story + ", " + meanwhile + " at call " + call + ", versions " + versioned);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Meanwhile.class)
  void whateverOthersDoBeforeAnAttemptDiesTheBooksBalance(Meanwhile meanwhile) {
    for (Story story : List.of(Story.ONE_UPLOAD, Story.AN_OVERWRITE)) {
      for (boolean soon : List.of(true, false)) {
        boolean more = true;
        for (int call = 0; more; call++) {
          for (int death = call; ; death++) {
            if (!chosen(call, death)) {
              continue;
            }
            Run run = new Run(false);
            story.tell(run);
            run.world.faults.reset();
            run.world.faults.arm(call, true, () -> meanwhile.happen(run));
            run.world.faults.arm(death, false, IngestFaultsTest::die);
            run.handle(run.queue.removeFirst());
            if (!run.world.faults.spent()) {
              more = run.world.faults.left() == 1;
              break;
            }
            if (!soon) {
              run.world.clock.advance(Duration.ofMinutes(10));
            }
            check(run, story + ", " + meanwhile + " at call " + call + ", death at call " + death);
          }
        }
      }
    }
  }

  /** Pairs of instants: a part of them in every run. */
  private static boolean chosen(int one, int other) {
    return "full".equals(System.getProperty("sluice.reliability")) || (one + 2 * other) % 11 == 0;
  }

  private static void die() {
    throw new World.Death();
  }

  private static void check(Run run, String description) {
    String at = description + " (" + run.world.faults.last() + ")";
    try {
      run.world.faults.reset();
      run.drain();
      run.assertRight();
      run.assertNothingIsLeftBehind();
    } catch (AssertionError | RuntimeException e) {
      for (LedgerEntry entry : run.world.ledger()) {
        at += "\n" + entry.toLine().strip();
      }
      throw new AssertionError(at, e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
