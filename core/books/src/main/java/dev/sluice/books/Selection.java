package dev.sluice.books;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.Reason;
import dev.sluice.model.ledger.LedgerEntry;
import dev.sluice.model.ledger.QuarantineRecord;
import java.time.Instant;
import java.util.Optional;

/**
 * Which quarantined records, or which objects, are meant.
 *
 * @param dataset its name
 * @param since only of objects that were uploaded at that time or later
 * @param key only of the object with this key
 * @param reason only with this {@link Reason} or quality rule, by name
 */
public record Selection(
    String dataset, Optional<Instant> since, Optional<String> key, Optional<String> reason) {

  /** All of a dataset. */
  public static Selection of(String dataset) {
    return new Selection(dataset, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Whether the object has quarantined records, and they may be meant. */
  boolean includes(LedgerEntry entry) {
    return entry.status().loaded() && !entry.quarantineKey().isEmpty() && isMeant(entry);
  }

  /** Whether the object as a whole may be loaded again. */
  boolean includesWhole(LedgerEntry entry) {
    return (entry.status().loaded()
            || (entry.status() == LedgerEntry.Status.REJECTED
                && !entry.reasonCode().equals(ErrorCode.INVALID_KEY.name())))
        && isMeant(entry);
  }

  private boolean isMeant(LedgerEntry entry) {
    return key.filter(k -> !k.equals(entry.sourceKey())).isEmpty()
        && since.filter(s -> entry.eventTime().orElse(entry.startedAt()).isBefore(s)).isEmpty();
  }

  boolean includes(QuarantineRecord record) {
    return reason
        .filter(r -> !r.equals(record.reason().name()) && !r.equals(record.rule()))
        .isEmpty();
  }
}
