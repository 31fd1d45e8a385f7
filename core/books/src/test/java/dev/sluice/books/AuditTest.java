package dev.sluice.books;

import static dev.sluice.books.World.raw;
import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.books.Finding.Kind;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.store.ObjectName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
  private static final AuditRequest ALL = AuditRequest.everything();
  private static final String KEY = "readings/a b+ü.json";
  private static final String GOOD = reading(1, "a", 1) + reading(2, "b", 2);
  private static final String MIXED = GOOD + "bad\n";

  @TempDir Path scratch;

  private World world(boolean versioned) {
    return new World(scratch, versioned);
  }

  /** A world with one upload, loaded a day ago. */
  private World loaded(boolean versioned) {
    World world = world(versioned);
    world.deliver(world.upload(KEY, MIXED));
    world.clock.advance(Duration.ofDays(1));
    return world;
  }

  private static List<Kind> kinds(AuditReport report) {
    return report.named().stream().map(Finding::kind).toList();
  }

  /** Audits, finds that, mends it by what it asks of ingest, and finds nothing any more. */
  private static AuditReport mends(World world, Kind... expected) {
    assertThat(kinds(world.audit(ALL))).containsExactlyInAnyOrder(expected);
    assertThat(world.sent).as("asked without --repair").isEmpty();

    AuditReport repaired = world.audit(ALL.repairing());

    assertThat(kinds(repaired)).containsExactlyInAnyOrder(expected);
    assertThat(repaired.clean()).as("repaired: %s", repaired).isTrue();
    world.hints().forEach(world::deliver);
    assertThat(world.audit(ALL).named()).isEmpty();
    world.assertBalanced();
    return repaired;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsInOrderIsClean(boolean versioned) {
    World world = loaded(versioned);

    AuditReport report = world.audit(ALL);

    assertThat(report.named()).isEmpty();
    assertThat(report.clean()).isTrue();
    assertThat(report.objects()).isEqualTo(1);
    assertThat(report.entries()).isEqualTo(1);
    assertThat(report.files()).isEqualTo(3);
    assertThat(report.intents()).isZero();
    assertThat(report.checked()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anUploadThatNoEventAnnouncedIsLoaded(boolean versioned) {
    World world = world(versioned);
    world.upload(KEY, MIXED);
    world.clock.advance(Duration.ofMinutes(14));
    assertThat(world.audit(ALL).named()).as("within the time of grace").isEmpty();
    world.clock.advance(Duration.ofMinutes(2));

    AuditReport report = mends(world, Kind.UNANNOUNCED);

    assertThat(report.oldestUnannounced()).contains(Duration.ofMinutes(16));
    assertThat(report.redriven()).isEqualTo(1);
    assertThat(world.entry(KEY).status()).isEqualTo(Status.LOADED_WITH_QUARANTINE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anOverwriteThatNoEventAnnouncedIsLoaded(boolean versioned) {
    World world = loaded(versioned);
    world.upload(KEY, GOOD);
    world.clock.advance(Duration.ofHours(1));

    mends(world, Kind.UNANNOUNCED);
  }

  @Test
  void theSameBytesOnceMoreAreANewVersion() {
    World world = loaded(true);
    world.upload(KEY, MIXED);
    world.clock.advance(Duration.ofHours(1));

    mends(world, Kind.UNANNOUNCED);
  }

  @Test
  void aHintMakesNoEntryUpButEntersWhatIsThere() {
    World world = world(true);
    world.upload("strangers/x.json", GOOD);
    world.clock.advance(Duration.ofHours(1));

    mends(world, Kind.UNANNOUNCED);

    LedgerEntry entry = world.entry("strangers/x.json");
    assertThat(entry.status()).isEqualTo(Status.REJECTED);
    assertThat(entry.reasonCode()).isEqualTo(ErrorCode.UNKNOWN_DATASET.name());
    assertThat(entry.versionId()).isNotEmpty();
    assertThat(entry.size()).isEqualTo(GOOD.length());
    world.store.remove(raw("strangers/x.json"));
    world.store.upload(raw("strangers/y.json"), new byte[1]);
    world.clock.advance(Duration.ofHours(1));
    world.audit(ALL.repairing());
    world.store.remove(raw("strangers/y.json"));
    assertThat(world.hints())
        .hasSize(1)
        .allSatisfy(hint -> {
          assertThat(world.deliver(hint).action()).isEqualTo(Outcome.Action.IGNORED);
        });
    assertThat(world.ledger()).hasSize(1);
  }

  @Test
  void whatWasRefusedBeforeItsDatasetWasDeclaredIsLoadedWhenAsked() {
    World world = loaded(false);
    LedgerEntry entry = world.entry(KEY);
    for (String key : world.store.keys(World.LAKE, "")) {
      world.store.remove(new ObjectName(World.LAKE, key));
    }
    world.store.upload(
        new ObjectName(
            World.LAKE,
            "ops/ledger/dataset=_unknown/"
                + SourceId.of(raw(KEY), entry.version()).stem().replace('-', '.')
                + ".json"),
        entry
            .change()
            .status(Status.REJECTED)
            .make()
            .toLine()
            .replace("\"dataset\":\"readings\"", "\"dataset\":\"_unknown\"")
            .getBytes(StandardCharsets.UTF_8));

    assertThat(kinds(world.audit(ALL))).containsExactly(Kind.NOW_DECLARED);
    assertThat(world.audit(ALL).clean()).isTrue();
    world.audit(ALL.repairing());
    world.hints().forEach(world::deliver);

    assertThat(world.audit(ALL).named()).isEmpty();
    assertThat(world.visible()).hasSize(3);
  }

  @Test
  void aMissingFileIsLoadedAgain() {
    World world = loaded(false);
    world.store.remove(new ObjectName(World.LAKE, world.entry(KEY).files().get(0).key()));

    mends(world, Kind.MISSING_FILES);
  }

  @Test
  void aMissingQuarantineFileIsLoadedAgain() {
    World world = loaded(false);
    world.store.remove(new ObjectName(World.LAKE, world.entry(KEY).quarantineKey()));

    mends(world, Kind.MISSING_FILES);
  }

  @Test
  void aFileOfAnotherSizeIsLoadedAgain() {
    World world = loaded(false);
    world.store.upload(
        new ObjectName(World.LAKE, world.entry(KEY).files().get(0).key()), new byte[] {1});

    mends(world, Kind.MISSING_FILES);
  }

  @Test
  void aFileWithOtherRowsIsLoadedAgainThoughItsSizeIsRight() {
    World world = loaded(false);
    LedgerEntry.OutputFile file = world.entry(KEY).files().get(0);
    ObjectName name = new ObjectName(World.LAKE, file.key());
    byte[] bytes = world.store.bytes(name).orElseThrow();
    // A footer of the same length whose number of rows is another.
    int rows = -1;
    for (int i = 4; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] = 4;
      if (bytes[i] == 2 && rowsOf(changed) == 2) {
        rows = i;
      }
    }
    assertThat(rows).as("where the rows stand").isPositive();
    bytes[rows] = 4;
    world.store.upload(name, bytes);

    assertThat(world.audit(withoutRows()).named()).isEmpty();
    mends(world, Kind.UNBALANCED);
  }

  private static AuditRequest withoutRows() {
    return new AuditRequest(
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        AuditRequest.GRACE,
        AuditRequest.SAFE_AGE,
        Instant.MAX);
  }

  private static long rowsOf(byte[] file) {
    try {
      return dev.sluice.convert.Footer.rows(file);
    } catch (java.io.IOException e) {
      return -1;
    }
  }

  @Test
  void aQuarantineFileWithOtherLinesIsLoadedAgain() {
    World world = loaded(false);
    ObjectName name = new ObjectName(World.LAKE, world.entry(KEY).quarantineKey());
    world.store.upload(
        name, (world.text(World.LAKE, name.key()) + "{}\n").getBytes(StandardCharsets.UTF_8));

    mends(world, Kind.UNBALANCED);
  }

  @Test
  void countsThatDoNotAddUpAreLoadedAgain() {
    World world = loaded(false);
    String key = world.store.keys(World.LAKE, "ops/ledger/").get(0);
    world.store.upload(
        new ObjectName(World.LAKE, key),
        world
            .text(World.LAKE, key)
            .replace("\"records_read\":3", "\"records_read\":4")
            .getBytes(StandardCharsets.UTF_8));

    mends(world, Kind.UNBALANCED);
  }

  @Test
  void whatIsLeftOfADeletedUploadIsNotTouched() {
    World world = loaded(false);
    world.deliver(world.remove(KEY));
    world.clock.advance(Duration.ofHours(1));
    assertThat(kinds(world.audit(ALL))).containsExactly(Kind.SOURCE_GONE);
    assertThat(world.audit(ALL).clean()).isTrue();
    world.store.remove(new ObjectName(World.LAKE, world.entry(KEY).files().get(0).key()));

    AuditReport report = world.audit(ALL.repairing());

    assertThat(kinds(report)).containsExactlyInAnyOrder(Kind.SOURCE_GONE, Kind.MISSING_FILES);
    assertThat(report.clean()).isFalse();
    assertThat(world.sent).isEmpty();
    assertThat(world.visible()).hasSize(2);
  }

  @Test
  void aDeletionIsNotEnteredWhileThatWouldWithdrawWhatIsLeft() {
    World world = loaded(false);
    world.remove(KEY);
    world.store.remove(new ObjectName(World.LAKE, world.entry(KEY).files().get(0).key()));

    AuditReport report = world.audit(ALL.repairing());

    assertThat(kinds(report)).containsExactlyInAnyOrder(Kind.SOURCE_GONE, Kind.MISSING_FILES);
    assertThat(world.sent).isEmpty();
  }

  @Test
  void aDeletionThatNoEventAnnouncedIsEntered() {
    World world = loaded(true);
    world.remove(KEY);

    AuditReport report = world.audit(ALL.repairing());
    world.hints().forEach(world::deliver);

    assertThat(kinds(report)).containsExactly(Kind.SOURCE_GONE);
    assertThat(world.entry(KEY).sourceDeletedAt()).isPresent();
    assertThat(world.visible()).hasSize(3);
  }

  @Test
  void severalLoadedVersionsAreMadeOne() {
    World world = loaded(false);
    String old = world.store.keys(World.LAKE, "ops/ledger/").get(0);
    byte[] entry = world.store.bytes(new ObjectName(World.LAKE, old)).orElseThrow();
    var files = world.visible();
    world.deliver(world.upload(KEY, GOOD + GOOD));
    files.forEach((key, bytes) ->
        world.store.upload(
            new ObjectName(World.LAKE, key), bytes.getBytes(StandardCharsets.ISO_8859_1)));
    world.store.upload(new ObjectName(World.LAKE, old), entry);
    world.clock.advance(Duration.ofHours(2));

    mends(world, Kind.SEVERAL_VERSIONS);
  }

  @Test
  void anOrphanIsSweptWhenItIsOldEnough() {
    World world = loaded(false);
    String orphan = world.entry(KEY).files().get(0).key().replace("-0.parquet", "-7.parquet");
    world.store.upload(new ObjectName(World.LAKE, orphan), new byte[10]);
    world.clock.advance(Duration.ofMinutes(59));
    assertThat(world.audit(ALL.repairing()).named()).as("too young").isEmpty();
    world.clock.advance(Duration.ofMinutes(2));

    AuditReport report = mends(world, Kind.ORPHAN);

    assertThat(report.swept()).isEqualTo(1);
    assertThat(report.sweptBytes()).isEqualTo(10);
    assertThat(world.store.keys(World.LAKE, orphan)).isEmpty();
    world.clock.advance(Duration.ofHours(2));
    world.audit(ALL.repairing());
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).as("marks").isEmpty();
  }

  @Test
  void orphansWithoutAnyUploadAreSwept() {
    World world = world(false);
    for (String orphan :
        List.of(
            "silver/readings/room=a/0123456789abcdef0123-0123456789abcdef-0.parquet",
            "silver/readings/room=b/0123456789abcdef0123-0123456789abcdef-1.parquet",
            "silver/readings/room=b/0123456789abcdef0123-fedcba9876543210-0.parquet",
            "ops/quarantine/dataset=readings/day=2026-11-20/"
                + "0123456789abcdef0123-0123456789abcdef.ndjson",
            "silver/gone/0123456789abcdef0124-0123456789abcdef-0.parquet")) {
      world.store.upload(new ObjectName(World.LAKE, orphan), new byte[10]);
    }
    world.clock.advance(Duration.ofHours(2));

    mends(world, Kind.ORPHAN, Kind.ORPHAN, Kind.ORPHAN, Kind.ORPHAN, Kind.ORPHAN);
  }

  @Test
  void aFileThatIngestCannotHaveWrittenIsLetBe() {
    World world = world(false);
    world.store.upload(new ObjectName(World.LAKE, "silver/readings/mine.parquet"), new byte[10]);
    world.clock.advance(Duration.ofDays(9));

    AuditReport report = world.audit(ALL.repairing());

    assertThat(kinds(report)).containsExactly(Kind.FOREIGN_FILE);
    assertThat(report.clean()).isTrue();
    assertThat(world.visible()).hasSize(1);
  }

  @Test
  void whatADeadAttemptLeftIsSettled() {
    World world = world(false);
    ObjectEvent event = world.upload(KEY, MIXED);
    // Its intent and two of its files are there.
    world.faults.reset();
    world.faults.arm(
        6,
        false,
        () -> {
          throw new World.Death();
        });
    assertThatThrownBy(() -> world.deliver(event)).isInstanceOf(World.Death.class);
    assertThat(world.visible()).isNotEmpty();
    assertThat(world.audit(ALL.repairing()).named()).as("it may be living").isEmpty();
    world.clock.advance(Duration.ofHours(2));

    assertThat(kinds(world.audit(ALL)))
        .containsExactlyInAnyOrder(Kind.UNANNOUNCED, Kind.EXPIRED_INTENT);
    AuditReport report = world.audit(ALL.repairing());

    assertThat(report.swept()).as("what ingest will take over").isZero();
    world.hints().forEach(world::deliver);
    assertThat(world.audit(ALL).named()).isEmpty();
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
    world.assertBalanced();
  }

  @Test
  void aDamagedEntryIsNamedAndItsFilesAreLetBe() {
    World world = loaded(false);
    String key = world.store.keys(World.LAKE, "ops/ledger/").get(0);
    world.store.upload(new ObjectName(World.LAKE, key), "{".getBytes(StandardCharsets.UTF_8));

    AuditReport report = world.audit(ALL.repairing());

    assertThat(kinds(report)).containsExactly(Kind.DAMAGED_BOOKS);
    assertThat(report.named().get(0).detail()).contains(key, "Delete the file");
    assertThat(report.clean()).isFalse();
    assertThat(world.visible()).hasSize(3);
  }

  @Test
  void onlyOneDatasetIsLookedAtWhenOneIsNamed() {
    World world = world(false);
    world.upload(KEY, GOOD);
    world.upload("others/x.json", GOOD);
    world.clock.advance(Duration.ofHours(1));
    AuditRequest one =
        new AuditRequest(
            Optional.of("readings"),
            Optional.empty(),
            false,
            true,
            AuditRequest.GRACE,
            AuditRequest.SAFE_AGE,
            Instant.MAX);

    assertThat(world.audit(ALL).named()).hasSize(2);
    assertThat(world.audit(one).named())
        .singleElement()
        .satisfies(finding -> assertThat(finding.object()).isEqualTo(raw(KEY)));
  }

  @Test
  void whatIsOlderIsNotLookedAt() {
    World world = loaded(false);
    world.store.remove(new ObjectName(World.LAKE, world.entry(KEY).files().get(0).key()));
    world.upload("readings/new.json", GOOD);
    world.clock.advance(Duration.ofHours(1));
    AuditRequest recent =
        new AuditRequest(
            Optional.empty(),
            Optional.of(world.clock.instant().minus(Duration.ofHours(2))),
            false,
            true,
            AuditRequest.GRACE,
            AuditRequest.SAFE_AGE,
            Instant.MAX);

    assertThat(kinds(world.audit(ALL)))
        .containsExactlyInAnyOrder(Kind.MISSING_FILES, Kind.UNANNOUNCED);
    assertThat(kinds(world.audit(recent))).containsExactly(Kind.UNANNOUNCED);
  }

  @Test
  void whenTimeIsUpItSaysSo() {
    World world = loaded(false);
    AuditRequest none =
        new AuditRequest(
            Optional.empty(),
            Optional.empty(),
            false,
            true,
            AuditRequest.GRACE,
            AuditRequest.SAFE_AGE,
            world.clock.instant());

    AuditReport report = world.audit(none);

    assertThat(report.complete()).isFalse();
    assertThat(report.clean()).isFalse();
    assertThat(report.checked()).isZero();
  }

  @Test
  void anObjectThatCannotBeLookedAtIsNamedAndTheOthersAreLookedAt() {
    World world = loaded(false);
    world.upload("readings/other.json", GOOD);
    world.clock.advance(Duration.ofHours(1));
    world.faults.reset();
    world.faults.arm(
        callsOfListing(world),
        true,
        () -> {
          throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot reach it: struck by the test");
        });

    AuditReport report = world.audit(ALL);

    assertThat(world.faults.spent()).isTrue();
    assertThat(report.checked()).isEqualTo(2);
    assertThat(kinds(report)).contains(Kind.UNCHECKED).hasSizeBetween(1, 2);
    assertThat(report.clean()).isFalse();
  }

  private static int callsOfListing(World world) {
    // Five listings, two lines to a page; a full last page is followed by an empty one.
    int calls = 0;
    for (String prefix : List.of("ops/ledger/", "silver/", "ops/quarantine/", "ops/intents/")) {
      calls += world.store.keys(World.LAKE, prefix).size() / 2 + 1;
    }
    return calls + world.store.keys(World.RAW, "").size() / 2 + 1;
  }
}
