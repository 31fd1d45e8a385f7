package dev.sluice.books;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.Source;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Tries quarantined records again under the declarations as they are now. What fits moves to silver
 * and leaves quarantine; the ledger entry says both in one write.
 *
 * <p>A replay of an object is a generation of its own (decision 120): new files beside the old
 * ones, then the entry, then the old quarantine file goes. In between a reader may see a record in
 * both places, never in none. Whatever ends a replay, the next one, the next event of the object or
 * a sweep brings the rest to its end.
 */
public final class Replay {
  /** How often an entry may change under a commit in ways that do not matter to it. */
  private static final int ROUNDS = 8;

  private final ObjectStore store;
  private final Conversions conversions;
  private final Datasets datasets;
  private final Ingest.Config config;
  private final Clock clock;
  private final Books books;
  private final Publisher publisher;
  private final Ingest ingest;

  /** As for {@link Ingest}. */
  public Replay(
      ObjectStore store,
      PartitionRegistrar partitions,
      Conversions conversions,
      Datasets datasets,
      Ingest.Config config,
      Clock clock) {
    this.store = store;
    this.conversions = conversions;
    this.datasets = datasets;
    this.config = config;
    this.clock = clock;
    this.books = new Books(store, config.layout());
    this.publisher = new Publisher(store, partitions, books, config, clock);
    this.ingest = new Ingest(store, partitions, conversions, datasets, config, clock);
  }

  /** What became of an object. */
  public enum Action {
    /** Records moved, or would have moved in a dry run. */
    REPLAYED,
    /** No record fits now that did not before. */
    UNCHANGED,
    /** Nothing was done; the message says why. */
    SKIPPED,
    /** It did not succeed; the message says why. What is half done, the next replay ends. */
    FAILED
  }

  /**
   * What became of an object.
   *
   * @param key the object
   * @param version its version or ETag
   * @param tried records that were tried
   * @param moved records that fit
   * @param left records in quarantine now, by reason
   * @param message empty unless there is something to say
   */
  public record Result(
      String key,
      String version,
      Action action,
      long tried,
      long moved,
      Map<Reason, Long> left,
      String message) {
    public Result {
      left = Map.copyOf(left);
    }
  }

  /**
   * Replays one object after the other.
   *
   * @param dryRun whether to find out only what would fit
   * @param attempts makes a new attempt for each object
   * @param stop asked before each object
   * @param results told of each object that has quarantined records
   * @throws SluiceException {@code UNKNOWN_DATASET}; {@code UNAVAILABLE} when the books cannot be
   *     read
   */
  public void run(
      Selection selection,
      boolean dryRun,
      Supplier<Attempt> attempts,
      BooleanSupplier stop,
      Consumer<Result> results) {
    Dataset dataset = datasets.get(selection.dataset());
    if (!dryRun) {
      endWhatOthersLeft(dataset, attempts);
    }
    try (Stream<Books.Stored> entries = books.selected(selection)) {
      Iterator<Books.Stored> each = entries.iterator();
      while (!stop.getAsBoolean() && each.hasNext()) {
        results.accept(guarded(dataset, each.next(), selection, dryRun, attempts.get()));
      }
    }
  }

  /** A replay that died after its entry was written left an old quarantine file. */
  private void endWhatOthersLeft(Dataset dataset, Supplier<Attempt> attempts) {
    List<ObjectName> objects = new ArrayList<>();
    try (Stream<Books.StoredIntent> intents = books.intents()) {
      intents
          .map(Books.StoredIntent::intent)
          .filter(i -> i.dataset().equals(dataset.name()) && i.generation() > 0)
          .forEach(i -> objects.add(new ObjectName(i.bucket(), i.key())));
    }
    for (ObjectName object : objects.stream().distinct().toList()) {
      ingest.handle(look(object), attempts.get());
    }
  }

  /** A hint that makes the books right, whatever happened to the object. */
  private static ObjectEvent look(ObjectName object) {
    return new ObjectEvent(
        ObjectEvent.Kind.LOOK, ObjectEvent.LOOK, object, "", "", "", -1, Optional.empty());
  }

  private Result guarded(
      Dataset dataset, Books.Stored stored, Selection selection, boolean dryRun, Attempt attempt) {
    try {
      return object(dataset, stored, selection, dryRun, attempt);
    } catch (SluiceException e) {
      return failed(stored, e);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot work in the scratch folder: " + e, e);
    }
  }

  private Result object(
      Dataset dataset, Books.Stored stored, Selection selection, boolean dryRun, Attempt attempt)
      throws IOException {
    LedgerEntry entry = stored.entry();
    ObjectName source = new ObjectName(entry.sourceBucket(), entry.sourceKey());
    if (store.head(source).filter(now -> !now.version().equals(entry.version())).isPresent()) {
      return skipped(stored, "A newer version is there, and about to take this one's place.");
    }
    if (dataset.csv().covers(entry.sourceKey())) {
      return skipped(
          stored, "Its rows are CSV, and not replayed one by one: load it again with --whole.");
    }
    Path scratch = Files.createTempDirectory(config.scratch(), "replay-");
    try {
      Retry retry;
      try (OpenObject quarantine = store.open(lake(entry.quarantineKey())).orElse(null)) {
        if (quarantine == null) {
          return skipped(stored, "Its quarantine file is missing; the next event mends that.");
        }
        retry =
            Retry.of(
                dataset.name(),
                quarantine.content(),
                selection::includes,
                () -> store.open(source, version(entry)),
                scratch);
      }
      if (retry.count() == 0) {
        return result(stored, Action.UNCHANGED, 0, 0, entry.reasons(), "");
      }
      SourceId id = SourceId.of(source, entry.version());
      String stem = id.claimedStem(entry.generation() + 1);
      Conversion conversion =
          conversions.convert(
              dataset,
              new Source(
                  source.toString(),
                  entry.version(),
                  stem,
                  () -> Files.newInputStream(retry.texts())),
              Files.createDirectory(scratch.resolve("data")),
              Files.createDirectory(scratch.resolve("quarantine")),
              (bytes, records) -> attempt.check(clock, "convert " + source));
      if (conversion.read() != retry.count()
          || conversion.read() != conversion.written() + conversion.quarantined()) {
        return skipped(
            stored,
            "Its records cannot be told apart: "
                + retry.count()
                + " were given to the converter, which found "
                + conversion.read()
                + ". Load the whole object again.");
      }
      if (conversion.written() == 0) {
        return result(stored, Action.UNCHANGED, retry.count(), 0, entry.reasons(), "");
      }
      Optional<Path> left = retry.left(conversion.quarantine());
      if (!dryRun) {
        Publisher.Output output =
            publisher.output(
                dataset,
                conversion.files(),
                left,
                stem,
                LakeLayout.quarantineDay(entry.quarantineKey()));
        boolean entered = publish(dataset, stored, id, output, retry.reasons(), attempt);
        if (!books.intents(id.keyHash(), Map.of()).isEmpty()) {
          // What another replay left that died can be entered no more, and goes at once.
          ingest.handle(look(source), attempt);
        }
        if (!entered) {
          return skipped(stored, "Somebody else changed it meanwhile.");
        }
      }
      return result(
          stored, Action.REPLAYED, retry.count(), conversion.written(), retry.reasons(), "");
    } finally {
      Scratch.deleteTree(scratch);
    }
  }

  /** Whether it was entered in the books; if not, nothing of it is left. */
  private boolean publish(
      Dataset dataset,
      Books.Stored stored,
      SourceId id,
      Publisher.Output output,
      Map<Reason, Long> reasons,
      Attempt attempt)
      throws IOException {
    LedgerEntry entry = stored.entry();
    int generation = entry.generation() + 1;
    Publisher.Announcement word =
        publisher.announce(
            new Intent(
                entry.sourceBucket(),
                entry.sourceKey(),
                entry.version(),
                entry.dataset(),
                generation,
                output.keys(),
                List.of(entry.quarantineKey()),
                attempt.message(),
                attempt.death()),
            id,
            attempt);
    Optional<Books.Stored> claimed = books.claim(stored, generation);
    boolean entered = false;
    if (claimed.isPresent()) {
      publisher.publish(output, dataset, word);
      entered = enter(claimed.get(), id, dataset, output, reasons);
      (entered ? List.of(entry.quarantineKey()) : output.keys())
          .forEach(key -> store.delete(lake(key)));
    }
    store.delete(word.name());
    return entered;
  }

  /** The instant at which the records change places. */
  private boolean enter(
      Books.Stored claimed,
      SourceId id,
      Dataset dataset,
      Publisher.Output output,
      Map<Reason, Long> reasons) {
    Books.Stored base = claimed;
    for (int round = 0; round < ROUNDS; round++) {
      List<LedgerEntry.OutputFile> files = new ArrayList<>(base.entry().files());
      files.addAll(output.listed());
      LedgerEntry by =
          base.entry()
              .change()
              .files(files)
              .quarantine(output.quarantineKey(), reasons)
              .status(reasons.isEmpty() ? Status.LOADED : Status.LOADED_WITH_QUARANTINE)
              .loadedBy(config.functionVersion(), dataset.fingerprint())
              .make();
      if (books.replace(base, by).isPresent()) {
        return true;
      }
      Optional<Books.Stored> now = books.entry(dataset.name(), id);
      if (now.filter(n -> n.entry().outputKeys().containsAll(output.keys())).isPresent()) {
        // Ours after all: its answer was lost on the way.
        return true;
      }
      if (now.filter(n -> n.entry().generation() == claimed.entry().generation())
          .filter(n -> n.entry().status() == claimed.entry().status())
          .isEmpty()) {
        return false;
      }
      // Only its event or the deletion of its source was noted.
      base = now.get();
    }
    return false;
  }

  private static ObjectInfo version(LedgerEntry entry) {
    return new ObjectInfo(
        entry.versionId(), entry.etag(), entry.size(), entry.eventTime().orElse(entry.startedAt()));
  }

  private ObjectName lake(String key) {
    return new ObjectName(config.layout().lakeBucket(), key);
  }

  static Result failed(Books.Stored stored, SluiceException e) {
    return result(stored, Action.FAILED, 0, 0, Map.of(), String.valueOf(e.getMessage()));
  }

  static Result skipped(Books.Stored stored, String why) {
    return result(stored, Action.SKIPPED, 0, 0, stored.entry().reasons(), why);
  }

  private static Result result(
      Books.Stored stored,
      Action action,
      long tried,
      long moved,
      Map<Reason, Long> left,
      String message) {
    return new Result(
        stored.entry().sourceKey(), stored.entry().version(), action, tried, moved, left, message);
  }
}
