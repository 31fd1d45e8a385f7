package dev.sluice.books;

import dev.sluice.model.ledger.LedgerEntry;
import java.util.Optional;

/**
 * What an event led to.
 *
 * @param action what was done
 * @param entry the entry of the version that is in the lake now, or of the one that was refused
 * @param withdrawn files that were taken back
 */
public record Outcome(Action action, Optional<LedgerEntry> entry, int withdrawn) {

  /** What was done. */
  public enum Action {
    /** The newest version was loaded. */
    LOADED,
    /** The newest version was loaded already, every file in place. */
    VERIFIED,
    /** The object is refused; its entry says why. */
    REJECTED,
    /** The object is deleted; what it left in the lake stays. */
    SOURCE_DELETED,
    /** The event does not concern the records of an object. */
    IGNORED
  }

  static Outcome ignored() {
    return new Outcome(Action.IGNORED, Optional.empty(), 0);
  }
}
