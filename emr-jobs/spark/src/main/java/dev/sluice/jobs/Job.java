package dev.sluice.jobs;

/**
 * One job of a step. Its class has a constructor without parameters, is named as {@code main} in
 * the job's declaration, and has a {@code main} of its own that calls {@link Run#only}.
 */
public interface Job {

  /** The datasets whose silver tables it reads, as far as can be told before it runs. */
  default java.util.List<String> inputs(JobContext context) {
    return java.util.List.of();
  }

  /**
   * Does the work.
   *
   * @return one line for people on each thing that was done
   * @throws dev.sluice.model.SluiceException when it cannot; results of earlier runs are intact
   *     then
   */
  java.util.List<String> run(JobContext context);
}
