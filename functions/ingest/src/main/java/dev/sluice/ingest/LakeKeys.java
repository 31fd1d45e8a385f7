package dev.sluice.ingest;

import java.time.Instant;
import java.time.ZoneOffset;

/** Where everything derived from an upload is kept in the lake bucket. */
final class LakeKeys {
  private LakeKeys() {}

  /** A Parquet file: {@code directory} is the partition's path, empty without partitions. */
  static String silver(String dataset, String directory, String fileName) {
    return "silver/" + dataset + "/" + (directory.isEmpty() ? "" : directory + "/") + fileName;
  }

  /** The quarantine file of an upload of that instant. */
  static String quarantine(String dataset, Instant uploaded, SourceId id) {
    return "ops/quarantine/dataset="
        + dataset
        + "/day="
        + uploaded.atZone(ZoneOffset.UTC).toLocalDate()
        + "/"
        + id.stem()
        + ".ndjson";
  }

  /** What the ledger entries of all versions of one object start with. */
  static String ledgerPrefix(String dataset, String keyHash) {
    return "ops/ledger/dataset=" + dataset + "/" + keyHash + ".";
  }

  /** The ledger entry of one version. */
  static String ledger(String dataset, SourceId id) {
    return ledgerPrefix(dataset, id.keyHash()) + id.versionHash() + ".json";
  }

  /** What the intents for all versions of one object start with. */
  static String intentPrefix(String keyHash) {
    return "ops/intents/" + keyHash + ".";
  }

  /** The intent of one attempt at one version. */
  static String intent(SourceId id, String attempt) {
    return intentPrefix(id.keyHash()) + id.versionHash() + "." + attempt + ".json";
  }
}
