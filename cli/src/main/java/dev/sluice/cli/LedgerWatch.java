package dev.sluice.cli;

import dev.sluice.model.ledger.LedgerEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Sees entries appear in the ledger, over the S3 API. */
final class LedgerWatch {
  private final S3Client s3;
  private final String bucket;
  private final String prefix;
  private final Map<String, String> seen = new HashMap<>();

  LedgerWatch(S3Client s3, String bucket, String prefix) {
    this.s3 = s3;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /** Passes over what is there. */
  void skip() {
    s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents().stream()
        .forEach(object -> seen.put(object.key(), object.eTag()));
  }

  /** The entries that are new, or were written anew, since the last call. */
  List<LedgerEntry> news() {
    List<LedgerEntry> entries = new ArrayList<>();
    for (S3Object object :
        s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents()) {
      if (object.eTag().equals(seen.get(object.key()))) {
        continue;
      }
      try {
        entries.add(
            LedgerEntry.parse(
                s3.getObjectAsBytes(get -> get.bucket(bucket).key(object.key()))
                    .asUtf8String()
                    .strip()));
        seen.put(object.key(), object.eTag());
      } catch (NoSuchKeyException e) {
        // Replaced in between; the next call sees what is there then.
      }
    }
    return entries;
  }
}
