package dev.sluice.books;

import dev.sluice.convert.Footer;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.OnSourceDelete;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.LedgerEntry.Status;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.LakeLayout.Kind;
import dev.sluice.model.registry.LakeLayout.Origin;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what there is of one uploaded object. Listings are made one after the other while others
 * work, so whatever they make suspicious is looked at once more, directly. Safe for concurrent use.
 */
final class Inspection {
  /** Holds the whole footer of most files. */
  private static final int TAIL = 1 << 15;

  private final ObjectStore store;
  private final LakeLayout layout;
  private final Books books;
  private final Datasets datasets;
  private final AuditRequest request;
  private final Clock clock;

  Inspection(
      ObjectStore store, LakeLayout layout, Datasets datasets, AuditRequest request, Clock clock) {
    this.store = store;
    this.layout = layout;
    this.books = new Books(store, layout);
    this.datasets = datasets;
    this.request = request;
    this.clock = clock;
  }

  /**
   * What is found of one object.
   *
   * @param source the object, when anything tells of it
   * @param findings what is wrong, and what is worth to know
   * @param orphans the files to sweep
   * @param marks marks of sweeps that are of no use any more
   */
  record Result(
      Optional<ObjectName> source,
      List<Finding> findings,
      List<String> orphans,
      List<Books.StoredIntent> marks) {}

  /** The newest upload; the version is not known when it comes from a listing. */
  private record Upload(
      ObjectName name, Optional<String> version, String etag, long size, Instant lastModified) {}

  private record FileInfo(long size, Instant lastModified) {}

  /** What is known of an object. */
  private record State(
      Optional<ObjectName> source,
      Optional<Upload> upload,
      List<Books.Stored> entries,
      List<Books.StoredIntent> intents,
      Map<String, FileInfo> files) {}

  /**
   * @param traces everything that listings show of one object
   */
  Result inspect(List<Trace> traces) {
    try {
      State listed = listed(traces);
      if (isOthers(listed)) {
        return new Result(listed.source(), List.of(), List.of(), List.of());
      }
      Result first = result(listed);
      if (first.findings().stream()
          .noneMatch(f -> f.kind().defect() || f.remedy() != Finding.Remedy.NONE)) {
        return first;
      }
      return result(now(listed, traces));
    } catch (SluiceException e) {
      if (e.code().action() == ErrorCode.Action.RETRY) {
        return alone(traces, Finding.Kind.UNCHECKED, String.valueOf(e.getMessage()));
      }
      if (e.code() == ErrorCode.INTERNAL) {
        return alone(traces, Finding.Kind.DAMAGED_BOOKS, String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  /** Entries of unknown datasets are listed for any dataset, since an object may have changed. */
  private boolean isOthers(State state) {
    return request
        .dataset()
        .filter(wanted ->
            state
                .source()
                .filter(source -> !source.key().startsWith(layout.rawPrefix(wanted)))
                .isPresent())
        .isPresent();
  }

  private Result alone(List<Trace> traces, Finding.Kind kind, String detail) {
    Trace first = traces.get(0);
    ObjectName name = first.raw() ? raw(first.key()) : lake(first.key());
    return new Result(
        Optional.empty(),
        List.of(
            new Finding(
                kind, dataset(traces), name, detail, 0, 0, Optional.empty(), Finding.Remedy.NONE)),
        List.of(),
        List.of());
  }

  private String dataset(List<Trace> traces) {
    return traces.stream()
        .map(trace ->
            trace.raw()
                ? dataset(trace.key())
                : layout.origin(trace.key()).map(Origin::dataset).orElse(""))
        .filter(dataset -> !dataset.isEmpty())
        .findFirst()
        .orElse("");
  }

  private String dataset(String rawKey) {
    int slash = rawKey.indexOf('/');
    return slash < 0
        ? LakeLayout.UNKNOWN_DATASET
        : datasets
            .find(rawKey.substring(0, slash))
            .map(d -> d.name())
            .orElse(LakeLayout.UNKNOWN_DATASET);
  }

  private State listed(List<Trace> traces) {
    Optional<Upload> upload = Optional.empty();
    List<Books.Stored> entries = new ArrayList<>();
    List<Books.StoredIntent> intents = new ArrayList<>();
    Map<String, FileInfo> files = new LinkedHashMap<>();
    for (Trace trace : traces) {
      if (trace.raw()) {
        upload =
            Optional.of(
                new Upload(
                    raw(trace.key()),
                    Optional.empty(),
                    trace.etag(),
                    trace.size(),
                    trace.lastModified()));
        continue;
      }
      switch (layout.origin(trace.key()).orElseThrow().kind()) {
        case LEDGER -> books.entry(lake(trace.key())).ifPresent(entries::add);
        case INTENT ->
            books.intent(lake(trace.key()), trace.lastModified()).ifPresent(intents::add);
        case SILVER, QUARANTINE ->
            files.put(trace.key(), new FileInfo(trace.size(), trace.lastModified()));
      }
    }
    return new State(source(upload, entries, intents), upload, entries, intents, files);
  }

  private static Optional<ObjectName> source(
      Optional<Upload> upload, List<Books.Stored> entries, List<Books.StoredIntent> intents) {
    return upload
        .map(Upload::name)
        .or(() ->
            entries.stream()
                .findFirst()
                .map(s -> new ObjectName(s.entry().sourceBucket(), s.entry().sourceKey())))
        .or(() ->
            intents.stream()
                .filter(i -> !i.intent().sweep())
                .findFirst()
                .map(i -> new ObjectName(i.intent().bucket(), i.intent().key())));
  }

  /** The same, asked for directly; intents first, since an entry comes before its intent goes. */
  private State now(State listed, List<Trace> traces) {
    String keyHash = traces.get(0).keyHash();
    List<Books.StoredIntent> intents = books.intents(keyHash, Map.of());
    Set<String> names = new LinkedHashSet<>();
    for (Trace trace : traces) {
      if (!trace.raw()) {
        layout.origin(trace.key()).map(Origin::dataset).ifPresent(names::add);
      }
    }
    listed.source().map(source -> dataset(source.key())).ifPresent(names::add);
    names.remove("");
    List<Books.Stored> entries = new ArrayList<>();
    for (String name : names) {
      entries.addAll(books.entries(name, keyHash));
    }
    Optional<ObjectName> source =
        listed.source().or(() -> source(Optional.empty(), entries, intents));
    Optional<Upload> upload =
        source.flatMap(name ->
            store
                .head(name)
                .map(info ->
                    new Upload(
                        name,
                        Optional.of(info.version()),
                        info.etag(),
                        info.size(),
                        info.lastModified())));
    Set<String> keys = new LinkedHashSet<>(listed.files().keySet());
    entries.stream()
        .filter(s -> s.entry().status().loaded())
        .forEach(s -> keys.addAll(s.entry().outputKeys()));
    Map<String, FileInfo> files = new LinkedHashMap<>();
    for (String key : keys) {
      store
          .head(lake(key))
          .ifPresent(info -> files.put(key, new FileInfo(info.size(), info.lastModified())));
    }
    return new State(source, upload, entries, intents, files);
  }

  private Result result(State state) {
    Instant now = clock.instant();
    List<Finding> findings = new ArrayList<>();
    boolean atWork = state.intents().stream().anyMatch(i -> i.isAttempt(now));
    List<Books.Stored> loaded =
        state.entries().stream().filter(s -> s.entry().status().loaded()).toList();
    if (!atWork) {
      unannounced(state, now).ifPresent(findings::add);
      severalVersions(state, loaded, now).ifPresent(findings::add);
      for (Books.Stored stored : loaded) {
        files(state, stored.entry()).ifPresent(findings::add);
      }
    }
    sourceGone(state, loaded, !findings.isEmpty()).ifPresent(findings::add);
    List<Books.StoredIntent> marks = new ArrayList<>();
    for (Books.StoredIntent intent : state.intents()) {
      if (intent.isOver(now)) {
        if (intent.intent().sweep()) {
          marks.add(intent);
        } else {
          findings.add(expired(intent));
        }
      }
    }
    // Files of an object that ingest is to look at may be what it needs.
    List<String> orphans =
        findings.stream().anyMatch(f -> f.remedy() != Finding.Remedy.NONE)
            ? List.of()
            : orphans(state, loaded, now);
    for (String key : orphans) {
      FileInfo file = state.files().get(key);
      findings.add(
          new Finding(
              Finding.Kind.ORPHAN,
              layout.origin(key).orElseThrow().dataset(),
              lake(key),
              "no ledger entry owns the file",
              1,
              file.size(),
              Optional.of(file.lastModified()),
              Finding.Remedy.SWEEP));
    }
    return new Result(state.source(), findings, orphans, marks);
  }

  private Optional<Finding> unannounced(State state, Instant now) {
    if (state.upload().isEmpty()) {
      return Optional.empty();
    }
    Upload upload = state.upload().get();
    String key = upload.name().key();
    if ((key.endsWith("/") && upload.size() == 0)
        || !upload.lastModified().plus(request.grace()).isBefore(now)) {
      return Optional.empty();
    }
    String dataset = dataset(key);
    List<LedgerEntry> known =
        state.entries().stream()
            .map(Books.Stored::entry)
            .filter(entry -> isOf(entry, upload) && announces(entry))
            .toList();
    if (known.stream()
        .anyMatch(entry ->
            !entry.dataset().equals(LakeLayout.UNKNOWN_DATASET)
                || dataset.equals(LakeLayout.UNKNOWN_DATASET))) {
      return Optional.empty();
    }
    if (!known.isEmpty()) {
      return Optional.of(
          finding(
              Finding.Kind.NOW_DECLARED,
              dataset,
              upload,
              "refused before its dataset was declared; ./sluice audit --repair loads it",
              Finding.Remedy.LOOK));
    }
    boolean refused = List.of(key.split("/", -1)).stream().anyMatch(e -> e.matches("\\.\\.?"));
    return Optional.of(
        finding(
            Finding.Kind.UNANNOUNCED,
            dataset,
            upload,
            refused
                ? "the books do not know it, and its key cannot be loaded: upload it under a key"
                    + " without the elements . and .."
                : "the books do not know this upload",
            refused ? Finding.Remedy.NONE : Finding.Remedy.LOOK));
  }

  private static Finding finding(
      Finding.Kind kind, String dataset, Upload upload, String detail, Finding.Remedy remedy) {
    return new Finding(
        kind,
        dataset,
        upload.name(),
        detail,
        0,
        upload.size(),
        Optional.of(upload.lastModified()),
        remedy);
  }

  /** Listings name no versions; content and time are enough not to look closer. */
  private static boolean isOf(LedgerEntry entry, Upload upload) {
    if (upload.version().isPresent()) {
      return entry.version().equals(upload.version().get());
    }
    return entry.etag().equals(upload.etag())
        && entry
            .eventTime()
            // An event's time is taken after the object's, and the object's is cut to seconds.
            .filter(time -> !time.plusSeconds(1).isBefore(upload.lastModified()))
            .isPresent();
  }

  private static boolean announces(LedgerEntry entry) {
    return entry.status() != Status.SUPERSEDED
        && entry.status() != Status.WITHDRAWN
        && !entry.reasonCode().equals(ErrorCode.SOURCE_GONE.name());
  }

  private Optional<Finding> severalVersions(State state, List<Books.Stored> loaded, Instant now) {
    Optional<LedgerEntry> newest =
        state
            .upload()
            .flatMap(upload ->
                state.entries().stream()
                    .map(Books.Stored::entry)
                    .filter(entry -> isOf(entry, upload) && announces(entry))
                    .findFirst());
    List<LedgerEntry> others =
        loaded.stream()
            .map(Books.Stored::entry)
            .filter(entry -> newest.filter(n -> n.version().equals(entry.version())).isEmpty())
            .toList();
    boolean stale = newest.isPresent() ? !others.isEmpty() : others.size() > 1;
    boolean recent =
        state.entries().stream()
            .map(Books.Stored::entry)
            .anyMatch(entry ->
                !entry.startedAt().plus(entry.duration()).plus(request.grace()).isBefore(now));
    if (!stale || recent) {
      return Optional.empty();
    }
    LedgerEntry other = others.get(0);
    return Optional.of(
        new Finding(
            Finding.Kind.SEVERAL_VERSIONS,
            other.dataset(),
            state.source().orElseThrow(),
            "versions whose rows should be withdrawn are still loaded: " + others.size(),
            others.stream().mapToInt(e -> e.files().size()).sum(),
            others.stream().mapToLong(LedgerEntry::bytesOut).sum(),
            other.eventTime(),
            Finding.Remedy.LOOK));
  }

  private Optional<Finding> files(State state, LedgerEntry entry) {
    List<String> missing =
        entry.outputKeys().stream().filter(key -> !state.files().containsKey(key)).toList();
    List<String> resized =
        entry.files().stream()
            .filter(file ->
                state.files().containsKey(file.key())
                    && state.files().get(file.key()).size() != file.bytes())
            .map(LedgerEntry.OutputFile::key)
            .toList();
    boolean there = state.upload().isPresent();
    if (!missing.isEmpty() || !resized.isEmpty()) {
      return Optional.of(
          ofEntry(
              Finding.Kind.MISSING_FILES,
              entry,
              (missing.isEmpty()
                      ? resized.size() + " files have another size, for instance " + resized.get(0)
                      : missing.size() + " files are missing, for instance " + missing.get(0))
                  + way(there),
              missing.size() + resized.size(),
              there));
    }
    return unbalanced(entry)
        .map(why -> ofEntry(Finding.Kind.UNBALANCED, entry, why + way(there), 0, there));
  }

  /** To load again what is gone would only withdraw what is left. */
  private static String way(boolean there) {
    return there ? "" : "; its upload is gone: restore the one or the other";
  }

  private static Finding ofEntry(
      Finding.Kind kind, LedgerEntry entry, String detail, int files, boolean there) {
    return new Finding(
        kind,
        entry.dataset(),
        new ObjectName(entry.sourceBucket(), entry.sourceKey()),
        detail,
        files,
        entry.bytesOut(),
        Optional.of(entry.startedAt()),
        there ? Finding.Remedy.RELOAD : Finding.Remedy.NONE);
  }

  private Optional<String> unbalanced(LedgerEntry entry) {
    if (entry.recordsRead() != entry.recordsWritten() + entry.recordsQuarantined()) {
      return Optional.of(
          "the entry says read "
              + entry.recordsRead()
              + ", written "
              + entry.recordsWritten()
              + ", quarantined "
              + entry.recordsQuarantined());
    }
    long sum = entry.files().stream().mapToLong(LedgerEntry.OutputFile::rows).sum();
    if (sum != entry.recordsWritten()) {
      return Optional.of(
          "the entry says written " + entry.recordsWritten() + ", and its files sum to " + sum);
    }
    if (!request.rows()) {
      return Optional.empty();
    }
    for (LedgerEntry.OutputFile file : entry.files()) {
      Optional<String> problem = rows(file);
      if (problem.isPresent()) {
        return problem;
      }
    }
    long lines = entry.quarantineKey().isEmpty() ? 0 : lines(lake(entry.quarantineKey()));
    return lines == entry.recordsQuarantined()
        ? Optional.empty()
        : Optional.of(
            "the entry says quarantined "
                + entry.recordsQuarantined()
                + ", and the quarantine file has "
                + lines);
  }

  private Optional<String> rows(LedgerEntry.OutputFile file) {
    try {
      byte[] tail = tail(file, TAIL);
      int length = Footer.length(tail);
      long rows = Footer.rows(length > tail.length ? tail(file, length) : tail);
      return rows == file.rows()
          ? Optional.empty()
          : Optional.of(
              "the entry says "
                  + file.rows()
                  + " rows, and the file has "
                  + rows
                  + ": "
                  + file.key());
    } catch (IOException e) {
      return Optional.of(e.getMessage() + ": " + file.key());
    }
  }

  private byte[] tail(LedgerEntry.OutputFile file, int bytes) throws IOException {
    return store
        .tail(lake(file.key()), bytes)
        .orElseThrow(() -> new IOException("the file is missing"));
  }

  private long lines(ObjectName name) {
    try (OpenObject open = store.open(name).orElse(null)) {
      if (open == null) {
        return 0;
      }
      byte[] buffer = new byte[1 << 16];
      InputStream in = open.content();
      long lines = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        for (int i = 0; i < n; i++) {
          if (buffer[i] == '\n') {
            lines++;
          }
        }
      }
      return lines;
    } catch (IOException e) {
      throw new SluiceException(ErrorCode.UNAVAILABLE, "Cannot read " + name + ": " + e, e);
    }
  }

  /**
   * @param damaged whether something else is wrong; ingest would withdraw what is left then, unless
   *     it is declared to do so anyway
   */
  private Optional<Finding> sourceGone(State state, List<Books.Stored> loaded, boolean damaged) {
    if (state.upload().isPresent() || loaded.isEmpty()) {
      return Optional.empty();
    }
    LedgerEntry entry = loaded.get(loaded.size() - 1).entry();
    boolean withdraws =
        datasets
            .find(entry.dataset())
            .filter(dataset -> dataset.onSourceDelete() == OnSourceDelete.WITHDRAW)
            .isPresent();
    boolean known = entry.sourceDeletedAt().isPresent() && !withdraws;
    return Optional.of(
        new Finding(
            Finding.Kind.SOURCE_GONE,
            entry.dataset(),
            state.source().orElseThrow(),
            withdraws
                ? "the upload is gone, and its rows are not withdrawn yet"
                : known
                    ? "the upload was deleted; its rows stay"
                    : "the upload is gone, which the ledger does not say yet; its rows are there",
            entry.files().size(),
            entry.bytesOut(),
            entry.sourceDeletedAt(),
            known || (damaged && !withdraws) ? Finding.Remedy.NONE : Finding.Remedy.LOOK));
  }

  private Finding expired(Books.StoredIntent stored) {
    Intent intent = stored.intent();
    ObjectName source = new ObjectName(intent.bucket(), intent.key());
    boolean declared = !dataset(intent.key()).equals(LakeLayout.UNKNOWN_DATASET);
    return new Finding(
        Finding.Kind.EXPIRED_INTENT,
        intent.dataset(),
        source,
        "an attempt died"
            + (declared ? "" : "; its dataset is not declared any more: declare it again")
            + ": "
            + stored.name(),
        intent.outputs().size(),
        0,
        Optional.of(intent.expires()),
        declared ? Finding.Remedy.LOOK : Finding.Remedy.NONE);
  }

  private List<String> orphans(State state, List<Books.Stored> loaded, Instant now) {
    Set<String> owned = new HashSet<>();
    loaded.forEach(s -> owned.addAll(s.entry().outputKeys()));
    state.intents().stream()
        .filter(i -> !i.intent().sweep())
        .forEach(i -> owned.addAll(i.intent().keys()));
    return state.files().entrySet().stream()
        .filter(file -> !owned.contains(file.getKey()))
        .filter(file -> file.getValue().lastModified().plus(request.safeAge()).isBefore(now))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether a key of the lake is a file that readers see. */
  static boolean isFile(Origin origin) {
    return origin.kind() == Kind.SILVER || origin.kind() == Kind.QUARANTINE;
  }

  private ObjectName raw(String key) {
    return new ObjectName(layout.rawBucket(), key);
  }

  private ObjectName lake(String key) {
    return new ObjectName(layout.lakeBucket(), key);
  }
}
