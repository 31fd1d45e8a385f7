package dev.sluice.model.dataset;

/** What becomes of an object's records when it is deleted from the raw bucket. */
public enum OnSourceDelete {
  /** They stay; the ledger notes the deletion. */
  KEEP,
  /** They leave the table and quarantine. */
  WITHDRAW
}
