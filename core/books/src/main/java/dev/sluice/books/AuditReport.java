package dev.sluice.books;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an audit found.
 *
 * @param complete whether it came to the end
 * @param objects uploads listed
 * @param entries ledger entries listed
 * @param files files of silver and quarantine listed
 * @param intents intents listed
 * @param checked uploads, or what is left of them, that were looked at
 * @param totals what was found, by kind; every kind
 * @param named the first of each kind
 * @param oldestUnannounced how long the oldest unannounced upload waits
 * @param redriven uploads that ingest was asked to look at
 * @param swept files that were deleted
 * @param sweptBytes their bytes
 * @param duration how long it took
 */
public record AuditReport(
    boolean complete,
    long objects,
    long entries,
    long files,
    long intents,
    long checked,
    Map<Finding.Kind, Total> totals,
    List<Finding> named,
    Optional<Duration> oldestUnannounced,
    long redriven,
    long swept,
    long sweptBytes,
    Duration duration) {

  public AuditReport {
    totals = Map.copyOf(totals);
    named = List.copyOf(named);
  }

  /**
   * All findings of a kind.
   *
   * @param count how many
   * @param files files that they concern
   * @param bytes bytes that they concern
   * @param mended how many of them are mended, or handed to ingest to be mended
   */
  public record Total(long count, long files, long bytes, long mended) {
    static final Total NONE = new Total(0, 0, 0, 0);

    Total with(Finding finding, boolean isMended) {
      return new Total(
          count + 1, files + finding.files(), bytes + finding.bytes(), mended + (isMended ? 1 : 0));
    }
  }

  /** Whether nothing is left to be mended. */
  public boolean clean() {
    return complete
        && totals.entrySet().stream()
            .allMatch(e -> !e.getKey().defect() || e.getValue().count() == e.getValue().mended());
  }
}
