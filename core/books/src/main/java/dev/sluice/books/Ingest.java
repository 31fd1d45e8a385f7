package dev.sluice.books;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.Source;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.OnSourceDelete;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.ObjectInfo;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.model.store.PartitionRegistrar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the lake agree with one uploaded object.
 *
 * <p>An event is only a hint that something happened to a key: the newest version that S3 shows is
 * loaded, and what other versions left in the lake is withdrawn. So the order and the number of
 * deliveries do not matter, and whatever a killed attempt left undone the next delivery does.
 *
 * <p>An event is done when {@link #handle} returns. When it throws, the event must be delivered
 * again.
 */
public final class Ingest {
  /** How often an object may change under one attempt before the queue is asked to come again. */
  private static final int ROUNDS = 8;

  /** How many times faster than so far the rest of an object may have to be converted. */
  private static final int HOPE = 4;

  private final ObjectStore store;
  private final Conversions conversions;
  private final Datasets datasets;
  private final Config config;
  private final Clock clock;
  private final Books books;
  private final Publisher publisher;

  /**
   * @param layout where uploads arrive and where everything made of them is kept
   * @param silverDatabase the catalog's database of the datasets' tables
   * @param scratch an existing folder for files on their way
   * @param functionVersion what the ledger names as the program's version
   */
  public record Config(
      LakeLayout layout, String silverDatabase, Path scratch, String functionVersion) {}

  public Ingest(
      ObjectStore store,
      PartitionRegistrar partitions,
      Conversions conversions,
      Datasets datasets,
      Config config,
      Clock clock) {
    this.store = store;
    this.conversions = conversions;
    this.datasets = datasets;
    this.config = config;
    this.clock = clock;
    this.books = new Books(store, config.layout());
    this.publisher = new Publisher(store, partitions, books, config, clock);
  }

  /**
   * Handles one event.
   *
   * @throws SluiceException when the event must be delivered again: {@code UNAVAILABLE} and {@code
   *     OUT_OF_TIME} when that is likely to help, other codes when a person must look
   */
  public Outcome handle(ObjectEvent event, Attempt attempt) {
    return handle(event, attempt, false);
  }

  /**
   * Loads an object again, whatever the books say of it, under declarations that other programs may
   * not have. Fails when it would be refused; what is in the lake stays then.
   */
  Outcome reload(ObjectName object, Attempt attempt) {
    return handle(
        new ObjectEvent(
            ObjectEvent.Kind.RELOAD, ObjectEvent.RELOAD, object, "", "", "", -1, Optional.empty()),
        attempt,
        true);
  }

  private Outcome handle(ObjectEvent event, Attempt attempt, boolean alone) {
    String key = event.name().key();
    if (!event.name().bucket().equals(config.layout().rawBucket())) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot load "
              + event.name()
              + ": uploads are expected in "
              + config.layout().rawBucket()
              + " only. Correct the notifications of that bucket or the function's settings.");
    }
    if (event.kind() == ObjectEvent.Kind.OTHER || (key.endsWith("/") && event.size() == 0)) {
      // Consoles make folders out of empty objects whose names end with a slash.
      return Outcome.ignored();
    }
    int slash = key.indexOf('/');
    Dataset dataset = slash < 0 ? null : datasets.find(key.substring(0, slash)).orElse(null);
    ObjectWork work = new ObjectWork(event, attempt, dataset, alone);
    for (String element : key.split("/", -1)) {
      if (element.equals(".") || element.equals("..")) {
        return work.refuse(
            ErrorCode.INVALID_KEY,
            "Cannot load the object: its key has an element \""
                + element
                + "\", which HTTP clients resolve to another key. Upload it under another key.");
      }
    }
    if (dataset == null) {
      return work.refuse(
          ErrorCode.UNKNOWN_DATASET,
          "Cannot load the object: the first element of its key names no declared dataset. Upload"
              + " it under <dataset>/, or declare the dataset.");
    }
    return work.run();
  }

  /** One event's work. Not reusable. */
  private final class ObjectWork {
    private final ObjectEvent event;
    private final Attempt attempt;
    private final boolean alone;
    private final @Nullable Dataset declared;
    private final String datasetName;
    private final ObjectName source;
    private final String keyHash;
    private final Instant started = clock.instant();
    private final Map<ObjectName, Intent> ownIntents = new HashMap<>();
    private int withdrawn;
    private boolean reloaded;
    private boolean contested;

    /**
     * @param alone whether nobody else may come to the same files: generations are claimed
     */
    ObjectWork(ObjectEvent event, Attempt attempt, @Nullable Dataset dataset, boolean alone) {
      this.alone = alone;
      this.event = event;
      this.attempt = attempt;
      this.declared = dataset;
      this.datasetName = dataset == null ? LakeLayout.UNKNOWN_DATASET : dataset.name();
      this.source = event.name();
      this.keyHash = SourceId.of(source, "").keyHash();
    }

    Outcome refuse(ErrorCode code, String message) {
      if (event.kind() != ObjectEvent.Kind.CREATED) {
        // A hint says nothing of the object; what there is to enter, the object itself says.
        return isHint() && code == ErrorCode.UNKNOWN_DATASET
            ? store
                .head(source)
                .map(found -> refuse(found, entry(found, Status.REJECTED, code, message)))
                .orElseGet(Outcome::ignored)
            : Outcome.ignored();
      }
      SourceId id = SourceId.of(source, event.version());
      LedgerEntry entry =
          entry(
              event.versionId(),
              event.etag(),
              Math.max(event.size(), 0),
              event.time(),
              Status.REJECTED,
              code,
              message);
      // An entry that is there is of an earlier delivery.
      books.write(entry, id, Optional.empty());
      return outcome(Outcome.Action.REJECTED, entry);
    }

    private Outcome refuse(ObjectInfo found, LedgerEntry entry) {
      books.write(entry, id(found.version()), Optional.empty());
      return outcome(Outcome.Action.REJECTED, entry);
    }

    private boolean isHint() {
      return event.kind() == ObjectEvent.Kind.LOOK || event.kind() == ObjectEvent.Kind.RELOAD;
    }

    Outcome run() {
      for (int round = 0; round < ROUNDS; round++) {
        attempt.check(clock, "load " + source);
        Optional<Outcome> outcome = round();
        if (outcome.isPresent()) {
          if (contested) {
            throw new SluiceException(
                ErrorCode.UNAVAILABLE,
                "Cannot be done with "
                    + source
                    + ": another delivery of the same message is at work on it; it will be looked at"
                    + " again when that one has certainly ended");
          }
          return outcome.get();
        }
      }
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot load "
              + source
              + ": it changed, or others worked on it, "
              + ROUNDS
              + " times meanwhile; it will be tried again");
    }

    /** Empty when something changed meanwhile, and all is to be looked at anew. */
    private Optional<Outcome> round() {
      ObjectInfo newest;
      Done done;
      try (OpenObject open = store.open(source).orElse(null)) {
        if (open == null) {
          return gone();
        }
        newest = open.info();
        Optional<Done> loaded = ensureLoaded(open);
        if (loaded.isEmpty()) {
          return Optional.empty();
        }
        done = loaded.get();
      } catch (IOException e) {
        throw fileAccess(e);
      }
      // Only who is still right may touch what others made.
      if (!isNewest(newest)) {
        return Optional.empty();
      }
      recordSuperseded(newest);
      Settled settled = settle(Optional.of(done.entry()), true);
      // What was withdrawn may have been another's who was right, and has entered it meanwhile.
      if (settled == Settled.NOT_ANY_MORE
          || (settled == Settled.WITHDREW && !(isNewest(newest) && isEntered(done.entry())))) {
        return Optional.empty();
      }
      return Optional.of(outcome(done.action(), done.entry()));
    }

    /** What is in the books for the newest version, and how it came there. */
    private record Done(Outcome.Action action, LedgerEntry entry) {}

    private boolean isNewest(ObjectInfo version) {
      return isNewest(version.version());
    }

    private boolean isNewest(String version) {
      return store.head(source).filter(v -> v.version().equals(version)).isPresent();
    }

    /** Whether the books still name the same files for that version, or still none. */
    private boolean isEntered(LedgerEntry settled) {
      return entry(settled.version())
          .map(Books.Stored::entry)
          .filter(e -> e.status() == settled.status())
          .filter(e -> e.outputKeys().equals(settled.outputKeys()))
          .isPresent();
    }

    /** Empty when somebody else wrote the same entry meanwhile. */
    private Optional<Done> ensureLoaded(OpenObject open) throws IOException {
      ObjectInfo newest = open.info();
      Optional<Books.Stored> stored = entry(newest.version());
      boolean trusted =
          event.kind() != ObjectEvent.Kind.RELOAD
              || reloaded
              || stored.filter(s -> isSince(s.entry())).isPresent();
      if (trusted && stored.isPresent() && stands(stored.get().entry())) {
        LedgerEntry entry = stored.get().entry();
        LedgerEntry amended = amended(entry, newest);
        if (!amended.equals(entry)) {
          // It may be marked as deleted with good reason since the object was opened.
          if (!isNewest(newest)) {
            return Optional.empty();
          }
          books.write(amended, id(newest.version()), stored);
        }
        return Optional.of(
            new Done(
                entry.status().loaded() ? Outcome.Action.VERIFIED : Outcome.Action.REJECTED,
                amended));
      }
      return load(open, stored);
    }

    /** Whether it was begun after this event was sent: another delivery of it, most likely. */
    private boolean isSince(LedgerEntry entry) {
      return event.time().filter(asked -> entry.startedAt().isAfter(asked)).isPresent();
    }

    /**
     * Whether nothing is to be done about an entry. Of refusals that is so only of what takes a
     * whole invocation to find again; others take little, and may be over with a new deployment.
     */
    private boolean stands(LedgerEntry entry) {
      return entry.status().loaded()
          ? inPlace(entry)
          : attempt.ends()
              && entry.status() == Status.REJECTED
              && entry.reasonCode().equals(ErrorCode.SOURCE_TOO_LARGE.name());
    }

    /** Completes what an entry lacks when its version was loaded on the hint of another's event. */
    private LedgerEntry amended(LedgerEntry entry, ObjectInfo newest) {
      LedgerEntry amended = entry;
      if (entry.sequencer().isEmpty() && isOwn(newest) && !event.sequencer().isEmpty()) {
        amended = amended.change().event(event.sequencer(), event.time()).make();
      }
      return amended.change().sourceDeletedAt(Optional.empty()).make();
    }

    private boolean isOwn(ObjectInfo version) {
      return event.kind() == ObjectEvent.Kind.CREATED
          && (event.version().isEmpty()
              || event.version().equals(version.version())
              || (event.versionId().isEmpty() && event.etag().equals(version.etag())));
    }

    private boolean inPlace(LedgerEntry entry) {
      for (LedgerEntry.OutputFile file : entry.files()) {
        if (store.head(lake(file.key())).filter(i -> i.size() == file.bytes()).isEmpty()) {
          return false;
        }
      }
      return entry.quarantineKey().isEmpty() || store.head(lake(entry.quarantineKey())).isPresent();
    }

    private Optional<Done> load(OpenObject open, Optional<Books.Stored> stored) throws IOException {
      ObjectInfo newest = open.info();
      SourceId id = id(newest.version());
      int generation = stored.map(s -> s.entry().generation() + 1).orElse(0);
      String stem = alone ? id.claimedStem(generation) : id.stem(generation);
      Path scratch = Files.createTempDirectory(config.scratch(), "object-");
      try {
        Conversion conversion;
        Publisher.Output output;
        try {
          conversion = convert(open, stem, scratch);
          output =
              publisher.output(
                  dataset(),
                  conversion.files(),
                  conversion.quarantine(),
                  stem,
                  newest.lastModified().atZone(ZoneOffset.UTC).toLocalDate());
        } catch (SluiceException e) {
          if (alone || e.code().action() != ErrorCode.Action.REJECT) {
            throw e;
          }
          LedgerEntry rejected =
              entry(newest, Status.REJECTED, e.code(), String.valueOf(e.getMessage()))
                  .change()
                  .generation(generation)
                  .make();
          if (stored.filter(s -> !s.entry().outputKeys().isEmpty()).isPresent()) {
            announce(newest, id, generation, List.of(), stored, attempt.inReserve());
          }
          if (!books.write(rejected, id, stored)) {
            return Optional.empty();
          }
          return Optional.of(new Done(Outcome.Action.REJECTED, rejected));
        }
        Optional<Books.Stored> base = stored;
        if (!output.keys().isEmpty() || stored.isPresent()) {
          Publisher.Announcement word =
              announce(newest, id, generation, output.keys(), stored, attempt);
          // Whoever settled the books before the announcement did not see it, and may have
          // acknowledged the very message that this attempt works on. Whoever comes after it does.
          if (!isNewest(newest) || isOvertaken(id, stored)) {
            return Optional.empty();
          }
          if (alone && stored.isPresent()) {
            base = books.claim(stored.get(), generation);
            if (base.isEmpty()) {
              return Optional.empty();
            }
          }
          publisher.publish(output, dataset(), word);
        }
        LedgerEntry.Change change =
            loaded(newest, conversion, output).change().generation(generation);
        if (!isOwn(newest)) {
          base.map(Books.Stored::entry)
              .ifPresent(known -> change.event(known.sequencer(), known.eventTime()));
        }
        LedgerEntry entry = change.make();
        if (!books.write(entry, id, base)) {
          return Optional.empty();
        }
        reloaded = true;
        return Optional.of(new Done(Outcome.Action.LOADED, entry));
      } finally {
        Scratch.deleteTree(scratch);
      }
    }

    private boolean isOvertaken(SourceId id, Optional<Books.Stored> known) {
      return !books
          .entry(datasetName, id)
          .map(Books.Stored::etag)
          .equals(known.map(Books.Stored::etag));
    }

    private Conversion convert(OpenObject open, String stem, Path scratch) throws IOException {
      ObjectInfo version = open.info();
      Instant began = clock.instant();
      boolean[] used = new boolean[1];
      Source.Content content =
          () -> {
            if (!used[0]) {
              used[0] = true;
              return open.content();
            }
            return reopened(version);
          };
      Conversion conversion =
          conversions.convert(
              dataset(),
              new Source(source.toString(), version.version(), stem, content),
              Files.createDirectory(scratch.resolve("data")),
              Files.createDirectory(scratch.resolve("quarantine")),
              (bytes, records) -> checkTime(version, began, bytes));
      if (conversion.read() != conversion.written() + conversion.quarantined()) {
        throw new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot load "
                + source
                + ": the converter's counts do not add up: "
                + conversion.read()
                + " read, "
                + conversion.written()
                + " written, "
                + conversion.quarantined()
                + " quarantined");
      }
      return conversion;
    }

    /**
     * @throws SluiceException {@code SOURCE_TOO_LARGE} when no invocation of that length could
     *     convert the object; {@code OUT_OF_TIME} when this one cannot
     */
    private void checkTime(ObjectInfo version, Instant began, long bytes) {
      if (!attempt.wasWhole(began)) {
        attempt.check(clock, "convert " + source);
        return;
      }
      Instant now = clock.instant();
      long spent = Duration.between(began, now).toMillis();
      long left = Duration.between(now, attempt.stop()).toMillis();
      // Speed varies, and starts low: only what even several times the speed so far could not do.
      boolean hopeless =
          spent > left / 3
              && (double) (version.size() - bytes) * spent > (double) HOPE * bytes * left;
      if (left <= 0 || hopeless) {
        throw new SluiceException(
            ErrorCode.SOURCE_TOO_LARGE,
            "Cannot load the object: one invocation of the function is too short for it: "
                + bytes
                + " of "
                + version.size()
                + " bytes were converted in "
                + spent / 1000
                + " s. Run ./sluice replay --dataset "
                + datasetName
                + " --object '"
                + source.key()
                + "' --whole, which has no time limit, or upload it in parts.");
      }
    }

    private InputStream reopened(ObjectInfo version) throws IOException {
      OpenObject again =
          store
              .open(source, version)
              .orElseThrow(() ->
                  new SluiceException(
                      ErrorCode.UNAVAILABLE,
                      "Cannot read " + source + ": it was replaced; it will be tried again"));
      return new java.io.FilterInputStream(again.content()) {
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          return in.read(target, offset, length);
        }

        @Override
        public void close() throws IOException {
          again.close();
        }
      };
    }

    /** Leaves word of what may be published or has to be withdrawn, before either is begun. */
    private Publisher.Announcement announce(
        ObjectInfo version,
        SourceId id,
        int generation,
        List<String> outputs,
        Optional<Books.Stored> stored,
        Attempt timed) {
      // An earlier load left other files, and so did an earlier round, whose word this replaces.
      Set<String> others = new LinkedHashSet<>();
      stored.ifPresent(s -> others.addAll(s.entry().outputKeys()));
      ownIntents.values().stream()
          .filter(own -> own.version().equals(version.version()))
          .forEach(own -> others.addAll(own.keys()));
      outputs.forEach(others::remove);
      Publisher.Announcement announcement =
          publisher.announce(
              new Intent(
                  source.bucket(),
                  source.key(),
                  version.version(),
                  datasetName,
                  generation,
                  outputs,
                  List.copyOf(others),
                  attempt.message(),
                  attempt.death()),
              id,
              timed);
      ownIntents.put(announcement.name(), announcement.intent());
      return announcement;
    }

    /** One entry per version, also for one that was never read because a newer one came. */
    private void recordSuperseded(ObjectInfo newest) {
      if (event.kind() != ObjectEvent.Kind.CREATED || isOwn(newest)) {
        return;
      }
      if (entry(event.version()).isEmpty()) {
        books.write(
            entry(
                event.versionId(),
                event.etag(),
                Math.max(event.size(), 0),
                event.time(),
                Status.SUPERSEDED,
                null,
                ""),
            id(event.version()),
            Optional.empty());
      }
    }

    /** What there was to settle. */
    private enum Settled {
      CLEAN,
      WITHDREW,
      /** The object changed meanwhile; nothing was withdrawn. */
      NOT_ANY_MORE
    }

    /**
     * Withdraws what versions other than {@code current} have in the lake, and what attempts at
     * {@code current} left beside its entry's files.
     *
     * @param newest whether {@code current} is what S3 has, so that every other version is
     *     superseded; otherwise it has none
     */
    private Settled settle(Optional<LedgerEntry> current, boolean newest) {
      contested = false;
      String version = current.map(LedgerEntry::version).orElse("");
      List<Books.Stored> others =
          entriesExcept(version).stream()
              .filter(other ->
                  other.entry().status().loaded()
                      || (newest && other.entry().status() != Status.SUPERSEDED))
              .toList();
      List<Books.StoredIntent> intents = books.intents(keyHash, ownIntents);
      Set<String> kept = current.map(Ingest::keptBy).orElse(Set.of());
      int generation = current.map(LedgerEntry::generation).orElse(0);
      // What was found so far is older than this look: of an upload that came meanwhile nothing is
      // among it that could be withdrawn.
      boolean idle =
          others.isEmpty()
              && intents.stream()
                  .allMatch(
                      i -> ownIntents.containsKey(i.name()) && kept.containsAll(i.intent().keys()));
      if (!idle && (newest ? !isNewest(version) : isBack())) {
        return Settled.NOT_ANY_MORE;
      }
      others.forEach(this::supersede);
      boolean clean = others.isEmpty();
      for (Books.StoredIntent stored : intents) {
        Intent intent = stored.intent();
        boolean own = ownIntents.containsKey(stored.name());
        boolean over = stored.isOver(clock.instant());
        if (intent.sweep()) {
          survive(stored, kept);
          if (over) {
            books.delete(stored);
          }
          continue;
        }
        // It may publish after all others have looked, and be killed before it looks itself.
        contested |=
            !own
                && !over
                && !intent.message().isEmpty()
                && intent.message().equals(attempt.message());
        List<String> stray = intent.keys();
        if (!own
            && intent.version().equals(version)
            && intent.generation() > 0
            && intent.generation() >= generation
            && !kept.containsAll(intent.outputs())) {
          // Its files may yet be entered in the books, unless that is made impossible first.
          Optional<LedgerEntry> broken = over ? outlive(intent, version, kept) : Optional.empty();
          if (broken.isEmpty()) {
            stray = intent.withdrawn();
            over = false;
          } else {
            generation = broken.get().generation();
          }
        }
        stray = stray.stream().filter(k -> !kept.contains(k)).toList();
        if (!stray.isEmpty()) {
          clean = false;
          delete(stray);
        }
        // A living attempt may still publish, and be killed then: its intent must outlive it.
        if (own || over) {
          books.delete(stored);
        }
      }
      return clean ? Settled.CLEAN : Settled.WITHDREW;
    }

    /**
     * A sweep that looked for owners before this attempt entered its files may delete what this
     * attempt found in place.
     */
    private void survive(Books.StoredIntent sweep, Set<String> kept) {
      boolean acting = !sweep.written().plus(Sweep.LEASE).isBefore(clock.instant());
      for (String key : sweep.intent().outputs()) {
        if (kept.contains(key) && (acting || store.head(lake(key)).isEmpty())) {
          throw new SluiceException(
              ErrorCode.UNAVAILABLE,
              "Cannot settle the books of "
                  + source
                  + ": a file that an earlier attempt left was being swept away as nobody's when"
                  + " this one came to need it; it will be tried again");
        }
      }
    }

    /**
     * Makes sure that an attempt whose time is over enters nothing any more, however late it wakes.
     *
     * @return the entry; empty when somebody else is changing it, who will see to this
     */
    private Optional<LedgerEntry> outlive(Intent intent, String version, Set<String> kept) {
      return entry(version)
          .filter(stored -> kept.equals(keptBy(stored.entry())))
          .flatMap(stored -> books.claim(stored, intent.generation() + 1))
          .map(Books.Stored::entry);
    }

    private void supersede(Books.Stored stored) {
      replace(stored, stored.entry().change().status(Status.SUPERSEDED).make());
    }

    /**
     * Takes back the files first: while some are left, the entry must still name them as loaded.
     */
    private void replace(Books.Stored stored, LedgerEntry by) {
      delete(stored.entry().outputKeys());
      SourceId id = id(by.version());
      if (!books.write(by, id, Optional.of(stored))
          && entry(by.version()).filter(s -> s.entry().status().loaded()).isPresent()) {
        throw new SluiceException(
            ErrorCode.UNAVAILABLE,
            "Cannot settle the books of "
                + source
                + ": another attempt writes them; it will be tried again");
      }
    }

    /** The object is deleted: what is loaded stays, as far as it is whole, or goes, as declared. */
    private Optional<Outcome> gone() {
      List<Books.Stored> loaded = loadedEntries();
      Optional<Books.Stored> last =
          loaded.isEmpty() ? Optional.empty() : Optional.of(loaded.get(loaded.size() - 1));
      if (last.isPresent() && dataset().onSourceDelete() == OnSourceDelete.WITHDRAW) {
        LedgerEntry entry = last.get().entry();
        replace(
            last.get(),
            entry
                .change()
                .status(Status.WITHDRAWN)
                .sourceDeletedAt(entry.sourceDeletedAt().or(() -> Optional.of(deleted())))
                .make());
        // If it was uploaded again meanwhile, it is loaded again.
        return Optional.empty();
      }
      if (last.isPresent() && !inPlace(last.get().entry())) {
        replace(last.get(), goneEntry(last.get().entry()));
        return Optional.empty();
      }
      Settled settled = settle(last.map(Books.Stored::entry), false);
      // Another attempt may have written its entry while its files were withdrawn.
      if (settled == Settled.NOT_ANY_MORE
          || (settled == Settled.WITHDREW
              && !loadedEntries().equals(last.map(List::of).orElse(List.of())))
          || isBack()) {
        return Optional.empty();
      }
      if (last.isPresent() && last.get().entry().sourceDeletedAt().isEmpty()) {
        LedgerEntry marked =
            last.get().entry().change().sourceDeletedAt(Optional.of(deleted())).make();
        if (!books.write(marked, id(marked.version()), last) || isBack()) {
          return Optional.empty();
        }
      }
      if (event.kind() == ObjectEvent.Kind.CREATED && entry(event.version()).isEmpty()) {
        LedgerEntry rejected =
            entry(
                event.versionId(),
                event.etag(),
                Math.max(event.size(), 0),
                event.time(),
                Status.REJECTED,
                ErrorCode.SOURCE_GONE,
                GONE);
        if (!books.write(rejected, id(event.version()), Optional.empty()) || isBack()) {
          return Optional.empty();
        }
        return Optional.of(outcome(Outcome.Action.REJECTED, rejected));
      }
      return Optional.of(
          new Outcome(Outcome.Action.SOURCE_DELETED, last.map(Books.Stored::entry), withdrawn));
    }

    private Instant deleted() {
      return event.kind() == ObjectEvent.Kind.DELETED
          ? event.time().orElse(clock.instant())
          : clock.instant();
    }

    /** Whoever worked on a new upload meanwhile did not see what was entered here since. */
    private boolean isBack() {
      return store.head(source).isPresent();
    }

    /** The oldest first. */
    private List<Books.Stored> loadedEntries() {
      return entriesExcept("").stream()
          .filter(s -> s.entry().status().loaded())
          .sorted(Comparator.comparing(Books.Stored::entry, Ingest::compareAge))
          .toList();
    }

    private LedgerEntry goneEntry(LedgerEntry lost) {
      LedgerEntry rejected =
          entry(
              lost.versionId(),
              lost.etag(),
              lost.size(),
              lost.eventTime(),
              Status.REJECTED,
              ErrorCode.SOURCE_GONE,
              GONE);
      return rejected
          .change()
          .event(lost.sequencer(), lost.eventTime())
          .generation(lost.generation())
          .make();
    }

    private void delete(List<String> keys) {
      for (String key : keys) {
        store.delete(lake(key));
        withdrawn++;
      }
    }

    private LedgerEntry loaded(ObjectInfo version, Conversion conversion, Publisher.Output output) {
      boolean own = isOwn(version);
      return new LedgerEntry(
          source.bucket(),
          source.key(),
          version.versionId(),
          version.etag(),
          own ? event.sequencer() : "",
          version.size(),
          Optional.of(own ? event.time().orElse(version.lastModified()) : version.lastModified()),
          datasetName,
          dataset().fingerprint(),
          conversion.quarantined() == 0 ? Status.LOADED : Status.LOADED_WITH_QUARANTINE,
          "",
          "",
          conversion.read(),
          conversion.written(),
          conversion.quarantined(),
          conversion.reasons(),
          conversion.bytesIn(),
          conversion.bytesDecoded(),
          conversion.bytesOut(),
          output.listed(),
          output.quarantineKey(),
          started,
          Duration.between(started, clock.instant()),
          attempt.number(),
          config.functionVersion(),
          Optional.empty(),
          0);
    }

    private LedgerEntry entry(
        ObjectInfo version, Status status, @Nullable ErrorCode code, String message) {
      boolean own = isOwn(version);
      LedgerEntry entry =
          entry(
              version.versionId(),
              version.etag(),
              version.size(),
              Optional.of(
                  own ? event.time().orElse(version.lastModified()) : version.lastModified()),
              status,
              code,
              message);
      return own ? entry : entry.change().event("", entry.eventTime()).make();
    }

    private LedgerEntry entry(
        String versionId,
        String etag,
        long size,
        Optional<Instant> time,
        Status status,
        @Nullable ErrorCode code,
        String message) {
      return new LedgerEntry(
          source.bucket(),
          source.key(),
          versionId,
          etag,
          event.sequencer(),
          size,
          time,
          datasetName,
          declared == null ? "" : declared.fingerprint(),
          status,
          code == null ? "" : code.name(),
          message,
          0,
          0,
          0,
          Map.of(),
          0,
          0,
          0,
          List.of(),
          "",
          started,
          Duration.between(started, clock.instant()),
          attempt.number(),
          config.functionVersion(),
          Optional.empty(),
          0);
    }

    private Optional<Books.Stored> entry(String version) {
      return books.entry(datasetName, id(version)).map(this::ownKey);
    }

    private List<Books.Stored> entriesExcept(String version) {
      return books.entries(datasetName, keyHash, id(version)).stream().map(this::ownKey).toList();
    }

    private Books.Stored ownKey(Books.Stored stored) {
      LedgerEntry entry = stored.entry();
      if (!entry.sourceBucket().equals(source.bucket())
          || !entry.sourceKey().equals(source.key())) {
        throw new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot load "
                + source
                + ": its name in the books is taken by s3://"
                + entry.sourceBucket()
                + "/"
                + entry.sourceKey()
                + ". Upload it under another key.");
      }
      return stored;
    }

    private Dataset dataset() {
      if (declared == null) {
        throw new IllegalStateException("No dataset");
      }
      return declared;
    }

    private SourceId id(String version) {
      return SourceId.of(source, version);
    }

    private ObjectName lake(String key) {
      return new ObjectName(config.layout().lakeBucket(), key);
    }

    private Outcome outcome(Outcome.Action action, LedgerEntry entry) {
      return new Outcome(action, Optional.of(entry), withdrawn);
    }
  }

  /** The keys that readers are to see of a version. */
  private static Set<String> keptBy(LedgerEntry entry) {
    return entry.status().loaded() ? new HashSet<>(entry.outputKeys()) : Set.of();
  }

  private static final String GONE =
      "Cannot load the object: it was deleted before it could be read. Upload it again if it is"
          + " wanted.";

  /**
   * By sequencers, which S3 wants padded to equal length; without one on both sides, by the time of
   * creation.
   */
  static int compareAge(LedgerEntry a, LedgerEntry b) {
    if (!a.sequencer().isEmpty() && !b.sequencer().isEmpty()) {
      int length = Math.max(a.sequencer().length(), b.sequencer().length());
      return padded(a.sequencer(), length).compareTo(padded(b.sequencer(), length));
    }
    int byTime = a.eventTime().orElse(Instant.EPOCH).compareTo(b.eventTime().orElse(Instant.EPOCH));
    return byTime != 0 ? byTime : a.startedAt().compareTo(b.startedAt());
  }

  private static String padded(String sequencer, int length) {
    return "0".repeat(length - sequencer.length()) + sequencer.toUpperCase(java.util.Locale.ROOT);
  }

  private static SluiceException fileAccess(IOException e) {
    return new SluiceException(
        ErrorCode.FILE_ACCESS,
        "Cannot work in the scratch folder: "
            + e
            + ". Give the function more ephemeral storage if it is full.",
        e);
  }
}
