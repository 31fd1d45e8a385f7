package dev.sluice.cli;

import dev.sluice.model.job.JobCode;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.registry.LakeLayout;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.emr.model.ActionOnFailure;
import software.amazon.awssdk.services.emr.model.Application;
import software.amazon.awssdk.services.emr.model.StepConfig;
import software.amazon.awssdk.services.emr.model.StepSummary;

/** All jobs as one step of a cluster of its own, so that Spark's start is paid once. */
final class DemoStep {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final EmrClient emr;

  DemoStep(EmrClient emr) {
    this.emr = emr;
  }

  /**
   * Runs the jobs, and waits for their end.
   *
   * @param release the EMR release
   * @param progress is told the step's state
   * @return why the step failed, if it did
   */
  Optional<String> run(
      List<JobDeclaration> jobs,
      JobCode code,
      LakeLayout layout,
      String release,
      Consumer<String> progress)
      throws InterruptedException {
    List<String> arguments =
        JobCommand.of(
                jobs, Instant.now().truncatedTo(ChronoUnit.SECONDS), "demo", true, code, layout)
            .arguments();
    String cluster =
        emr.runJobFlow(request ->
                request
                    .name("sluice.demo")
                    .releaseLabel(release)
                    .logUri(layout.lakeUri(layout.jobLogsPrefix()))
                    .applications(Application.builder().name("Spark").build())
                    .instances(i -> i.instanceCount(1).masterInstanceType("m7g.xlarge"))
                    .steps(
                        StepConfig.builder()
                            .name("demo")
                            .actionOnFailure(ActionOnFailure.TERMINATE_CLUSTER)
                            .hadoopJarStep(jar -> jar.jar("command-runner.jar").args(arguments))
                            .build()))
            .jobFlowId();
    long start = System.nanoTime();
    while (true) {
      StepSummary step = emr.listSteps(request -> request.clusterId(cluster)).steps().getFirst();
      switch (step.status().state()) {
        case COMPLETED -> {
          return Optional.empty();
        }
        case FAILED, CANCELLED, INTERRUPTED -> {
          return Optional.of(
              step.status().failureDetails() == null
                  ? "the step is " + step.status().stateAsString()
                  : step.status().failureDetails().message()
                      + " ("
                      + step.status().failureDetails().logFile()
                      + ")");
        }
        default ->
            progress.accept(step.status().stateAsString().toLowerCase(java.util.Locale.ROOT));
      }
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        return Optional.of("the step has not ended after " + PATIENCE.toMinutes() + " minutes");
      }
      Thread.sleep(200);
    }
  }
}
