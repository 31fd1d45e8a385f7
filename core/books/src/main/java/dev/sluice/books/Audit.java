package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.registry.LakeLayout.Origin;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was uploaded, what the books say and what files there are, and mends what differs.
 *
 * <p>All listings are sorted by uploaded object, in files where memory does not suffice; then each
 * object is looked at alone. What ingest can mend, ingest is asked to; only files that are
 * certainly nobody's are deleted here.
 */
public final class Audit {
  /** How often the clock is looked at and progress told while listing. */
  private static final int STEP = 1000;

  private final ObjectStore store;
  private final Datasets datasets;
  private final Redrive redrive;
  private final Config config;
  private final Clock clock;

  /**
   * @param layout where uploads arrive and where everything made of them is kept
   * @param scratch an existing folder; takes about 100 bytes for a listed object
   * @param parallelism requests under way at a time
   * @param sortBytes memory for sorting
   * @param named how many findings of each kind the report names
   */
  public record Config(
      LakeLayout layout, Path scratch, int parallelism, long sortBytes, int named) {

    /** What suits a small function and a terminal alike. */
    public static Config of(LakeLayout layout, Path scratch) {
      return new Config(layout, scratch, 32, 32L << 20, 100);
    }
  }

  /** Told how far an audit is. */
  @FunctionalInterface
  public interface Progress {
    /** For who does not want to know. */
    Progress NONE = (listed, checked) -> {};

    /**
     * @param listed lines of listings so far
     * @param checked uploads looked at so far; 0 while listing
     */
    void at(long listed, long checked);
  }

  public Audit(ObjectStore store, Datasets datasets, Redrive redrive, Config config, Clock clock) {
    this.store = store;
    this.datasets = datasets;
    this.redrive = redrive;
    this.config = config;
    this.clock = clock;
  }

  /**
   * Audits once.
   *
   * @throws SluiceException {@code OUT_OF_TIME} when time is up before everything is listed; {@code
   *     UNAVAILABLE} when a listing or the queue fails; {@code UNKNOWN_DATASET}
   */
  public AuditReport run(AuditRequest request, Progress progress) {
    request.dataset().ifPresent(datasets::get);
    Path folder = null;
    try {
      folder = Files.createTempDirectory(config.scratch(), "audit-");
      try (SortedRuns runs = new SortedRuns(folder, config.sortBytes())) {
        return new Run(request, progress, runs).run();
      }
    } catch (IOException | UncheckedIOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot audit: the scratch folder cannot be used: "
              + config.scratch()
              + " ("
              + e.getMessage()
              + ")\nGive it more space if it is full.",
          e);
    } finally {
      if (folder != null) {
        remove(folder);
      }
    }
  }

  private static void remove(Path folder) {
    try {
      Scratch.deleteTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One run. What workers change is guarded by this. */
  private final class Run {
    private final AuditRequest request;
    private final Progress progress;
    private final SortedRuns runs;
    private final Instant started = clock.instant();
    private final Inspection inspection;
    private final Sweep sweep;
    private final Books books = new Books(store, config.layout());
    private final Map<Finding.Kind, AuditReport.Total> totals = new EnumMap<>(Finding.Kind.class);
    private final List<Finding> named = new ArrayList<>();
    private final Map<LakeLayout.Kind, Long> listed = new EnumMap<>(LakeLayout.Kind.class);
    private Optional<Instant> oldestUnannounced = Optional.empty();
    private long objects;
    private long lines;
    private long checked;
    private long redriven;
    private long swept;
    private long sweptBytes;
    private @Nullable Throwable failure;

    Run(AuditRequest request, Progress progress, SortedRuns runs) {
      this.request = request;
      this.progress = progress;
      this.runs = runs;
      this.inspection = new Inspection(store, config.layout(), datasets, request, clock);
      this.sweep =
          new Sweep(store, config.layout(), clock, request.safeAge(), UUID.randomUUID().toString());
      for (Finding.Kind kind : Finding.Kind.values()) {
        totals.put(kind, AuditReport.Total.NONE);
      }
    }

    AuditReport run() {
      list();
      boolean complete = check();
      if (request.repair()) {
        redrive.flush();
      }
      return new AuditReport(
          complete,
          objects,
          listed(LakeLayout.Kind.LEDGER),
          listed(LakeLayout.Kind.SILVER) + listed(LakeLayout.Kind.QUARANTINE),
          listed(LakeLayout.Kind.INTENT),
          checked,
          totals,
          named,
          oldestUnannounced.map(since -> Duration.between(since, clock.instant())),
          redriven,
          swept,
          sweptBytes,
          Duration.between(started, clock.instant()));
    }

    private long listed(LakeLayout.Kind kind) {
      return listed.getOrDefault(kind, 0L);
    }

    private void list() {
      LakeLayout layout = config.layout();
      List<Runnable> listings = new ArrayList<>();
      listings.add(() -> listRaw(request.dataset().map(layout::rawPrefix).orElse("")));
      List<String> prefixes = new ArrayList<>();
      request
          .dataset()
          .ifPresentOrElse(
              dataset -> {
                prefixes.add(layout.ledgerPrefix(dataset));
                prefixes.add(layout.ledgerPrefix(LakeLayout.UNKNOWN_DATASET));
                prefixes.add(layout.silverPrefix(dataset));
                prefixes.add(layout.quarantinePrefix(dataset));
              },
              () -> {
                prefixes.add(layout.ledgerPrefix());
                prefixes.add(layout.silverPrefix());
                prefixes.add(layout.quarantinePrefix());
              });
      prefixes.add(layout.intentsPrefix());
      prefixes.forEach(prefix -> listings.add(() -> listLake(prefix)));
      parallel(listings.iterator(), () -> false);
    }

    private void listRaw(String prefix) {
      list(
          config.layout().rawBucket(),
          prefix,
          object -> {
            objects++;
            add(Trace.of(SourceId.of(object.name(), "").keyHash(), true, object));
          });
    }

    private void listLake(String prefix) {
      list(
          config.layout().lakeBucket(),
          prefix,
          object -> {
            Optional<Origin> origin = config.layout().origin(object.name().key());
            if (origin.isPresent()) {
              listed.merge(origin.get().kind(), 1L, Long::sum);
              add(Trace.of(origin.get().keyHash(), false, object));
            } else if (!(object.name().key().endsWith("/") && object.size() == 0)) {
              found(foreign(object), false);
            }
          });
    }

    private Finding foreign(ListedObject object) {
      return new Finding(
          Finding.Kind.FOREIGN_FILE,
          "",
          object.name(),
          "ingest gives no such name; whoever put it there knows what for",
          1,
          object.size(),
          Optional.of(object.lastModified()),
          Finding.Remedy.NONE);
    }

    private void list(
        String bucket, String prefix, java.util.function.Consumer<ListedObject> consumer) {
      try (Stream<ListedObject> stream = store.list(bucket, prefix, "")) {
        Iterator<ListedObject> all = stream.iterator();
        while (all.hasNext()) {
          ListedObject object = all.next();
          synchronized (this) {
            if (failure != null) {
              return;
            }
            consumer.accept(object);
          }
        }
      }
    }

    private void add(Trace trace) {
      if (++lines % STEP == 0) {
        progress.at(lines, 0);
        if (!clock.instant().isBefore(request.stop())) {
          throw new SluiceException(
              ErrorCode.OUT_OF_TIME,
              "Cannot audit: time is up after listing "
                  + lines
                  + " objects, and there are more. Run ./sluice audit, which has no time limit, or"
                  + " give the function more time.");
        }
      }
      runs.add(trace.toBytes());
    }

    /** False when time was up before the end. */
    private boolean check() {
      Groups groups = new Groups(runs.sorted());
      Iterator<Runnable> checks =
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return groups.hasNext();
            }

            @Override
            public Runnable next() {
              List<Trace> group = groups.next();
              return () -> check(group);
            }
          };
      return parallel(checks, () -> !clock.instant().isBefore(request.stop()));
    }

    private void check(List<Trace> group) {
      boolean wanted =
          request.since().isEmpty()
              || group.stream().anyMatch(t -> !t.lastModified().isBefore(request.since().get()));
      if (wanted) {
        mend(inspection.inspect(group));
      }
      synchronized (this) {
        checked++;
        if (checked % STEP == 0) {
          progress.at(lines, checked);
        }
      }
    }

    private void mend(Inspection.Result result) {
      boolean again = false;
      Map<ObjectName, Long> deleted = new LinkedHashMap<>();
      if (request.repair()) {
        again = redrive(result);
        sweep(result.orphans())
            .forEach((key, bytes) ->
                deleted.put(new ObjectName(config.layout().lakeBucket(), key), bytes));
        result.marks().forEach(books::delete);
      }
      synchronized (this) {
        for (Finding finding : result.findings()) {
          found(
              finding,
              switch (finding.remedy()) {
                case NONE -> false;
                case LOOK, RELOAD -> again;
                case SWEEP -> deleted.containsKey(finding.object());
              });
        }
        redriven += again ? 1 : 0;
        swept += deleted.size();
        sweptBytes += deleted.values().stream().mapToLong(Long::longValue).sum();
      }
    }

    private boolean redrive(Inspection.Result result) {
      List<Finding.Remedy> remedies =
          result.findings().stream().map(Finding::remedy).distinct().toList();
      if (result.source().isEmpty()) {
        return false;
      }
      if (remedies.contains(Finding.Remedy.RELOAD)) {
        redrive.reload(result.source().get());
        return true;
      }
      if (remedies.contains(Finding.Remedy.LOOK)) {
        redrive.look(result.source().get());
        return true;
      }
      return false;
    }

    private Map<String, Long> sweep(List<String> orphans) {
      Map<Origin, List<String>> byOrigin = new LinkedHashMap<>();
      for (String key : orphans) {
        Origin origin = config.layout().origin(key).orElseThrow();
        byOrigin.computeIfAbsent(origin, o -> new ArrayList<>()).add(key);
      }
      Map<String, Long> deleted = new LinkedHashMap<>();
      byOrigin.forEach((origin, keys) -> deleted.putAll(sweep.sweep(origin, keys)));
      return deleted;
    }

    /** To be called while holding this. */
    private void found(Finding finding, boolean mended) {
      AuditReport.Total total =
          totals.merge(
              finding.kind(), AuditReport.Total.NONE, (old, none) -> old.with(finding, mended));
      if (total.count() <= config.named()) {
        named.add(finding);
      }
      if (finding.kind() == Finding.Kind.UNANNOUNCED
          && finding
              .since()
              .filter(since -> oldestUnannounced.filter(o -> !since.isBefore(o)).isEmpty())
              .isPresent()) {
        oldestUnannounced = finding.since();
      }
    }

    private synchronized @Nullable Throwable failed() {
      return failure;
    }

    private synchronized void fail(Throwable e) {
      if (failure == null) {
        failure = e;
      }
    }

    /**
     * Runs all tasks, in this thread when there is to be one only.
     *
     * @return whether all were run before {@code stop} held
     */
    private boolean parallel(Iterator<Runnable> tasks, BooleanSupplier stop) {
      if (config.parallelism() == 1) {
        while (tasks.hasNext()) {
          if (stop.getAsBoolean()) {
            return false;
          }
          tasks.next().run();
        }
        return true;
      }
      ExecutorService threads = Executors.newFixedThreadPool(config.parallelism());
      Semaphore permits = new Semaphore(2 * config.parallelism());
      boolean all = true;
      try {
        while (failed() == null && tasks.hasNext()) {
          if (stop.getAsBoolean()) {
            all = false;
            break;
          }
          Runnable task = tasks.next();
          permits.acquireUninterruptibly();
          threads.execute(() -> {
            try {
              task.run();
            } catch (RuntimeException | Error e) {
              fail(e);
            } finally {
              permits.release();
            }
          });
        }
      } finally {
        permits.acquireUninterruptibly(2 * config.parallelism());
        threads.shutdown();
      }
      Throwable failed = failed();
      if (failed instanceof RuntimeException e) {
        throw e;
      }
      if (failed instanceof Error e) {
        throw e;
      }
      return all;
    }
  }

  /** Neighbours with the same object. */
  private static final class Groups implements Iterator<List<Trace>> {
    private final Iterator<byte[]> sorted;
    private @Nullable Trace next;

    Groups(Iterator<byte[]> sorted) {
      this.sorted = sorted;
      this.next = read();
    }

    private @Nullable Trace read() {
      return sorted.hasNext() ? Trace.parse(sorted.next()) : null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public List<Trace> next() {
      if (next == null) {
        throw new java.util.NoSuchElementException();
      }
      String keyHash = next.keyHash();
      List<Trace> group = new ArrayList<>();
      while (next != null && next.keyHash().equals(keyHash)) {
        group.add(next);
        next = read();
      }
      return group;
    }
  }
}
