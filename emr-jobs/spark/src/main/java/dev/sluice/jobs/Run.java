package dev.sluice.jobs;

/** Runs jobs in one Spark session: the class of every step. */
public final class Run {
  private Run() {}

  /** Runs one job, whose name need not be among the arguments. */
  public static void only(Class<? extends Job> job, String[] args) {
    throw new UnsupportedOperationException(job + " " + args.length);
  }
}
