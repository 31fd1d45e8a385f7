package dev.sluice.model.registry;

/**
 * Names of the metrics that the functions launch and record write and that their alarms look at: of
 * all jobs without dimensions, and of each by {@link #JOB}.
 */
public final class JobMetrics {
  /** Where CloudWatch keeps them. */
  public static final String NAMESPACE = "Sluice/Jobs";

  /** The dimension of a job. */
  public static final String JOB = "job";

  /** Clusters and steps asked for. */
  public static final String LAUNCHED = "Launched";

  /** Runs that ended well. */
  public static final String SUCCEEDED = "Succeeded";

  /** Runs that did not. */
  public static final String FAILED = "Failed";

  /** Slots that were not run because of an earlier run. */
  public static final String SKIPPED = "Skipped";

  /** Slots that nobody had delivered. */
  public static final String MISSED = "Missed";

  /** Clusters that belonged to no run, and were ended. */
  public static final String ORPHANS = "Orphans";

  /** Runs that had not ended when the reconciler looked; without dimensions only. */
  public static final String OPEN = "Open";

  /** 1 when the reconciler looked at everything, else 0; without dimensions only. */
  public static final String COMPLETE = "Complete";

  private JobMetrics() {}
}
