package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReloadTest {
  /** Two rooms, and one record that only the changed declaration takes. */
  private static final String TEXT =
      reading(1, "a", 1)
          + reading(2, "b", 2)
          + "{\"id\":\"r3\",\"room\":\"b\",\"at\":\"2026-11-20T10:00:00Z\"}\n";

  @TempDir static Path declarations;

  @TempDir(factory = MemoryFolder.Factory.class)
  Path scratch;

  private static Datasets kinder;
  private static final Map<String, Converter> converters = new HashMap<>();

  private int reloads;

  /** As the function is deployed anew: readings may lack a value, and visits are readings, too. */
  @BeforeAll
  static void declare() throws IOException {
    ReplayTest.kinder(declarations);
    Path visits = Files.createDirectories(declarations.resolve("visits"));
    Path readings = declarations.resolve("readings");
    Files.copy(readings.resolve("schema.avsc"), visits.resolve("schema.avsc"));
    Files.writeString(
        visits.resolve("dataset.yaml"),
        Files.readString(readings.resolve("dataset.yaml")).replace("readings", "visits"));
    kinder = Datasets.load(declarations);
    kinder
        .all()
        .forEach(d -> converters.put(d.name(), new Converter(d, ConvertOptions.defaults())));
  }

  /** How an object came to be as it is, and whose it is. */
  private enum Before {
    LOADED("readings"),
    REFUSED("readings"),
    NOT_DECLARED("visits");

    private final String dataset;

    Before(String dataset) {
      this.dataset = dataset;
    }

    String key() {
      return dataset + "/a.json";
    }
  }

  private World world(Before before) {
    return before == Before.REFUSED
        ? new World(
            scratch,
            false,
            (dataset, source, data, quarantine, progress) -> {
              throw new SluiceException(ErrorCode.SOURCE_TOO_LARGE, "Cannot: the test says so");
            })
        : new World(scratch, false);
  }

  private static Conversions conversions() {
    return (dataset, source, data, quarantine, progress) ->
        converters.get(dataset.name()).convert(source, data, quarantine, progress);
  }

  private List<Replay.Result> reload(World world, Before before, boolean dryRun) {
    List<Replay.Result> results = new ArrayList<>();
    new Reload(
            world.store,
            world.partitions,
            conversions(),
            kinder,
            world.config(scratch),
            world.clock)
        .run(
            Selection.of(before.dataset),
            dryRun,
            () -> Attempt.withoutEnd("reload-" + ++reloads),
            () -> false,
            results::add);
    return results;
  }

  /** A delivery to the function that has the new declarations. */
  private void deliverAnew(World world, ObjectEvent event) {
    new Ingest(
            world.store,
            world.partitions,
            conversions(),
            kinder,
            world.config(scratch),
            world.clock)
        .handle(
            event,
            new Attempt(
                "anew-" + ++reloads,
                "",
                1,
                world.clock.instant(),
                world.clock.instant().plusSeconds(60),
                world.clock.instant().plusSeconds(70)));
  }

  private static void assertReloaded(World world, Before before) {
    world.assertBalanced();
    LedgerEntry entry = world.entry(before.key());
    assertThat(entry.dataset()).isEqualTo(before.dataset);
    assertThat(entry.status()).isEqualTo(Status.LOADED);
    assertThat(entry.recordsWritten()).isEqualTo(3);
    assertThat(entry.fingerprint()).isEqualTo(kinder.get(before.dataset).fingerprint());
  }

  @Test
  void csvIsLoadedAgainWithItsHeader() {
    World world = world(Before.LOADED);
    String key = "readings/a.csv";
    world.deliver(
        world.upload(
            key, "id,room,at,value\nr1,a,2026-11-20T10:00:00Z,1\nr2,b,2026-11-20T10:00:00Z,\n"));
    assertThat(world.entry(key).recordsWritten()).isEqualTo(1);

    assertThat(reload(world, Before.LOADED, false))
        .extracting(Replay.Result::action)
        .containsExactly(Replay.Action.REPLAYED);

    world.assertBalanced();
    assertThat(world.entry(key).recordsWritten()).isEqualTo(2);
    assertThat(world.entry(key).status()).isEqualTo(Status.LOADED);
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void aWholeObjectIsLoadedUnderTheDeclarationAsItIsNow(Before before) {
    World world = world(before);
    ObjectEvent event = world.upload(before.key(), TEXT);
    world.deliver(event);
    assertThat(world.entry(before.key()).recordsWritten())
        .isEqualTo(before == Before.LOADED ? 2 : 0);
    var visible = world.visible();
    var ledger = world.ledger();

    List<Replay.Result> dry = reload(world, before, true);
    assertThat(world.visible()).isEqualTo(visible);
    assertThat(world.ledger()).isEqualTo(ledger);

    assertThat(reload(world, before, false))
        .isEqualTo(dry)
        .singleElement()
        .satisfies(result -> {
          assertThat(result.action()).isEqualTo(Replay.Action.REPLAYED);
          assertThat(result.tried()).isEqualTo(3);
          assertThat(result.moved()).isEqualTo(3);
        });
    assertReloaded(world, before);
    assertThat(world.entry(before.key()).sequencer()).isEqualTo(event.sequencer());
    assertThat(world.visible().keySet()).as("only new files").noneMatch(visible::containsKey);
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
  }

  @Test
  void anObjectWhoseUploadIsGoneIsNamedAndLeftAsItIs() {
    for (Before before : Before.values()) {
      World world = world(before);
      world.deliver(world.upload(before.key(), TEXT));
      world.store.remove(World.raw(before.key()));
      var visible = world.visible();
      var ledger = world.ledger();

      assertThat(reload(world, before, false))
          .singleElement()
          .satisfies(result -> {
            assertThat(result.action()).isEqualTo(Replay.Action.SKIPPED);
            assertThat(result.message()).contains("upload is gone");
          });

      assertThat(world.visible()).isEqualTo(visible);
      assertThat(world.ledger()).isEqualTo(ledger);
    }
  }

  @Test
  void whatWouldBeRefusedStaysAsItIs() {
    World world = world(Before.LOADED);
    world.deliver(world.upload(Before.LOADED.key(), TEXT));
    byte[] unreadable = "\uFEFF{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_16BE);
    world.upload(Before.LOADED.key(), unreadable);
    var visible = world.visible();

    assertThat(reload(world, Before.LOADED, false))
        .extracting(Replay.Result::action)
        .containsExactly(Replay.Action.FAILED);

    assertThat(world.visible()).isEqualTo(visible);
  }

  @Test
  void anUploadOfBeforeTheDeclarationThatWasReplacedSinceIsSuperseded() {
    World world = world(Before.NOT_DECLARED);
    String key = Before.NOT_DECLARED.key();
    world.deliver(world.upload(key, TEXT));
    deliverAnew(world, world.upload(key, reading(9, "a", 9)));

    reload(world, Before.NOT_DECLARED, false);

    world.assertBalanced();
    assertThat(world.ledger())
        .extracting(LedgerEntry::dataset, LedgerEntry::status)
        .containsExactlyInAnyOrder(
            org.assertj.core.api.Assertions.tuple("visits", Status.SUPERSEDED),
            org.assertj.core.api.Assertions.tuple("visits", Status.LOADED));
  }

  /** What brings a failed reload to its end. */
  private enum Then {
    RELOADED_AT_ONCE,
    RELOADED_MUCH_LATER,
    THE_EVENT_AGAIN,
    AN_OVERWRITE
  }

  private void struck(World world, Before before) {
    try {
      reload(world, before, false);
    } catch (World.Death | SluiceException e) {
      // As it is meant.
    }
  }

  @ParameterizedTest
  @EnumSource(ReplayTest.Fault.class)
  void anyFaultOfAReloadIsMended(ReplayTest.Fault fault) {
    for (Before before : Before.values()) {
      for (Then then : Then.values()) {
        for (int call = 0; ; call++) {
          World world = world(before);
          ObjectEvent event = world.upload(before.key(), TEXT);
          world.deliver(event);
          world.faults.reset();
          world.faults.arm(call, fault.before(), fault::strike);
          struck(world, before);
          boolean spent = world.faults.spent();
          world.faults.reset();
          try {
            end(world, before, event, then);
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                before
                    + ", "
                    + fault
                    + " at call "
                    + call
                    + " ("
                    + world.faults.last()
                    + "), "
                    + then,
                e);
          }
          if (!spent) {
            assertThat(call).isGreaterThan(10);
            break;
          }
        }
      }
    }
  }

  private void end(World world, Before before, ObjectEvent event, Then then) {
    switch (then) {
      case RELOADED_AT_ONCE -> {
        reload(world, before, false);
        assertReloaded(world, before);
      }
      case RELOADED_MUCH_LATER -> {
        world.clock.advance(Duration.ofHours(1));
        reload(world, before, false);
        assertReloaded(world, before);
        assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
      }
      case THE_EVENT_AGAIN -> {
        deliverAnew(world, event);
        assertListedIsThere(world);
        world.clock.advance(Duration.ofHours(1));
        deliverAnew(world, event);
        world.assertBalanced();
        assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
        reload(world, before, false);
        assertReloaded(world, before);
      }
      case AN_OVERWRITE -> {
        deliverAnew(world, world.upload(before.key(), reading(9, "a", 9)));
        reload(world, before, false);
        world.assertBalanced();
        assertThat(world.ledger())
            .filteredOn(e -> e.status().loaded())
            .extracting(LedgerEntry::recordsWritten)
            .containsExactly(1L);
      }
    }
  }

  /** Every file that an entry lists is there. */
  private static void assertListedIsThere(World world) {
    assertThat(world.visible().keySet())
        .containsAll(
            world.ledger().stream()
                .filter(e -> e.status().loaded())
                .flatMap(e -> e.outputKeys().stream())
                .toList());
  }

  /** What others do while a reload is at work. */
  private enum Meanwhile {
    THE_EVENT_AGAIN,
    AN_OVERWRITE,
    ANOTHER_RELOAD
  }

  @ParameterizedTest
  @EnumSource(Meanwhile.class)
  void whateverOthersDoDuringAReloadTheBooksBalance(Meanwhile meanwhile) {
    for (Before before : Before.values()) {
      for (boolean dies : List.of(false, true)) {
        for (int call = 0; ; call++) {
          World world = world(before);
          List<ObjectEvent> events = new ArrayList<>();
          events.add(world.upload(before.key(), TEXT));
          world.deliver(events.get(0));
          world.faults.reset();
          world.faults.arm(
              call,
              true,
              () -> {
                switch (meanwhile) {
                  case THE_EVENT_AGAIN -> deliverAnew(world, events.get(0));
                  case AN_OVERWRITE -> {
                    events.add(world.upload(before.key(), reading(9, "a", 9)));
                    deliverAnew(world, events.get(1));
                  }
                  case ANOTHER_RELOAD -> reload(world, before, false);
                }
                if (dies) {
                  throw new World.Death();
                }
              });
          struck(world, before);
          boolean spent = world.faults.spent();
          world.faults.reset();
          try {
            assertListedIsThere(world);
            world.clock.advance(Duration.ofHours(1));
            deliverAnew(world, events.get(events.size() - 1));
            reload(world, before, false);
            world.assertBalanced();
            assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
            if (events.size() == 1) {
              assertReloaded(world, before);
            }
          } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                before
                    + ", "
                    + meanwhile
                    + " at call "
                    + call
                    + " ("
                    + world.faults.last()
                    + "), dies "
                    + dies,
                e);
          }
          if (!spent) {
            assertThat(call).isGreaterThan(10);
            break;
          }
        }
      }
    }
  }
}
