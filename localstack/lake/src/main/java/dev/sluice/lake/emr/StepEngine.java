package dev.sluice.lake.emr;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What executes steps, each in a process of its own. */
public interface StepEngine {

  /**
   * A step to execute.
   *
   * @param clusterId its cluster
   * @param stepId the step
   * @param command what to run
   * @param defaults Spark properties of the cluster; the command's own go before them
   * @param folder where {@code stdout}, {@code stderr} and everything temporary of the step lies;
   *     it exists
   */
  record Run(
      String clusterId,
      String stepId,
      SparkSubmit command,
      Map<String, String> defaults,
      Path folder) {
    public Run {
      defaults = Map.copyOf(defaults);
    }

    /** Where the standard output goes. */
    public Path stdout() {
      return folder.resolve("stdout");
    }

    /** Where the standard error goes. */
    public Path stderr() {
      return folder.resolve("stderr");
    }
  }

  /** A step under way. */
  interface Execution {
    /** Completes with the exit code; never fails. */
    CompletableFuture<Integer> exit();

    /** Asks the process to end, which it has some seconds for. */
    void interrupt();

    /** Ends the process at once. */
    void kill();

    /** For the controller's log, for instance the number of the process. */
    String description();
  }

  /**
   * Starts a step.
   *
   * @throws dev.sluice.model.SluiceException when the process cannot be started
   */
  Execution start(Run run);
}
