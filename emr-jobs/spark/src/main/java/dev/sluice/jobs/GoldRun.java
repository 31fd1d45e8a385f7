package dev.sluice.jobs;

import java.util.List;

/** One run of one {@link GoldJob}. */
final class GoldRun {
  private final JobContext context;
  private final GoldJob job;

  GoldRun(JobContext context, GoldJob job) {
    this.context = context;
    this.job = job;
  }

  List<String> run() {
    throw new UnsupportedOperationException(context.name() + " " + job.results());
  }
}
