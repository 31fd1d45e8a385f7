package dev.sluice.model.dataset;

/** What to do with JSON keys that the schema does not name. */
public enum UnknownFields {
  /** Leave them in bronze; the record is loaded without them. */
  IGNORE,
  /** Quarantine the record. */
  QUARANTINE
}
