package dev.sluice.model.registry;

/**
 * Names of the metrics that the audit function writes and that its alarms look at: without
 * dimensions for an audit of all datasets, else by {@link #DATASET}.
 */
public final class AuditMetrics {
  /** Where CloudWatch keeps them. */
  public static final String NAMESPACE = "Sluice/Audit";

  /** The dimension of an audit of one dataset. */
  public static final String DATASET = "dataset";

  /** Uploads listed. */
  public static final String OBJECTS = "Objects";

  /** Uploads that the books do not know. */
  public static final String UNANNOUNCED = "Unannounced";

  /** How long the oldest of them waits, in seconds. */
  public static final String OLDEST_UNANNOUNCED = "OldestUnannounced";

  /** Objects whose books do not balance, show several versions, or cannot be read. */
  public static final String UNBALANCED = "Unbalanced";

  /** Ledger entries of which files are not there. */
  public static final String MISSING_FILES = "MissingFiles";

  /** Files that no entry owns. */
  public static final String ORPHANS = "Orphans";

  /** Findings that were mended, or handed to ingest to be mended. */
  public static final String REPAIRED = "Repaired";

  /** 1 when the audit came to its end, 0 when time was up before or it failed. */
  public static final String COMPLETE = "Complete";

  /** How long the audit took, in milliseconds. */
  public static final String DURATION = "Duration";

  private AuditMetrics() {}
}
