package dev.sluice.cli;

import dev.sluice.model.ledger.LedgerEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;

/** Waiting for a lake to do its work. */
final class Lakes {
  private Lakes() {}

  /** Waits until the ledger has so many entries, a minute at most. */
  static List<LedgerEntry> awaitLedger(LocalLake lake, int entries) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    List<LedgerEntry> seen = new ArrayList<>();
    try (S3Client s3 = lake.aws().s3()) {
      LedgerWatch watch =
          new LedgerWatch(s3, LocalLake.LAYOUT.lakeBucket(), LocalLake.LAYOUT.ledgerPrefix());
      while (seen.size() < entries) {
        seen.addAll(watch.news());
        if (System.nanoTime() > end) {
          throw new AssertionError("The ledger has only " + seen);
        }
        Thread.sleep(50);
      }
    }
    return seen;
  }
}
