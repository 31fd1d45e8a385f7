package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.LakeLayout.Origin;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A sweep of files that lie there as nobody's, beside an ingest that comes to need just these: the
 * two take turns at every call, and no file is lost.
 */
class SweepRacesTest {
  private static final LakeLayout LAYOUT = new LakeLayout(World.RAW, World.LAKE, "results");

  /** Every interleaving; otherwise every 101st. */
  private static final boolean ALL = "all".equals(System.getProperty("sluice.faults"));

  private static final String KEY = "readings/a.json";
  private static final String FIRST = reading(1, "a", 1) + reading(2, "b", 2) + "bad\n";
  private static final String SECOND = reading(3, "a", 3);

  @TempDir Path scratch;

  /** How files came to lie there that the next delivery needs. */
  private enum Story {
    AN_ATTEMPT_DIED_LONG_AGO,
    AN_ATTEMPT_DIED_AND_ITS_INTENT_IS_GONE,
    A_VERSION_COMES_BACK;

    ObjectEvent tell(World world) {
      ObjectEvent event = world.upload(KEY, FIRST);
      world.deliver(event);
      Map<String, String> files = world.visible();
      switch (this) {
        case AN_ATTEMPT_DIED_LONG_AGO -> {
          removeAll(world, "ops/ledger/");
          Origin origin = LAYOUT.origin(files.keySet().iterator().next()).orElseThrow();
          new Books(world.store, LAYOUT)
              .write(
                  new Intent(
                      World.RAW,
                      KEY,
                      event.version(),
                      "readings",
                      0,
                      List.copyOf(files.keySet()),
                      List.of(),
                      "",
                      world.clock.instant()),
                  new SourceId(origin.keyHash(), origin.versionHash()),
                  "dead");
        }
        case AN_ATTEMPT_DIED_AND_ITS_INTENT_IS_GONE -> removeAll(world, "ops/ledger/");
        case A_VERSION_COMES_BACK -> {
          world.deliver(world.upload(KEY, SECOND));
          files.forEach((key, bytes) ->
              world.store.upload(
                  new ObjectName(World.LAKE, key), bytes.getBytes(StandardCharsets.ISO_8859_1)));
          event = world.upload(KEY, FIRST);
        }
      }
      world.clock.advance(Duration.ofHours(2));
      return event;
    }

    private static void removeAll(World world, String prefix) {
      world
          .store
          .keys(World.LAKE, prefix)
          .forEach(key -> world.store.remove(new ObjectName(World.LAKE, key)));
    }
  }

  /** A sweep in a thread of its own, which goes on by so many calls as it is told. */
  private static final class Sweeper {
    private static final int TO_THE_END = Integer.MAX_VALUE;
    private final SynchronousQueue<Integer> go = new SynchronousQueue<>();
    private final SynchronousQueue<Boolean> stopped = new SynchronousQueue<>();
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private int left;
    private boolean over;

    Sweeper(World world, Map<Origin, List<String>> orphans) {
      ObjectStore stepping =
          (ObjectStore)
              Proxy.newProxyInstance(
                  ObjectStore.class.getClassLoader(),
                  new Class<?>[] {ObjectStore.class},
                  (proxy, method, arguments) -> {
                    if (left-- == 0) {
                      stopped.put(true);
                      left = go.take() - 1;
                    }
                    try {
                      return method.invoke(world.store, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      Sweep sweep = new Sweep(stepping, LAYOUT, world.clock, Duration.ofHours(1), "test");
      thread =
          new Thread(() -> {
            try {
              left = go.take();
              orphans.forEach(sweep::sweep);
            } catch (InterruptedException | RuntimeException | Error e) {
              failure = e;
            }
            try {
              stopped.put(false);
            } catch (InterruptedException e) {
              failure = e;
            }
          });
      thread.start();
    }

    /** Whether there are calls left then. */
    boolean advance(int calls) {
      if (over || calls == 0) {
        return !over;
      }
      try {
        go.put(calls);
        over = !stopped.take();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(failure).isNull();
      return !over;
    }
  }

  @ParameterizedTest
  @EnumSource(Story.class)
  void noFileIsLostWhateverTheInterleaving(Story story) {
    int sweepCalls = sweepCalls(story);
    int ingestCalls = ingestCalls(story);
    int number = 0;
    for (boolean dies : List.of(false, true)) {
      for (int first = 0; first <= sweepCalls; first++) {
        for (int second = 0; first + second <= sweepCalls; second++) {
          for (int at = 0; at < ingestCalls; at++) {
            if (number++ % (ALL ? 1 : 101) == 0) {
              run(story, first, at, second, dies);
            }
          }
        }
      }
    }
    assertThat(number).as("interleavings of %s", story).isGreaterThan(1_000);
  }

  private int sweepCalls(Story story) {
    World world = new World(scratch, false);
    story.tell(world);
    Sweeper sweeper = new Sweeper(world, orphans(world, story));
    int calls = 1;
    while (sweeper.advance(1)) {
      calls++;
    }
    return calls;
  }

  private int ingestCalls(Story story) {
    for (int calls = 1; ; calls++) {
      World world = new World(scratch, false);
      ObjectEvent event = story.tell(world);
      world.faults.reset();
      world.faults.arm(calls, true, () -> {});
      world.deliver(event);
      if (!world.faults.spent()) {
        return calls;
      }
    }
  }

  /**
   * Some calls of the sweep; then the ingest up to a call; then more of the sweep; then the rest of
   * the ingest, and of the sweep.
   */
  private void run(Story story, int first, int at, int second, boolean dies) {
    World world = new World(scratch, false);
    ObjectEvent event = story.tell(world);
    Sweeper sweeper = new Sweeper(world, orphans(world, story));
    sweeper.advance(first);
    world.faults.reset();
    world.faults.arm(at, true, () -> sweeper.advance(second));
    if (dies) {
      world.faults.arm(
          at + 3,
          false,
          () -> {
            throw new World.Death();
          });
    }
    boolean done = deliver(world, event);
    world.faults.reset();
    sweeper.advance(Sweeper.TO_THE_END);
    check(
        world,
        event,
        done,
        story + ", sweep " + first + ", ingest " + at + ", sweep " + second + ", dies " + dies);
  }

  private static Map<Origin, List<String>> orphans(World world, Story story) {
    Map<Origin, List<String>> orphans = new LinkedHashMap<>();
    List<String> owned =
        world.ledger().stream()
            .filter(e -> e.status().loaded())
            .flatMap(e -> e.outputKeys().stream())
            .toList();
    for (String key : world.visible().keySet()) {
      if (!owned.contains(key)) {
        orphans.computeIfAbsent(LAYOUT.origin(key).orElseThrow(), o -> new ArrayList<>()).add(key);
      }
    }
    assertThat(orphans).as(story.name()).hasSize(2);
    return orphans;
  }

  private static boolean deliver(World world, ObjectEvent event) {
    try {
      world.deliver(event);
      return true;
    } catch (SluiceException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      return false;
    } catch (World.Death e) {
      return false;
    }
  }

  private static void check(World world, ObjectEvent event, boolean delivered, String how) {
    boolean done = delivered;
    for (int i = 0; !done; i++) {
      assertThat(i).as("deliveries until it is done: %s", how).isLessThan(5);
      world.clock.advance(Duration.ofMinutes(12));
      done = deliver(world, event);
    }
    try {
      world.assertBalanced();
      assertThat(world.ledger())
          .filteredOn(e -> e.status().loaded())
          .singleElement()
          .satisfies(e -> assertThat(e.recordsRead()).isEqualTo(3));
      assertThat(world.visible()).hasSize(3);
    } catch (AssertionError e) {
      fail(how, e);
    }
  }
}
