package dev.sluice.model.ledger;

import dev.sluice.model.Reason;
import dev.sluice.model.json.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one version of one uploaded object. {@code recordsRead == recordsWritten +
 * recordsQuarantined}, always. Kept as one JSON object on one line, a row of {@code ops.ledger}.
 *
 * @param sourceBucket the bucket it was uploaded to
 * @param sourceKey its key there, decoded
 * @param versionId its version; empty in a bucket without versions
 * @param etag its ETag without quotes; empty when the event named none and the object was never
 *     seen
 * @param sequencer S3's order of events of one key, hexadecimal; empty when the version was loaded
 *     before its own event was seen
 * @param size stored bytes of the object
 * @param eventTime when S3 says it was created; empty when neither event nor object said so
 * @param dataset the dataset it belongs to, {@link
 *     dev.sluice.model.registry.LakeLayout#UNKNOWN_DATASET} when there is no such dataset
 * @param fingerprint fingerprint of the declaration by which it was last loaded or replayed; empty
 *     when there is no such dataset
 * @param status what became of it
 * @param reasonCode the {@link dev.sluice.model.ErrorCode} of a rejected one, otherwise empty
 * @param message one sentence for people about a rejected one, otherwise empty
 * @param recordsRead records found in it
 * @param recordsWritten records in {@code files}
 * @param recordsQuarantined records in the quarantine file
 * @param reasons quarantined records by reason; only reasons that occurred
 * @param bytesIn stored bytes that were read
 * @param bytesDecoded bytes after decompression
 * @param bytesOut bytes of all {@code files}
 * @param files the Parquet files that hold its records; of a superseded or withdrawn one the files
 *     that did, and that are withdrawn
 * @param quarantineKey key of the quarantine file in the lake bucket; empty when there is none
 * @param startedAt when the attempt that loaded it began
 * @param duration how long that attempt took until it wrote this, to the millisecond
 * @param attempt which delivery of the event that was, from 1
 * @param functionVersion version of the program that last loaded or replayed it
 * @param sourceDeletedAt when the object was deleted from the raw bucket
 * @param generation how often somebody has set about loading or replaying the version anew: 0 at
 *     its first load, and never less than before. Files of different generations have different
 *     keys
 */
public record LedgerEntry(
    String sourceBucket,
    String sourceKey,
    String versionId,
    String etag,
    String sequencer,
    long size,
    Optional<Instant> eventTime,
    String dataset,
    String fingerprint,
    Status status,
    String reasonCode,
    String message,
    long recordsRead,
    long recordsWritten,
    long recordsQuarantined,
    Map<Reason, Long> reasons,
    long bytesIn,
    long bytesDecoded,
    long bytesOut,
    List<OutputFile> files,
    String quarantineKey,
    Instant startedAt,
    Duration duration,
    int attempt,
    String functionVersion,
    Optional<Instant> sourceDeletedAt,
    int generation) {

  /** What became of an object version. */
  public enum Status {
    /** Every record is in its table. */
    LOADED,
    /** Every record is in its table or in quarantine, some in quarantine. */
    LOADED_WITH_QUARANTINE,
    /** None of it is loaded; {@code reasonCode} says why. */
    REJECTED,
    /** A newer version of the object took its place; its rows are withdrawn. */
    SUPERSEDED,
    /** Its source was deleted, and the declaration says that its records go with it. */
    WITHDRAWN;

    /** Whether its records are to be found in its table and in quarantine. */
    public boolean loaded() {
      return this == LOADED || this == LOADED_WITH_QUARANTINE;
    }
  }

  /**
   * A Parquet file that holds records of the object.
   *
   * @param key its key in the lake bucket
   * @param partition its partition's path below the table, {@code a=x/b=y}; empty for a table
   *     without partitions
   * @param rows records in it
   * @param bytes its size
   */
  public record OutputFile(String key, String partition, long rows, long bytes) {}

  public LedgerEntry {
    reasons = reasons.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(reasons));
    files = List.copyOf(files);
  }

  /** {@code versionId}, or {@code etag} where there are no versions. */
  public String version() {
    return versionId.isEmpty() ? etag : versionId;
  }

  /** The keys of everything it lists in the lake bucket: Parquet files, then quarantine. */
  public List<String> outputKeys() {
    List<String> keys = new ArrayList<>(files.stream().map(OutputFile::key).toList());
    if (!quarantineKey.isEmpty()) {
      keys.add(quarantineKey);
    }
    return keys;
  }

  /** Begins a changed copy. */
  public Change change() {
    return new Change(this);
  }

  /**
   * The entry as a JSON object, keys in snake case, in the order of the table's columns. Instants
   * are ISO 8601 in UTC; {@code duration_ms} is a number. {@code dataset} is the table's partition
   * and repeated here, so that an entry can be read alone.
   */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("source_bucket", sourceBucket);
    json.put("source_key", sourceKey);
    json.put("version_id", versionId);
    json.put("etag", etag);
    json.put("sequencer", sequencer);
    json.put("size", size);
    json.put("event_time", eventTime.map(Instant::toString).orElse(null));
    json.put("dataset", dataset);
    json.put("fingerprint", fingerprint);
    json.put("status", status.name());
    json.put("reason_code", reasonCode);
    json.put("message", message);
    json.put("records_read", recordsRead);
    json.put("records_written", recordsWritten);
    json.put("records_quarantined", recordsQuarantined);
    Map<String, @Nullable Object> counts = new LinkedHashMap<>();
    reasons.forEach((reason, count) -> counts.put(reason.name(), count));
    json.put("reasons", counts);
    json.put("bytes_in", bytesIn);
    json.put("bytes_decoded", bytesDecoded);
    json.put("bytes_out", bytesOut);
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (OutputFile file : files) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      object.put("key", file.key());
      object.put("partition", file.partition());
      object.put("rows", file.rows());
      object.put("bytes", file.bytes());
      list.add(object);
    }
    json.put("files", list);
    json.put("quarantine_key", quarantineKey);
    json.put("started_at", startedAt.toString());
    json.put("duration_ms", duration.toMillis());
    json.put("attempt", attempt);
    json.put("function_version", functionVersion);
    json.put("source_deleted_at", sourceDeletedAt.map(Instant::toString).orElse(null));
    json.put("generation", generation);
    return json;
  }

  /** The entry on one line, with the line's end. */
  public String toLine() {
    return Json.write(toJson()) + "\n";
  }

  /**
   * Reads what {@link #toJson} wrote, also by a later version: unknown keys are passed over, absent
   * ones are empty, zero or, for {@code started_at}, the epoch.
   *
   * @throws IllegalArgumentException when a value is of another type, or {@code status} is absent
   */
  public static LedgerEntry fromJson(Map<String, ?> json) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    if (json.get("reasons") instanceof Map<?, ?> counts) {
      counts.forEach(
          (k, v) -> reasons.put(Reason.valueOf(String.valueOf(k)), number("reasons", v)));
    }
    List<OutputFile> files = new ArrayList<>();
    if (json.get("files") instanceof List<?> list) {
      for (Object item : list) {
        if (!(item instanceof Map<?, ?> object)) {
          throw new IllegalArgumentException("files: not a JSON object");
        }
        files.add(
            new OutputFile(
                text("files.key", object.get("key")),
                text("files.partition", object.get("partition")),
                number("files.rows", object.get("rows")),
                number("files.bytes", object.get("bytes"))));
      }
    }
    return new LedgerEntry(
        text(json, "source_bucket"),
        text(json, "source_key"),
        text(json, "version_id"),
        text(json, "etag"),
        text(json, "sequencer"),
        number(json, "size"),
        instant(json, "event_time"),
        text(json, "dataset"),
        text(json, "fingerprint"),
        Status.valueOf(text(json, "status")),
        text(json, "reason_code"),
        text(json, "message"),
        number(json, "records_read"),
        number(json, "records_written"),
        number(json, "records_quarantined"),
        reasons,
        number(json, "bytes_in"),
        number(json, "bytes_decoded"),
        number(json, "bytes_out"),
        files,
        text(json, "quarantine_key"),
        instant(json, "started_at").orElse(Instant.EPOCH),
        Duration.ofMillis(number(json, "duration_ms")),
        Math.toIntExact(number(json, "attempt")),
        text(json, "function_version"),
        instant(json, "source_deleted_at"),
        Math.toIntExact(number(json, "generation")));
  }

  /** Reads one line. */
  public static LedgerEntry parse(String line) {
    return fromJson(Json.parseObject(line));
  }

  private static String text(Map<String, ?> json, String key) {
    return text(key, json.get(key));
  }

  private static String text(String key, @Nullable Object value) {
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + ": not a string");
  }

  private static long number(Map<String, ?> json, String key) {
    return number(key, json.get(key));
  }

  private static long number(String key, @Nullable Object value) {
    if (value == null) {
      return 0;
    }
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof BigDecimal number) {
      return number.longValueExact();
    }
    throw new IllegalArgumentException(key + ": not a number");
  }

  private static Optional<Instant> instant(Map<String, ?> json, String key) {
    String text = text(json, key);
    return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
  }

  /** A copy that is being changed. What is not set stays as it was. */
  public static final class Change {
    private final LedgerEntry from;
    private String sequencer;
    private Optional<Instant> eventTime;
    private String dataset;
    private String fingerprint;
    private Status status;
    private long recordsWritten;
    private long recordsQuarantined;
    private Map<Reason, Long> reasons;
    private long bytesOut;
    private List<OutputFile> files;
    private String quarantineKey;
    private String functionVersion;
    private Optional<Instant> sourceDeletedAt;
    private int generation;

    private Change(LedgerEntry from) {
      this.from = from;
      sequencer = from.sequencer;
      eventTime = from.eventTime;
      dataset = from.dataset;
      fingerprint = from.fingerprint;
      status = from.status;
      recordsWritten = from.recordsWritten;
      recordsQuarantined = from.recordsQuarantined;
      reasons = from.reasons;
      bytesOut = from.bytesOut;
      files = from.files;
      quarantineKey = from.quarantineKey;
      functionVersion = from.functionVersion;
      sourceDeletedAt = from.sourceDeletedAt;
      generation = from.generation;
    }

    /** The order and time of its own event; without a time the known one stays. */
    public Change event(String ownSequencer, Optional<Instant> ownEventTime) {
      sequencer = ownSequencer;
      eventTime = ownEventTime.or(() -> eventTime);
      return this;
    }

    /** The dataset that it belongs to after all. */
    public Change dataset(String name) {
      dataset = name;
      return this;
    }

    /** What became of it. */
    public Change status(Status other) {
      status = other;
      return this;
    }

    /** Who loaded it, under which declaration. */
    public Change loadedBy(String program, String declaration) {
      functionVersion = program;
      fingerprint = declaration;
      return this;
    }

    /** The Parquet files, with their rows and bytes. */
    public Change files(List<OutputFile> all) {
      files = all;
      recordsWritten = all.stream().mapToLong(OutputFile::rows).sum();
      bytesOut = all.stream().mapToLong(OutputFile::bytes).sum();
      return this;
    }

    /** The quarantine file, empty for none, with its records by reason. */
    public Change quarantine(String key, Map<Reason, Long> byReason) {
      quarantineKey = key;
      reasons = byReason;
      recordsQuarantined = byReason.values().stream().mapToLong(Long::longValue).sum();
      return this;
    }

    /** When its source was deleted. */
    public Change sourceDeletedAt(Optional<Instant> instant) {
      sourceDeletedAt = instant;
      return this;
    }

    /** The number of the load or replay. */
    public Change generation(int number) {
      generation = number;
      return this;
    }

    /** The changed copy. */
    public LedgerEntry make() {
      return new LedgerEntry(
          from.sourceBucket,
          from.sourceKey,
          from.versionId,
          from.etag,
          sequencer,
          from.size,
          eventTime,
          dataset,
          fingerprint,
          status,
          from.reasonCode,
          from.message,
          from.recordsRead,
          recordsWritten,
          recordsQuarantined,
          reasons,
          from.bytesIn,
          from.bytesDecoded,
          bytesOut,
          files,
          quarantineKey,
          from.startedAt,
          from.duration,
          from.attempt,
          functionVersion,
          sourceDeletedAt,
          generation);
    }
  }
}
