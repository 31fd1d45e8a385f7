package dev.sluice.model.registry;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where everything lies. Every key and prefix of the lake is built here and nowhere else; prefixes
 * end with a slash.
 *
 * @param rawBucket uploads, {@code <dataset>/…}
 * @param lakeBucket {@code silver/}, {@code gold/} and {@code ops/}
 * @param resultsBucket results of queries
 */
public record LakeLayout(String rawBucket, String lakeBucket, String resultsBucket) {
  /** S3's limit on a key, in bytes of UTF-8. */
  public static final int MAX_KEY_BYTES = 1024;

  /** The pseudo dataset of objects whose key names no declared dataset. */
  public static final String UNKNOWN_DATASET = "_unknown";

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern DATASET = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final Pattern QUARANTINE_DAY =
      Pattern.compile("^ops/quarantine/dataset=[^/]+/day=([0-9-]{10})/[^/]+$");

  /** The names of files: object and version, then what tells files of one version apart. */
  private static final Pattern STEM =
      Pattern.compile(
          "(?<key>[0-9a-f]{20})[-.](?<version>[0-9a-f]{16})([-.][A-Za-z0-9_.-]+)?[.](?<end>[a-z]+)");

  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9_-]{1,100}[.][a-z]{1,10}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  public LakeLayout {
    bucket("raw", rawBucket);
    bucket("lake", lakeBucket);
    bucket("results", resultsBucket);
    if (rawBucket.equals(lakeBucket)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot lay out the lake: raw and lake bucket are the same: "
              + rawBucket
              + "\nName two buckets; otherwise every file written would be ingested again.");
    }
  }

  private static void bucket(String role, String name) {
    if (!BUCKET.matcher(name).matches() || name.contains("..")) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot lay out the lake: the "
              + role
              + " bucket has no valid name: "
              + name
              + "\nUse 3 to 63 lower-case letters, digits, - and .");
    }
  }

  /** The documented names: {@code sluice-raw}, {@code sluice-lake}, {@code sluice-results}. */
  public static LakeLayout defaults() {
    return new LakeLayout("sluice-raw", "sluice-lake", "sluice-results");
  }

  /** {@code <dataset>/}, where uploads of a dataset go in the raw bucket. */
  public String rawPrefix(String dataset) {
    return dataset(dataset) + "/";
  }

  /** {@code silver/<dataset>/}. */
  public String silverPrefix(String dataset) {
    return silverPrefix() + dataset(dataset) + "/";
  }

  /** {@code silver/<dataset>/<directory>/}; the directory is empty without partitions. */
  public String silverPrefix(String dataset, String directory) {
    if (directory.isEmpty()) {
      return silverPrefix(dataset);
    }
    if (directory.startsWith("/") || directory.endsWith("/") || directory.contains("//")) {
      throw new IllegalArgumentException("Cannot build a key: no partition path: " + directory);
    }
    return key(silverPrefix(dataset) + directory + "/");
  }

  /**
   * {@code silver/<dataset>/<directory>/<stem>-<number>.parquet}.
   *
   * @throws SluiceException {@code INVALID_KEY} when that is longer than S3 takes
   */
  public String silverKey(String dataset, String directory, String stem, int number) {
    if (number < 0) {
      throw new IllegalArgumentException("Cannot build a key: negative file number: " + number);
    }
    return key(silverPrefix(dataset, directory) + id(stem) + "-" + number + ".parquet");
  }

  /** {@code silver/<dataset>/<directory>/<stem>-}: all files of one source in one partition. */
  public String silverStemPrefix(String dataset, String directory, String stem) {
    return silverPrefix(dataset, directory) + id(stem) + "-";
  }

  /** {@code ops/quarantine/}. */
  public String quarantinePrefix() {
    return "ops/quarantine/";
  }

  /** {@code ops/quarantine/dataset=<dataset>/}. */
  public String quarantinePrefix(String dataset) {
    return quarantinePrefix() + "dataset=" + dataset(dataset) + "/";
  }

  /** {@code ops/quarantine/dataset=<dataset>/day=<day>/}. */
  public String quarantinePrefix(String dataset, LocalDate day) {
    return quarantinePrefix(dataset) + "day=" + day(day) + "/";
  }

  /** {@code ops/quarantine/dataset=<dataset>/day=<day>/<stem>.ndjson}. */
  public String quarantineKey(String dataset, LocalDate day, String stem) {
    return quarantinePrefix(dataset, day) + id(stem) + ".ndjson";
  }

  /**
   * The day in a quarantine key.
   *
   * @throws IllegalArgumentException when it is no such key
   */
  public static LocalDate quarantineDay(String key) {
    Matcher matcher = QUARANTINE_DAY.matcher(key);
    if (!matcher.find()) {
      throw new IllegalArgumentException("Cannot tell the day: no key of quarantine: " + key);
    }
    return LocalDate.parse(matcher.group(1));
  }

  /** {@code ops/ledger/}. */
  public String ledgerPrefix() {
    return "ops/ledger/";
  }

  /** {@code ops/ledger/dataset=<dataset>/}; also for {@link #UNKNOWN_DATASET}. */
  public String ledgerPrefix(String dataset) {
    return ledgerPrefix() + "dataset=" + datasetOrUnknown(dataset) + "/";
  }

  /** {@code ops/ledger/dataset=<dataset>/<keyHash>.}: the entries of all versions of a key. */
  public String ledgerPrefix(String dataset, String keyHash) {
    return ledgerPrefix(dataset) + id(keyHash) + ".";
  }

  /** {@code ops/ledger/dataset=<dataset>/<keyHash>.<versionHash>.json}. */
  public String ledgerKey(String dataset, String keyHash, String versionHash) {
    return ledgerPrefix(dataset, keyHash) + id(versionHash) + ".json";
  }

  /** {@code ops/intents/}. */
  public String intentsPrefix() {
    return "ops/intents/";
  }

  /** {@code ops/intents/<keyHash>.}: the intents for all versions of a key. */
  public String intentPrefix(String keyHash) {
    return intentsPrefix() + id(keyHash) + ".";
  }

  /** {@code ops/intents/<keyHash>.<versionHash>.<attempt>.json}. */
  public String intentKey(String keyHash, String versionHash, String attempt) {
    return intentPrefix(keyHash) + id(versionHash) + "." + id(attempt) + ".json";
  }

  /** {@code silver/}. */
  public String silverPrefix() {
    return "silver/";
  }

  /** {@code ops/job_runs/}. */
  public String jobRunsPrefix() {
    return "ops/job_runs/";
  }

  /** {@code ops/job_runs/dataset=<dataset>/}. */
  public String jobRunsPrefix(String dataset) {
    return jobRunsPrefix() + "dataset=" + dataset(dataset) + "/";
  }

  /** {@code ops/job_runs/dataset=<dataset>/<job>.}: the entries of a job, in the order of time. */
  public String jobRunsPrefix(String dataset, String job) {
    return jobRunsPrefix(dataset) + id(job) + ".";
  }

  /** {@code ops/job_runs/dataset=<dataset>/<job>.<time>.<attempt>.json}. */
  public String jobRunKey(String dataset, String job, String time, int attempt) {
    return jobRunsPrefix(dataset, job) + id(time) + "." + attempt + ".json";
  }

  /** {@code ops/job_slots/}: one note for each run that has not ended. */
  public String jobSlotsPrefix() {
    return "ops/job_slots/";
  }

  /** {@code ops/job_slots/<dataset>.<job>.}: those of one job. */
  public String jobSlotsPrefix(String dataset, String job) {
    return jobSlotsPrefix() + dataset(dataset) + "." + id(job) + ".";
  }

  /** {@code ops/job_slots/<dataset>.<job>.<time>.<attempt>.json}. */
  public String jobSlotKey(String dataset, String job, String time, int attempt) {
    return jobSlotsPrefix(dataset, job) + id(time) + "." + attempt + ".json";
  }

  /** {@code ops/job_heads/}. */
  public String jobHeadsPrefix() {
    return "ops/job_heads/";
  }

  /** {@code ops/job_heads/<dataset>.<job>.json}: which run of a job may be active. */
  public String jobHeadKey(String dataset, String job) {
    return jobHeadsPrefix() + dataset(dataset) + "." + id(job) + ".json";
  }

  /** {@code ops/launch.json}: what a launch needs to know of the account. */
  public String launchPlaceKey() {
    return "ops/launch.json";
  }

  /** {@code logs/emr/}. */
  public String jobLogsPrefix() {
    return "logs/emr/";
  }

  /** {@code code/<hash>/<name>}: what steps run, kept as long as a step may need it. */
  public String codeKey(String hash, String name) {
    if (!CODE.matcher(name).matches()) {
      throw new IllegalArgumentException("Cannot build a key: no name of a file: " + name);
    }
    return "code/" + id(hash) + "/" + name;
  }

  /** {@code gold/}. */
  public String goldPrefix() {
    return "gold/";
  }

  /** {@code gold/<dataset>/<table>/}. */
  public String goldPrefix(String dataset, String table) {
    return goldPrefix() + dataset(dataset) + "/" + id(table) + "/";
  }

  /** {@code ops/marks/<table>/}: of which files the versions of a gold table were made. */
  public String marksPrefix(String table) {
    return "ops/marks/" + id(table) + "/";
  }

  /** {@code ops/marks/<table>/<digest>.json}. */
  public String markKey(String table, String digest) {
    return marksPrefix(table) + id(digest) + ".json";
  }

  /** What a key of the lake bucket is, as its name says. */
  public enum Kind {
    /** A Parquet file of a table. */
    SILVER,
    /** A file of quarantined records. */
    QUARANTINE,
    /** A ledger entry. */
    LEDGER,
    /** A note of what may be about to appear. */
    INTENT
  }

  /**
   * What the name of a file tells of the object it was made from.
   *
   * @param kind what it is
   * @param dataset whose it is; empty for an intent
   * @param keyHash the object
   * @param versionHash its version
   */
  public record Origin(Kind kind, String dataset, String keyHash, String versionHash) {}

  /** The origin of a key of the lake bucket; empty when no ingest gives such a name. */
  public Optional<Origin> origin(String key) {
    Matcher stem = STEM.matcher(key.substring(key.lastIndexOf('/') + 1));
    if (!stem.matches()) {
      return Optional.empty();
    }
    for (Kind kind : Kind.values()) {
      String prefix =
          switch (kind) {
            case SILVER -> silverPrefix();
            case QUARANTINE -> quarantinePrefix() + "dataset=";
            case LEDGER -> ledgerPrefix() + "dataset=";
            case INTENT -> intentsPrefix();
          };
      if (key.startsWith(prefix) && stem.group("end").equals(ending(kind))) {
        int slash = key.indexOf('/', prefix.length());
        String dataset = slash < 0 ? "" : key.substring(prefix.length(), slash);
        return kind != Kind.INTENT && !isDatasetOrUnknown(dataset)
            ? Optional.empty()
            : Optional.of(new Origin(kind, dataset, stem.group("key"), stem.group("version")));
      }
    }
    return Optional.empty();
  }

  private static String ending(Kind kind) {
    return switch (kind) {
      case SILVER -> "parquet";
      case QUARANTINE -> "ndjson";
      case LEDGER, INTENT -> "json";
    };
  }

  /** {@code s3://<raw bucket>/<prefix or key>}. */
  public String rawUri(String key) {
    return "s3://" + rawBucket + "/" + key;
  }

  /** {@code s3://<lake bucket>/<prefix or key>}. */
  public String lakeUri(String key) {
    return "s3://" + lakeBucket + "/" + key;
  }

  private static String dataset(String name) {
    if (!DATASET.matcher(name).matches()) {
      throw new IllegalArgumentException("Cannot build a key: no name of a dataset: " + name);
    }
    return name;
  }

  private static String datasetOrUnknown(String name) {
    return name.equals(UNKNOWN_DATASET) ? name : dataset(name);
  }

  private static boolean isDatasetOrUnknown(String name) {
    return name.equals(UNKNOWN_DATASET) || DATASET.matcher(name).matches();
  }

  private static String id(String text) {
    if (!ID.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "Cannot build a key: an id has 1 to 100 letters, digits, - and _: " + text);
    }
    return text;
  }

  private static String day(LocalDate day) {
    if (day.getYear() < 1 || day.getYear() > 9999) {
      throw new IllegalArgumentException("Cannot build a key: no year of four digits: " + day);
    }
    return day.toString();
  }

  private static String key(String key) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_KEY_BYTES) {
      throw new SluiceException(
          ErrorCode.INVALID_KEY,
          "Cannot build a key: it has "
              + bytes
              + " bytes and S3 takes "
              + MAX_KEY_BYTES
              + ": "
              + key.substring(0, Math.min(key.length(), 80))
              + "…\nPartition by a shorter value, or by bucket(N, field).");
    }
    return key;
  }
}
