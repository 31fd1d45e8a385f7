package dev.sluice.books;

import dev.sluice.convert.DataFile;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.PartitionRegistrar;
import dev.sluice.model.store.PutResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Puts what was made of one version of an object into the lake, after leaving word of it. */
final class Publisher {
  private static final String PARQUET = "application/vnd.apache.parquet";
  private static final String NDJSON = "application/x-ndjson";

  /** What a request that was on its way may take to be carried out after its sender died. */
  private static final Duration IN_FLIGHT = Duration.ofMinutes(1);

  /** How long an intent holds that is not renewed: longer than any function may run. */
  static final Duration LEASE = Duration.ofMinutes(20);

  private final ObjectStore store;
  private final PartitionRegistrar partitions;
  private final Books books;
  private final Ingest.Config config;
  private final Clock clock;

  Publisher(
      ObjectStore store,
      PartitionRegistrar partitions,
      Books books,
      Ingest.Config config,
      Clock clock) {
    this.store = store;
    this.partitions = partitions;
    this.books = books;
    this.config = config;
    this.clock = clock;
  }

  /** Files by their keys in the lake bucket. */
  record Output(
      Map<String, DataFile> files, LocalDate day, String quarantineKey, Optional<Path> quarantine) {
    List<String> keys() {
      List<String> keys = new ArrayList<>(files.keySet());
      if (quarantine.isPresent()) {
        keys.add(quarantineKey);
      }
      return keys;
    }

    List<LedgerEntry.OutputFile> listed() {
      List<LedgerEntry.OutputFile> listed = new ArrayList<>();
      files.forEach((key, file) ->
          listed.add(new LedgerEntry.OutputFile(key, file.directory(), file.rows(), file.bytes())));
      return listed;
    }
  }

  /**
   * Names what a conversion made.
   *
   * @param converted its Parquet files
   * @param quarantine its file of refused records
   * @param stem what the names of the conversion's files start with
   * @param day of quarantine
   */
  Output output(
      Dataset dataset,
      List<DataFile> converted,
      Optional<Path> quarantine,
      String stem,
      LocalDate day) {
    Map<String, DataFile> files = new LinkedHashMap<>();
    for (DataFile file : converted) {
      String name = String.valueOf(file.path().getFileName());
      int number =
          Integer.parseInt(name.substring(stem.length() + 1, name.length() - ".parquet".length()));
      files.put(config.layout().silverKey(dataset.name(), file.directory(), stem, number), file);
    }
    return new Output(
        files,
        day,
        quarantine.isPresent() ? config.layout().quarantineKey(dataset.name(), day, stem) : "",
        quarantine);
  }

  /** An intent that was left, and whose it is. */
  final class Announcement {
    private final SourceId id;
    private final Attempt attempt;
    private final String what;
    private ObjectName name;
    private Intent intent;
    private Instant renewal;

    private Announcement(SourceId id, Attempt attempt, Intent word) {
      this.id = id;
      this.attempt = attempt;
      this.what = "s3://" + word.bucket() + "/" + word.key();
      attempt.check(clock, "publish " + what);
      Instant now = clock.instant();
      intent = word.until(end(now));
      renewal = now.plus(LEASE.dividedBy(2));
      name = books.write(intent, id, attempt.id());
    }

    private Instant end(Instant now) {
      Instant lease = now.plus(LEASE);
      return attempt.death().isBefore(lease.minus(IN_FLIGHT))
          ? attempt.death().plus(IN_FLIGHT)
          : lease;
    }

    ObjectName name() {
      return name;
    }

    Intent intent() {
      return intent;
    }

    /**
     * Whether there is time for the next step. An attempt without an end renews its word meanwhile.
     *
     * @throws SluiceException {@code OUT_OF_TIME} when there is none
     */
    void check(String doing) {
      attempt.check(clock, doing + " " + what);
      Instant now = clock.instant();
      if (!now.isBefore(renewal) && intent.expires().isBefore(end(now))) {
        intent = intent.until(end(now));
        renewal = now.plus(LEASE.dividedBy(2));
        name = books.write(intent, id, attempt.id());
      }
    }
  }

  /**
   * Leaves word of what may be published or has to be withdrawn, before either is begun.
   *
   * @param word its end is set here
   */
  Announcement announce(Intent word, SourceId id, Attempt attempt) {
    return new Announcement(id, attempt, word);
  }

  /** Puts the files in place, and registers their partitions. */
  void publish(Output output, Dataset dataset, Announcement announcement) throws IOException {
    for (Map.Entry<String, DataFile> file : output.files().entrySet()) {
      publish(file.getKey(), file.getValue().path(), PARQUET, announcement);
    }
    if (output.quarantine().isPresent()) {
      publish(output.quarantineKey(), output.quarantine().get(), NDJSON, announcement);
      registerQuarantine(dataset, output.day());
    }
    register(output.files().values(), dataset);
    announcement.check("enter in the ledger");
  }

  private void publish(String key, Path file, String type, Announcement announcement)
      throws IOException {
    announcement.check("publish");
    ObjectName name = new ObjectName(config.layout().lakeBucket(), key);
    Content content = Content.of(file);
    PutResult result = store.putIfAbsent(name, content, type);
    if (result instanceof PutResult.Exists exists
        && !(exists.existing().size() == content.size()
            && exists.existing().etag().equals(content.md5()))
        // Of another version of the converter or the declaration, or encrypted so that its ETag
        // says nothing: no entry vouches for it, so it is replaced.
        && store.putIfMatch(name, exists.existing().etag(), content, type).isEmpty()) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot publish " + name + ": another attempt writes it; it will be tried again");
    }
  }

  private void register(Iterable<DataFile> files, Dataset dataset) {
    List<PartitionField> fields = dataset.partitions().fields();
    if (fields.isEmpty() || dataset.partitions().projected()) {
      return;
    }
    Set<PartitionRegistrar.Partition> found = new LinkedHashSet<>();
    for (DataFile file : files) {
      List<String> values = new ArrayList<>();
      for (PartitionField field : fields) {
        String value = file.partition().get(field.column());
        values.add(value == null ? PartitionValues.NULL_DIRECTORY : value);
      }
      found.add(
          new PartitionRegistrar.Partition(
              values,
              config
                  .layout()
                  .lakeUri(config.layout().silverPrefix(dataset.name(), file.directory()))));
    }
    if (!found.isEmpty()) {
      partitions.register(config.silverDatabase(), dataset.name(), List.copyOf(found));
    }
  }

  /** Athena does not compute the partitions of quarantine: an upload may be of any day. */
  private void registerQuarantine(Dataset dataset, LocalDate day) {
    LakeLayout layout = config.layout();
    partitions.register(
        Catalog.OPS,
        Catalog.QUARANTINE,
        List.of(
            new PartitionRegistrar.Partition(
                List.of(dataset.name(), day.toString()),
                layout.lakeUri(layout.quarantinePrefix(dataset.name(), day)))));
  }
}
