package dev.sluice.jobs;

import java.util.List;

/**
 * A job that computes gold tables from silver ones. It says what it reads and how each result
 * follows from that; selecting partitions, reading and writing are not its business.
 */
public interface GoldJob extends Job {

  /** The datasets whose silver tables it reads. */
  List<String> inputs();

  /**
   * The tables that it writes, in that order: those that the job's declaration names. A later one
   * may read an earlier one by {@link Tables#gold}.
   */
  List<Result> results();

  /**
   * Changes when the same input leads to other results than before; then everything is computed
   * anew, whatever the mode.
   */
  default String revision() {
    return "1";
  }

  /** How many results of small inputs may be computed at a time; planning them takes longest. */
  default int mostAtOnce() {
    return 2;
  }

  @Override
  default List<String> inputs(JobContext context) {
    return inputs();
  }

  @Override
  default List<String> run(JobContext context) {
    return new GoldRun(context, this).run();
  }
}
