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
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Loads whole objects again under the declarations as they are now: loaded ones, refused ones, and
 * those that were uploaded before their dataset was declared.
 *
 * <p>A reload is a generation that is claimed (decision 120): the new files are put beside the old
 * ones, the ledger entry is replaced, and the old files go. In between a reader may see a record
 * twice, never not at all. Whatever ends a reload, the next one, the next event of the object or a
 * sweep brings the rest to its end.
 */
public final class Reload {
  private static final String GONE = "Its upload is gone; what there is of it stays.";

  private final ObjectStore store;
  private final Conversions conversions;
  private final Datasets datasets;
  private final Ingest.Config config;
  private final Books books;
  private final Ingest ingest;

  /** As for {@link Ingest}. */
  public Reload(
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
    this.books = new Books(store, config.layout());
    this.ingest = new Ingest(store, partitions, conversions, datasets, config, clock);
  }

  /**
   * Loads one object after the other. Of a result, {@code tried} counts all records of the object
   * and {@code moved} those in its table.
   *
   * @param selection its reason is not looked at
   * @param dryRun whether to find out only what would be loaded
   * @param attempts makes a new attempt for each object
   * @param stop asked before each object
   * @param results told of each object
   * @throws SluiceException {@code UNKNOWN_DATASET}; {@code UNAVAILABLE} when the books cannot be
   *     read
   */
  public void run(
      Selection selection,
      boolean dryRun,
      Supplier<Attempt> attempts,
      BooleanSupplier stop,
      Consumer<Replay.Result> results) {
    Dataset dataset = datasets.get(selection.dataset());
    try (Stream<Books.Stored> unknown = books.stored(LakeLayout.UNKNOWN_DATASET, selection)) {
      Iterator<Books.Stored> each =
          unknown
              .filter(stored -> selection.includesWhole(stored.entry()))
              .filter(stored -> stored.entry().sourceKey().startsWith(dataset.name() + "/"))
              .iterator();
      while (!stop.getAsBoolean() && each.hasNext()) {
        Books.Stored stored = each.next();
        (dryRun
                ? Optional.of(guarded(stored, () -> tried(dataset, stored)))
                : adopted(dataset, stored))
            .ifPresent(results);
      }
    }
    try (Stream<Books.Stored> entries = books.stored(dataset.name(), selection)) {
      Iterator<Books.Stored> each =
          entries.filter(stored -> selection.includesWhole(stored.entry())).iterator();
      while (!stop.getAsBoolean() && each.hasNext()) {
        Books.Stored stored = each.next();
        results.accept(
            guarded(
                stored, () -> dryRun ? tried(dataset, stored) : reloaded(stored, attempts.get())));
      }
    }
  }

  @FunctionalInterface
  private interface Work {
    Replay.Result run() throws IOException;
  }

  private static Replay.Result guarded(Books.Stored stored, Work work) {
    try {
      return work.run();
    } catch (SluiceException e) {
      return Replay.failed(stored, e);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot work in the scratch folder: " + e, e);
    }
  }

  /**
   * Moves the entry of an object to the dataset that is declared by now, as refused as it was.
   *
   * @return a result if that is all that can be done about it
   */
  private Optional<Replay.Result> adopted(Dataset dataset, Books.Stored stored) {
    LedgerEntry entry = stored.entry();
    ObjectName source = source(entry);
    try {
      Optional<String> newest = store.head(source).map(found -> found.version());
      if (newest.isEmpty()) {
        return Optional.of(Replay.skipped(stored, GONE));
      }
      Status status = newest.get().equals(entry.version()) ? Status.REJECTED : Status.SUPERSEDED;
      // If there is one already it came of an event, or of an earlier run.
      books.write(
          entry.change().dataset(dataset.name()).status(status).make(),
          SourceId.of(source, entry.version()),
          Optional.empty());
      store.delete(stored.name());
      return Optional.empty();
    } catch (SluiceException e) {
      return Optional.of(Replay.failed(stored, e));
    }
  }

  private Replay.Result reloaded(Books.Stored stored, Attempt attempt) {
    ObjectName source = source(stored.entry());
    if (store.head(source).isEmpty()) {
      return Replay.skipped(stored, GONE);
    }
    Outcome outcome = ingest.reload(source, attempt);
    if (outcome.action() != Outcome.Action.LOADED && outcome.action() != Outcome.Action.VERIFIED) {
      return Replay.skipped(stored, GONE);
    }
    LedgerEntry entry = outcome.entry().orElseThrow();
    return result(
        entry.sourceKey(),
        entry.version(),
        entry.recordsRead(),
        entry.recordsWritten(),
        entry.reasons());
  }

  private Replay.Result tried(Dataset dataset, Books.Stored stored) throws IOException {
    ObjectName source = source(stored.entry());
    Path scratch = Files.createTempDirectory(config.scratch(), "reload-");
    try (OpenObject open = store.open(source).orElse(null)) {
      if (open == null) {
        return Replay.skipped(stored, GONE);
      }
      String version = open.info().version();
      Conversion conversion =
          conversions.convert(
              dataset,
              new Source(
                  source.toString(), version, SourceId.of(source, version).stem(), open::content),
              Files.createDirectory(scratch.resolve("data")),
              Files.createDirectory(scratch.resolve("quarantine")),
              dev.sluice.convert.Progress.NONE);
      return result(
          source.key(), version, conversion.read(), conversion.written(), conversion.reasons());
    } finally {
      Scratch.deleteTree(scratch);
    }
  }

  private static ObjectName source(LedgerEntry entry) {
    return new ObjectName(entry.sourceBucket(), entry.sourceKey());
  }

  private static Replay.Result result(
      String key, String version, long read, long written, Map<Reason, Long> reasons) {
    return new Replay.Result(key, version, Replay.Action.REPLAYED, read, written, reasons, "");
  }
}
