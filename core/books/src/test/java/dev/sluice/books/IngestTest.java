package dev.sluice.books;

import static dev.sluice.books.World.reading;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.PartitionRegistrar;
import dev.sluice.testing.FakePartitionRegistrar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestTest {
  @TempDir Path scratch;
  private World world;

  @BeforeEach
  void world() {
    world = new World(scratch, false);
  }

  @Test
  void anUploadIsInItsPartitionsAndInTheLedger() {
    ObjectEvent event =
        world.upload(
            "readings/2026/a.json", reading(1, "a", 1) + reading(2, "b", 2) + reading(3, "a", 3));

    Outcome outcome = world.deliver(event);

    assertThat(outcome.action()).isEqualTo(Outcome.Action.LOADED);
    LedgerEntry entry = world.entry("readings/2026/a.json");
    assertThat(outcome.entry()).contains(entry);
    assertThat(entry.status()).isEqualTo(Status.LOADED);
    assertThat(entry.recordsRead()).isEqualTo(3);
    assertThat(entry.recordsWritten()).isEqualTo(3);
    assertThat(entry.sequencer()).isEqualTo(event.sequencer());
    assertThat(entry.eventTime()).isEqualTo(event.time());
    assertThat(entry.fingerprint()).isEqualTo(World.datasets().get("readings").fingerprint());
    assertThat(entry.functionVersion()).isEqualTo("test");
    SourceId id = SourceId.of(event.name(), event.etag());
    assertThat(entry.files())
        .extracting(LedgerEntry.OutputFile::key)
        .containsExactly(
            "silver/readings/room=a/day=2026-11-20/" + id.stem() + "-0.parquet",
            "silver/readings/room=b/day=2026-11-20/" + id.stem() + "-0.parquet");
    assertThat(world.store.keys(World.LAKE, "ops/ledger/"))
        .containsExactly(
            "ops/ledger/dataset=readings/" + id.keyHash() + "." + id.versionHash() + ".json");
    assertThat(world.partitions.registered())
        .contains(
            new FakePartitionRegistrar.Registered(
                "silver",
                "readings",
                new PartitionRegistrar.Partition(
                    List.of("a", "2026-11-20"),
                    "s3://the-lake/silver/readings/room=a/day=2026-11-20/")));
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
    world.assertBalanced();
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void anUploadOfCsvIsLoadedAndItsBadRowsAreInQuarantine() {
    world.deliver(
        world.upload(
            "readings/a.csv",
            """
            at,room,value,id
            2026-11-20T10:00:00Z,a,1,r1
            2026-11-20T11:00:00Z,"b",2.5,r2
            2026-11-20T12:00:00Z,b,much,r3
            2026-11-20T13:00:00Z,b
            """));

    LedgerEntry entry = world.entry("readings/a.csv");
    assertThat(entry.recordsWritten()).isEqualTo(2);
    assertThat(entry.reasons())
        .isEqualTo(Map.of(Reason.TYPE_MISMATCH, 1L, Reason.MALFORMED_CSV, 1L));
    assertThat(world.text(World.LAKE, entry.quarantineKey()))
        .contains("2026-11-20T12:00:00Z,b,much,r3");
    world.assertBalanced();
  }

  @Test
  void badRecordsAreInQuarantineUnderTheDayOfTheUpload() {
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1) + "{\"id\":7}\n"));

    LedgerEntry entry = world.entry("readings/a.json");
    assertThat(entry.status()).isEqualTo(Status.LOADED_WITH_QUARANTINE);
    assertThat(entry.recordsQuarantined()).isEqualTo(1);
    assertThat(entry.reasons().values()).containsExactly(1L);
    assertThat(entry.quarantineKey())
        .startsWith("ops/quarantine/dataset=readings/day=2026-11-20/")
        .endsWith(".ndjson");
    assertThat(world.partitions.registered())
        .contains(
            new FakePartitionRegistrar.Registered(
                "ops",
                "quarantine",
                new PartitionRegistrar.Partition(
                    List.of("readings", "2026-11-20"),
                    "s3://the-lake/ops/quarantine/dataset=readings/day=2026-11-20/")));
    assertThat(world.text(World.LAKE, entry.quarantineKey()))
        .contains("\"source\":\"s3://raw-uploads/readings/a.json\"")
        .contains(entry.etag());
    world.assertBalanced();
  }

  @Test
  void theNullPartitionHasGluesName() {
    world.deliver(
        world.upload(
            "readings/a.json", "{\"id\":\"r\",\"at\":\"2026-11-20T10:00:00Z\",\"value\":1}"));

    assertThat(world.partitions.registered())
        .singleElement()
        .satisfies(p ->
            assertThat(p.partition().values())
                .containsExactly("__HIVE_DEFAULT_PARTITION__", "2026-11-20"));
    world.assertBalanced();
  }

  @Test
  void aDuplicateDeliveryChangesNothing() {
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1) + "bad\n");
    world.deliver(event);
    var before = world.visible();
    List<LedgerEntry> ledger = world.ledger();

    assertThat(world.deliver(event).action()).isEqualTo(Outcome.Action.VERIFIED);

    assertThat(world.visible()).isEqualTo(before);
    assertThat(world.ledger()).isEqualTo(ledger);
  }

  @Test
  void aDuplicateDeliveryMendsWhatIsMissing() {
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1) + "bad\n");
    world.deliver(event);
    var before = world.visible();
    for (int file = 0; file < before.size(); file++) {
      String key = List.copyOf(world.visible().keySet()).get(file);
      world.store.remove(new ObjectName(World.LAKE, key));

      assertThat(world.deliver(event).action()).isEqualTo(Outcome.Action.LOADED);
      assertThat(world.visible()).as("a key never comes back").doesNotContainKey(key);
      assertThat(world.visible().values()).containsExactlyInAnyOrderElementsOf(before.values());
      world.assertBalanced();
    }
    assertThat(world.entry("readings/a.json").generation()).isEqualTo(before.size());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNewVersionReplacesTheOldOneInAnyOrderOfDelivery(boolean inOrder) {
    for (boolean versioned : List.of(true, false)) {
      world = new World(scratch, versioned);
      ObjectEvent first = world.upload("readings/a.json", reading(1, "a", 1) + reading(2, "b", 2));
      if (inOrder) {
        world.deliver(first);
      }
      ObjectEvent second = world.upload("readings/a.json", reading(3, "a", 3) + "bad\n");
      world.deliver(second);
      world.deliver(first);
      world.deliver(second);

      world.assertBalanced();
      assertThat(world.ledger())
          .extracting(LedgerEntry::version, LedgerEntry::status, LedgerEntry::sequencer)
          .containsExactlyInAnyOrder(
              org.assertj.core.api.Assertions.tuple(
                  first.version(), Status.SUPERSEDED, first.sequencer()),
              org.assertj.core.api.Assertions.tuple(
                  second.version(), Status.LOADED_WITH_QUARANTINE, second.sequencer()));
    }
  }

  @Test
  void theEventOfAnOldVersionLoadsTheNewestOne() {
    ObjectEvent first = world.upload("readings/a.json", reading(1, "a", 1));
    ObjectEvent second = world.upload("readings/a.json", reading(2, "b", 2));

    world.deliver(first);

    world.assertBalanced();
    assertThat(world.visible()).hasSize(1);
    world.deliver(second);
    assertThat(world.ledger())
        .filteredOn(e -> e.status().loaded())
        .singleElement()
        .satisfies(e -> assertThat(e.sequencer()).isEqualTo(second.sequencer()));
  }

  @Test
  void theSameBytesUploadedAgainAfterOthersAreLoadedAgain() {
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));
    var before = world.visible();
    world.deliver(world.upload("readings/a.json", reading(2, "b", 2)));
    world.clock.advance(Duration.ofDays(1));

    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));

    assertThat(world.visible().values()).containsExactlyElementsOf(before.values());
    world.assertBalanced();
  }

  @Test
  void anOverwriteThatCannotBeReadWithdrawsTheOldRows() {
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));
    world.deliver(
        world.upload(
            "readings/a.json", "\uFEFF{\"id\":\"x\"}".getBytes(StandardCharsets.UTF_16BE)));

    assertThat(world.visible()).isEmpty();
    assertThat(world.ledger())
        .extracting(LedgerEntry::status)
        .containsExactlyInAnyOrder(Status.SUPERSEDED, Status.REJECTED);
    assertThat(world.ledger())
        .filteredOn(e -> e.status() == Status.REJECTED)
        .allSatisfy(e -> assertThat(e.reasonCode()).isEqualTo("UNREADABLE_SOURCE"));
    world.assertBalanced();
  }

  @Test
  void anObjectBeyondALimitIsRejectedWholeAndLoadedOnceTheLimitIsRaised() {
    long[] records = {2};
    World limited =
        new World(
            scratch,
            false,
            (dataset, source, data, quarantine, progress) ->
                new Converter(
                        dataset,
                        ConvertOptions.defaults()
                            .withLimits(Limits.defaults().with(Limit.RECORDS, records[0])))
                    .convert(source, data, quarantine, progress));
    ObjectEvent event =
        limited.upload(
            "readings/a.json", reading(1, "a", 1) + reading(2, "b", 1) + reading(3, "a", 1));

    assertThat(limited.deliver(event).action()).isEqualTo(Outcome.Action.REJECTED);

    assertThat(limited.visible()).isEmpty();
    assertThat(limited.entry("readings/a.json").reasonCode()).isEqualTo("TOO_MANY_RECORDS");
    limited.assertBalanced();

    records[0] = 3;
    assertThat(limited.deliver(event).action()).isEqualTo(Outcome.Action.LOADED);
    assertThat(limited.entry("readings/a.json").recordsWritten()).isEqualTo(3);
    limited.assertBalanced();
  }

  /** Converts after time went by: {@code bytes} were read in {@code seconds}. */
  private World slow(Duration[] seconds, long[] bytes) {
    return new World(
        scratch,
        false,
        (dataset, source, data, quarantine, progress) -> {
          world.clock.advance(seconds[0]);
          progress.at(bytes[0], 1);
          return World.convert(dataset, source, data, quarantine, progress);
        });
  }

  @Test
  void whatAWholeInvocationCannotConvertIsRefusedOnceAndItsEntrySaysWhatToRun() {
    Duration[] spent = {Duration.ZERO};
    long[] bytes = {1};
    world = slow(spent, bytes);
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));
    ObjectEvent large = world.upload("readings/a.json", reading(2, "b", 2) + reading(3, "b", 3));
    spent[0] = Duration.ofSeconds(60);

    assertThat(world.deliver(large).action()).isEqualTo(Outcome.Action.REJECTED);

    assertThat(world.visible()).isEmpty();
    world.assertBalanced();
    assertThat(world.ledger())
        .filteredOn(e -> e.status() == Status.REJECTED)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.version()).isEqualTo(large.version());
          assertThat(entry.reasonCode()).isEqualTo("SOURCE_TOO_LARGE");
          assertThat(entry.message())
              .contains(
                  "./sluice replay --dataset readings --object 'readings/a.json' --whole",
                  "in 60 s");
        });
    var ledger = world.ledger();
    spent[0] = Duration.ZERO;
    assertThat(world.deliver(large).action())
        .as("an event alone does not make it fit")
        .isEqualTo(Outcome.Action.REJECTED);
    assertThat(world.ledger()).isEqualTo(ledger);

    world.ingest.handle(large, Attempt.withoutEnd("without-limit"));
    assertThat(world.visible()).hasSize(1);
    world.assertBalanced();
  }

  @Test
  void whatHadPartOfAnInvocationOnlyIsTriedAgain() {
    world = slow(new Duration[] {Duration.ofSeconds(60)}, new long[] {1});
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1));
    Attempt second =
        new Attempt(
            "second",
            "",
            1,
            world.clock.instant().minusSeconds(7),
            world.clock.instant().plusSeconds(53),
            world.clock.instant().plusSeconds(60));

    assertThatThrownBy(() -> world.ingest.handle(event, second))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_TIME));
    assertThat(world.ledger()).isEmpty();
  }

  @Test
  void aWholeInvocationIsNotSpentOnWhatIsHopeless() {
    String text = reading(1, "a", 1).repeat(100);
    for (long percent : List.of(5L, 9L)) {
      world =
          slow(new Duration[] {Duration.ofSeconds(16)}, new long[] {text.length() * percent / 100});

      Outcome outcome = world.deliver(world.upload("readings/a.json", text));

      assertThat(outcome.action())
          .as("16 of 60 seconds for " + percent + " percent")
          .isEqualTo(percent == 5 ? Outcome.Action.REJECTED : Outcome.Action.LOADED);
    }
  }

  @Test
  void aVersionThatWasLoadedOnceAndIsTooLargeNowLeavesNothing() {
    Duration[] spent = {Duration.ZERO};
    world = slow(spent, new long[] {1});
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1) + reading(2, "b", 2));
    world.deliver(event);
    world.store.remove(new ObjectName(World.LAKE, world.visible().keySet().iterator().next()));
    Attempt slower =
        new Attempt(
            "slower",
            "",
            2,
            world.clock.instant(),
            world.clock.instant().plusSeconds(60),
            world.clock.instant().plusSeconds(70));
    spent[0] = Duration.ofSeconds(61);

    assertThat(world.ingest.handle(event, slower).action()).isEqualTo(Outcome.Action.REJECTED);

    assertThat(world.visible()).isEmpty();
    assertThat(world.store.keys(World.LAKE, "ops/intents/")).isEmpty();
    world.assertBalanced();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nowhere/a.json", "a.json", "/readings/a.json", "Readings/a.json", "_/x"})
  void anObjectOfNoDatasetIsRejectedVisibly(String key) {
    assertThat(world.deliver(world.upload(key, "x")).action()).isEqualTo(Outcome.Action.REJECTED);

    LedgerEntry entry = world.entry(key);
    assertThat(entry.status()).isEqualTo(Status.REJECTED);
    assertThat(entry.reasonCode()).isEqualTo("UNKNOWN_DATASET");
    assertThat(entry.dataset()).isEqualTo("_unknown");
    assertThat(world.store.keys(World.LAKE, "ops/ledger/dataset=_unknown/")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"readings/../a.json", "readings/..", "readings/./a.json", "../a.json"})
  void anObjectWhoseKeyLeadsElsewhereIsRejectedVisibly(String key) {
    world.deliver(world.upload(key, reading(1, "a", 1)));

    assertThat(world.entry(key).reasonCode()).isEqualTo("INVALID_KEY");
    assertThat(world.visible()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "readings/a b+c.json",
        "readings/100%.json",
        "readings/%2e%2e/é 漢字 \uD83D\uDE00.json",
        "readings//a.json",
        "readings/a..json",
        "readings/dt=2026-11-20/a&b?c#d.json",
        "readings/"
      })
  void everyOtherKeyIsLoaded(String key) {
    world.deliver(world.upload(key, reading(1, "a", 1)));

    assertThat(world.entry(key).status()).isEqualTo(Status.LOADED);
    world.assertBalanced();
  }

  @Test
  void anEmptyObjectIsLoadedWithNoRecords() {
    world.deliver(world.upload("readings/a.json", ""));

    LedgerEntry entry = world.entry("readings/a.json");
    assertThat(entry.status()).isEqualTo(Status.LOADED);
    assertThat(entry.recordsRead()).isZero();
    world.assertBalanced();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\n\n", "  "})
  void anObjectOfNoRecordsIsLoadedWithNoRecords(String text) {
    world.deliver(world.upload("readings/a.json", text));

    assertThat(world.entry("readings/a.json").status()).isEqualTo(Status.LOADED);
    assertThat(world.entry("readings/a.json").recordsRead()).isZero();
  }

  @Test
  void aFolderMarkerIsNoObject() {
    assertThat(world.deliver(world.upload("readings/2026/", "")).action())
        .isEqualTo(Outcome.Action.IGNORED);

    assertThat(world.ledger()).isEmpty();
  }

  @Test
  void aTruncatedGzipGivesWhatItHoldsAndTheRestIsInQuarantine() throws IOException {
    StringBuilder text = new StringBuilder();
    Random random = new Random(7);
    for (int i = 0; i < 5_000; i++) {
      text.append(reading(i, "a", random.nextDouble()));
    }
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }
    byte[] whole = zipped.toByteArray();

    world.deliver(world.upload("readings/a.json.gz", Arrays.copyOf(whole, whole.length / 2)));

    LedgerEntry entry = world.entry("readings/a.json.gz");
    assertThat(entry.status()).isEqualTo(Status.LOADED_WITH_QUARANTINE);
    assertThat(entry.recordsWritten()).isBetween(1_000L, 4_000L);
    assertThat(entry.reasons()).containsEntry(Reason.INPUT_CORRUPT, 1L);
    world.assertBalanced();
  }

  @Test
  void anObjectDeletedBeforeItsEventIsRejectedVisibly() {
    ObjectEvent created = world.upload("readings/a.json", reading(1, "a", 1));
    ObjectEvent deleted = world.remove("readings/a.json");

    world.deliver(deleted);
    world.deliver(created);
    world.deliver(created);

    LedgerEntry entry = world.entry("readings/a.json");
    assertThat(entry.status()).isEqualTo(Status.REJECTED);
    assertThat(entry.reasonCode()).isEqualTo("SOURCE_GONE");
    assertThat(world.visible()).isEmpty();
  }

  @Test
  void whatIsLoadedStaysWhenTheUploadIsDeleted() {
    ObjectEvent created = world.upload("readings/a.json", reading(1, "a", 1));
    world.deliver(created);
    var before = world.visible();
    world.clock.advance(Duration.ofHours(1));
    ObjectEvent deleted = world.remove("readings/a.json");

    assertThat(world.deliver(deleted).action()).isEqualTo(Outcome.Action.SOURCE_DELETED);
    world.deliver(created);

    assertThat(world.visible()).isEqualTo(before);
    assertThat(world.entry("readings/a.json").status()).isEqualTo(Status.LOADED);
    assertThat(world.entry("readings/a.json").sourceDeletedAt()).isEqualTo(deleted.time());
    world.assertBalanced();
  }

  @Test
  void anUploadAfterADeletionReplacesWhatStayed() {
    world.deliver(world.upload("readings/a.json", reading(1, "a", 1)));
    ObjectEvent deleted = world.remove("readings/a.json");
    ObjectEvent second = world.upload("readings/a.json", reading(2, "a", 2));

    world.deliver(second);
    world.deliver(deleted);

    assertThat(world.visible()).hasSize(1);
    world.assertBalanced();
  }

  @Test
  void deletionsOfWhatIsNotKnownAreNoErrors() {
    assertThat(world.deliver(world.remove("nowhere/a.json")).action())
        .isEqualTo(Outcome.Action.IGNORED);
    assertThat(world.deliver(world.remove("readings/a.json")).action())
        .isEqualTo(Outcome.Action.SOURCE_DELETED);
    assertThat(world.ledger()).isEmpty();
  }

  @Test
  void filesOfAnEarlierConverterAreReplacedBeforeAnythingVouchesForThem() {
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1));
    SourceId id = SourceId.of(event.name(), event.etag());
    String key = "silver/readings/room=a/day=2026-11-20/" + id.stem() + "-0.parquet";
    world.store.upload(new ObjectName(World.LAKE, key), new byte[] {1, 2, 3});

    world.deliver(event);

    assertThat(world.visible().get(key)).startsWith("PAR1");
    world.assertBalanced();
  }

  @Test
  void anAttemptWithoutTimeLeavesTheEventInTheQueue() {
    ObjectEvent event = world.upload("readings/a.json", reading(1, "a", 1));
    Attempt late =
        new Attempt(
            "late",
            "",
            1,
            world.clock.instant().minusSeconds(60),
            world.clock.instant(),
            world.clock.instant().plusSeconds(1));

    assertThatThrownBy(() -> world.ingest.handle(event, late))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_TIME));
    assertThat(world.ledger()).isEmpty();
  }

  @Test
  void anotherBucketsEventsAreRefused() {
    ObjectEvent event = world.upload("readings/a.json", "");
    ObjectEvent loop =
        new ObjectEvent(
            event.kind(),
            event.type(),
            new ObjectName(World.LAKE, "silver/readings/x.parquet"),
            "",
            "e",
            "1",
            1,
            Optional.empty());

    assertThatThrownBy(() -> world.deliver(loop)).isInstanceOf(SluiceException.class);
  }

  @Test
  void aFailingConversionLeavesNothingBehind() throws IOException {
    world =
        new World(
            scratch,
            false,
            (dataset, source, data, quarantine, progress) -> {
              Files.writeString(data.resolve("half"), "x");
              throw new IOException("No space left on device");
            });

    assertThatThrownBy(() -> world.deliver(world.upload("readings/a.json", "x")))
        .isInstanceOfSatisfying(
            SluiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS));

    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
    assertThat(world.visible()).isEmpty();
    assertThat(world.ledger()).isEmpty();
  }

  @Test
  void sequencersAreComparedAtEqualLength() {
    assertThat(Ingest.compareAge(entry("FF"), entry("0100"))).isNegative();
    assertThat(Ingest.compareAge(entry("0055AED6DCD90281E5"), entry("0055aed6dcd90281e4")))
        .isPositive();
  }

  private static LedgerEntry entry(String sequencer) {
    return LedgerEntry.fromJson(java.util.Map.of("status", "LOADED", "sequencer", sequencer));
  }
}
