package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.QuarantineRecord;
import dev.sluice.model.store.ObjectName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReplayTest {
  private static final String KEY = "readings/a.json";

  /** Two good, one that a kinder declaration takes, one that it does not, one broken. */
  private static final String TEXT =
      reading(1, "a", 1)
          + "{\"id\":\"r2\",\"room\":\"b\",\"at\":\"2026-11-20T10:00:00Z\"}\n"
          + reading(3, "b", 3)
          + "{\"id\":\"r4\",\"room\":\"b\",\"at\":\"no time\",\"value\":4}\n"
          + "broken\n";

  @TempDir static Path declarations;
  @TempDir Path scratch;

  private static Datasets kinder;
  private static Converter converter;

  private int replays;

  @BeforeAll
  static void declareKinder() throws IOException {
    kinder = kinder(declarations);
    converter = new Converter(kinder.get("readings"), ConvertOptions.defaults());
  }

  /** Of readings without a value, too. */
  static Datasets kinder(Path declarations) throws IOException {
    World.declarations(declarations);
    Path schema = declarations.resolve("readings/schema.avsc");
    String strict = Files.readString(schema);
    String kind =
        strict.replace(
            "{\"name\": \"value\", \"type\": \"double\"}",
            "{\"name\": \"value\", \"type\": [\"null\", \"double\"], \"default\": null}");
    assertThat(kind).isNotEqualTo(strict);
    Files.writeString(schema, kind);
    return Datasets.load(declarations);
  }

  private World world() {
    return new World(scratch, false);
  }

  private World loaded() {
    World world = world();
    world.deliver(world.upload(KEY, TEXT));
    return world;
  }

  private static Selection all() {
    return Selection.of("readings");
  }

  private List<Replay.Result> replay(World world, Selection selection) {
    return replay(world, selection, false);
  }

  private List<Replay.Result> replay(World world, Selection selection, boolean dryRun) {
    List<Replay.Result> results = new ArrayList<>();
    new Replay(
            world.store,
            world.partitions,
            (dataset, source, data, quarantine, progress) ->
                converter.convert(source, data, quarantine, progress),
            kinder,
            world.config(scratch),
            world.clock)
        .run(
            selection,
            dryRun,
            () -> Attempt.withoutEnd("replay-" + ++replays),
            () -> false,
            results::add);
    return results;
  }

  private static List<QuarantineRecord> quarantined(World world) {
    List<QuarantineRecord> records = new ArrayList<>();
    for (String key : world.store.keys(World.LAKE, "ops/quarantine/")) {
      world
          .text(World.LAKE, key)
          .lines()
          .forEach(line -> records.add(QuarantineRecord.parse("readings", line)));
    }
    return records;
  }

  private static void assertReplayed(World world) {
    world.assertBalanced();
    LedgerEntry entry = world.entry(KEY);
    assertThat(entry.recordsWritten()).isEqualTo(3);
    assertThat(quarantined(world))
        .extracting(QuarantineRecord::line)
        .containsExactlyInAnyOrder(4L, 5L);
  }

  @Test
  void whatFitsNowMovesAndWhatDoesNotKeepsItsPlace() {
    World world = loaded();
    List<QuarantineRecord> before = quarantined(world);
    assertThat(before).hasSize(3);

    assertThat(replay(world, all()))
        .singleElement()
        .satisfies(result -> {
          assertThat(result.action()).isEqualTo(Replay.Action.REPLAYED);
          assertThat(result.tried()).isEqualTo(2);
          assertThat(result.moved()).isEqualTo(1);
          assertThat(result.left())
              .isEqualTo(Map.of(Reason.MALFORMED_JSON, 1L, Reason.TYPE_MISMATCH, 1L));
        });

    assertReplayed(world);
    assertThat(before).containsAll(quarantined(world));
    assertThat(world.entry(KEY).fingerprint()).isEqualTo(kinder.get("readings").fingerprint());
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
  }

  @Test
  void rowsOfCsvStayInQuarantineEvenIfTheyLookLikeJson() {
    World world = world();
    world.deliver(world.upload("readings/a.csv", "id\n{\"id\":\"r1\"}\nr2\n"));
    List<QuarantineRecord> before = quarantined(world);
    assertThat(before).hasSize(2);

    assertThat(replay(world, all()))
        .singleElement()
        .satisfies(result -> {
          assertThat(result.action()).isEqualTo(Replay.Action.SKIPPED);
          assertThat(result.message()).contains("--whole");
        });

    assertThat(quarantined(world)).isEqualTo(before);
  }

  @Test
  void aSecondReplayHasNothingToDo() {
    World world = loaded();
    replay(world, all());
    var visible = world.visible();
    List<LedgerEntry> ledger = world.ledger();

    assertThat(replay(world, all()))
        .extracting(Replay.Result::action)
        .containsExactly(Replay.Action.UNCHANGED);

    assertThat(world.visible()).isEqualTo(visible);
    assertThat(world.ledger()).isEqualTo(ledger);
  }

  @Test
  void aDryRunSaysTheSameAndChangesNothing() {
    World world = loaded();
    var visible = world.visible();
    List<LedgerEntry> ledger = world.ledger();

    List<Replay.Result> dry = replay(world, all(), true);

    assertThat(world.visible()).isEqualTo(visible);
    assertThat(world.ledger()).isEqualTo(ledger);
    assertThat(replay(world, all())).isEqualTo(dry);
  }

  @Test
  void theLastBadRecordLeavesNoQuarantine() {
    World world = world();
    world.deliver(world.upload(KEY, TEXT.lines().toList().get(1) + "\n"));

    replay(world, all());

    assertThat(world.entry(KEY).status()).isEqualTo(LedgerEntry.Status.LOADED);
    assertThat(quarantined(world)).isEmpty();
    world.assertBalanced();
  }

  @Test
  void aSelectionLeavesTheOthersAlone() {
    for (Selection none :
        List.of(
            new Selection(
                "readings",
                Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                Optional.empty(),
                Optional.empty()),
            new Selection(
                "readings", Optional.empty(), Optional.of("readings/b.json"), Optional.empty()),
            new Selection(
                "readings", Optional.empty(), Optional.empty(), Optional.of("TYPE_MISMATCH")))) {
      World world = loaded();
      var visible = world.visible();
      replay(world, none);
      assertThat(world.visible()).isEqualTo(visible);
    }
    World world = loaded();
    replay(
        world,
        new Selection(
            "readings", Optional.empty(), Optional.of(KEY), Optional.of("MISSING_FIELD")));
    assertReplayed(world);
  }

  @Test
  void aRecordOverSeveralLinesKeepsItsPlace() {
    World world = world();
    world.deliver(
        world.upload(
            KEY,
            "[\n{\"id\":\"r1\",\n\"room\":\"a\",\"at\":\"2026-11-20T10:00:00Z\"},\n"
                + "{\"id\":\"r2\",\n\"room\":\"a\",\n\"at\":\"never\",\"value\":1}\n]"));
    QuarantineRecord second = quarantined(world).get(1);

    assertThat(replay(world, all())).extracting(Replay.Result::moved).containsExactly(1L);

    assertThat(quarantined(world)).containsExactly(second);
    world.assertBalanced();
  }

  @Test
  void aTruncatedRecordComesFromItsSourceAndStaysWhenThatIsGone() {
    String large =
        "{\"id\":\"" + "x".repeat(100_000) + "\",\"room\":\"a\",\"at\":\"2026-11-20T10:00:00Z\"}\n";
    World world = world();
    world.deliver(world.upload(KEY, reading(1, "a", 1) + large));
    assertThat(quarantined(world)).singleElement().matches(QuarantineRecord::truncated);
    World gone = world();
    gone.deliver(gone.upload(KEY, reading(1, "a", 1) + large));
    gone.deliver(gone.remove(KEY));

    assertThat(replay(world, all())).extracting(Replay.Result::moved).containsExactly(1L);
    assertThat(replay(gone, all()))
        .extracting(Replay.Result::action)
        .containsExactly(Replay.Action.UNCHANGED);

    assertThat(world.entry(KEY).recordsWritten()).isEqualTo(2);
    world.assertBalanced();
    gone.assertBalanced();
  }

  @Test
  void recordsOfADeletedSourceAreReplayed() {
    World world = loaded();
    world.deliver(world.remove(KEY));

    replay(world, all());

    assertReplayed(world);
    assertThat(world.entry(KEY).sourceDeletedAt()).isPresent();
  }

  @Test
  void anOverwrittenObjectIsNotReplayed() {
    World world = loaded();
    ObjectEvent overwrite = world.upload(KEY, reading(9, "a", 9));

    assertThat(replay(world, all()))
        .extracting(Replay.Result::action)
        .containsExactly(Replay.Action.SKIPPED);

    world.deliver(overwrite);
    world.assertBalanced();
  }

  /** How a remote call fails. */
  enum Fault {
    ERROR_BEFORE,
    ERROR_AFTER,
    DEATH_BEFORE,
    DEATH_AFTER;

    boolean before() {
      return this == ERROR_BEFORE || this == DEATH_BEFORE;
    }

    void strike() {
      if (this == DEATH_BEFORE || this == DEATH_AFTER) {
        throw new World.Death();
      }
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot reach it: struck by the test");
    }
  }

  /** What brings a failed replay to its end. */
  private enum Then {
    REPLAYED_AT_ONCE,
    REPLAYED_MUCH_LATER,
    THE_EVENT_AGAIN_LATER,
    AN_OVERWRITE
  }

  private void struck(World world) {
    try {
      replay(world, all());
    } catch (World.Death | SluiceException e) {
      // As it is meant.
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void anyFaultOfAReplayIsMended(Fault fault) {
    for (Then then : Then.values()) {
      for (int call = 0; ; call++) {
        World world = world();
        ObjectEvent event = world.upload(KEY, TEXT);
        world.deliver(event);
        world.faults.reset();
        world.faults.arm(call, fault.before(), fault::strike);
        struck(world);
        boolean spent = world.faults.spent();
        world.faults.reset();
        String at = fault + " at call " + call + " (" + world.faults.last() + "), " + then;
        try {
          end(world, event, then);
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(at, e);
        }
        if (!spent) {
          assertThat(call).isGreaterThan(10);
          break;
        }
      }
    }
  }

  private void end(World world, ObjectEvent event, Then then) {
    switch (then) {
      case REPLAYED_AT_ONCE -> {
        replay(world, all());
        assertReplayed(world);
      }
      case REPLAYED_MUCH_LATER -> {
        world.clock.advance(Duration.ofHours(1));
        replay(world, all());
        assertReplayed(world);
        assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
      }
      case THE_EVENT_AGAIN_LATER -> {
        world.deliver(event);
        assertNothingLost(world);
        world.clock.advance(Duration.ofHours(1));
        world.deliver(event);
        world.assertBalanced();
        assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
        replay(world, all());
        assertReplayed(world);
      }
      case AN_OVERWRITE -> {
        world.deliver(world.upload(KEY, reading(9, "a", 9)));
        world.assertBalanced();
        assertThat(
                world.ledger().stream()
                    .filter(e -> e.status().loaded())
                    .mapToLong(LedgerEntry::recordsWritten)
                    .sum())
            .isEqualTo(1);
      }
    }
  }

  /** Every file that the entry lists is there. */
  private static void assertNothingLost(World world) {
    for (String key : world.entry(KEY).outputKeys()) {
      assertThat(world.store.head(new ObjectName(World.LAKE, key))).as(key).isPresent();
    }
  }

  /** What others do while a replay is at work. */
  private enum Meanwhile {
    THE_EVENT_AGAIN,
    AN_OVERWRITE,
    A_DELETION,
    ANOTHER_REPLAY,
    AN_HOUR_PASSES_AND_THE_EVENT_COMES_AGAIN
  }

  @ParameterizedTest
  @EnumSource(Meanwhile.class)
  void whateverOthersDoDuringAReplayTheBooksBalance(Meanwhile meanwhile) {
    for (boolean dies : List.of(false, true)) {
      for (int call = 0; ; call++) {
        World world = world();
        List<ObjectEvent> events = new ArrayList<>();
        events.add(world.upload(KEY, TEXT));
        world.deliver(events.get(0));
        world.faults.reset();
        world.faults.arm(
            call,
            true,
            () -> {
              switch (meanwhile) {
                case THE_EVENT_AGAIN -> {}
                case AN_OVERWRITE -> events.add(world.upload(KEY, reading(9, "a", 9)));
                case A_DELETION -> events.add(world.remove(KEY));
                case ANOTHER_REPLAY -> replay(world, all());
                case AN_HOUR_PASSES_AND_THE_EVENT_COMES_AGAIN ->
                    world.clock.advance(Duration.ofHours(1));
              }
              world.deliver(events.get(events.size() - 1));
              if (dies) {
                throw new World.Death();
              }
            });
        struck(world);
        boolean spent = world.faults.spent();
        world.faults.reset();
        try {
          assertThat(world.visible().keySet())
              .as("what the books list is there")
              .containsAll(
                  world.ledger().stream()
                      .filter(e -> e.status().loaded())
                      .flatMap(e -> e.outputKeys().stream())
                      .toList());
          world.clock.advance(Duration.ofHours(1));
          world.deliver(events.get(events.size() - 1));
          world.assertBalanced();
          if (meanwhile != Meanwhile.AN_OVERWRITE) {
            replay(world, all());
            assertReplayed(world);
          }
          assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError(
              meanwhile + " at call " + call + " (" + world.faults.last() + "), dies " + dies, e);
        }
        if (!spent) {
          assertThat(call).isGreaterThan(10);
          break;
        }
      }
    }
  }

  @Test
  void textIsTriedOnlyWhenItIsOneObject() {
    for (String one : List.of("{}", "{\"a\":\"}\\\"\"} ", "{\"a\":[{}]}")) {
      assertThat(Retry.isOneObject(one.getBytes(StandardCharsets.UTF_8))).as(one).isTrue();
    }
    for (String other : List.of("", "1", "a,b", "{}{}", "{", "[]", "{\"a\":\"}")) {
      assertThat(Retry.isOneObject(other.getBytes(StandardCharsets.UTF_8))).as(other).isFalse();
    }
  }
}
