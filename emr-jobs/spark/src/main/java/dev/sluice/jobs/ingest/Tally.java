package dev.sluice.jobs.ingest;

import dev.sluice.books.Outcome;
import dev.sluice.model.ledger.LedgerEntry;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** What became of some uploads. */
final class Tally implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int MOST_KEPT = 20;

  private long loaded;
  private long verified;
  private long refused;
  private long other;
  private long records;
  private long quarantined;
  private long failed;
  private final ArrayList<String> failures = new ArrayList<>();

  void add(Outcome outcome) {
    switch (outcome.action()) {
      case LOADED -> {
        loaded++;
        records += outcome.entry().map(LedgerEntry::recordsWritten).orElse(0L);
        quarantined += outcome.entry().map(LedgerEntry::recordsQuarantined).orElse(0L);
      }
      case VERIFIED -> verified++;
      case REJECTED -> refused++;
      case SOURCE_DELETED, IGNORED -> other++;
    }
  }

  void failed(String reason) {
    failed++;
    if (failures.size() < MOST_KEPT) {
      failures.add(reason);
    }
  }

  void add(Tally more) {
    loaded += more.loaded;
    verified += more.verified;
    refused += more.refused;
    other += more.other;
    records += more.records;
    quarantined += more.quarantined;
    failed += more.failed;
    more.failures.stream().limit(MOST_KEPT - failures.size()).forEach(failures::add);
  }

  long failed() {
    return failed;
  }

  List<String> failures() {
    return failures;
  }

  String text() {
    return loaded
        + " uploads loaded with "
        + records
        + " records, "
        + quarantined
        + " more in quarantine; "
        + verified
        + " were in place, "
        + refused
        + " are refused, "
        + other
        + " are gone";
  }
}
