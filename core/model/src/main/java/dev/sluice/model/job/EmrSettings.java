package dev.sluice.model.job;

import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the jobs of the lake run, from {@code emr.yaml} beside the folders of the datasets.
 *
 * @param release EMR's release label
 * @param cluster the id of a running cluster that steps are added to; empty for a transient cluster
 *     for every run
 * @param primaryTypes instance types of a transient cluster's primary node, any of them
 * @param workerTypes instance types of its workers, any of them
 * @param leastUnits the fewest workers
 * @param mostUnits the most workers that managed scaling adds
 * @param spot whether workers beyond the fewest are spot instances; on-demand ones take their place
 *     when none come
 * @param spotTimeout how long to wait for them
 * @param diskGib disk space of each node
 * @param idle a transient cluster that does nothing for so long ends
 * @param age a transient cluster that is older ends, whatever it does
 */
public record EmrSettings(
    String release,
    Optional<String> cluster,
    List<String> primaryTypes,
    List<String> workerTypes,
    int leastUnits,
    int mostUnits,
    boolean spot,
    Duration spotTimeout,
    int diskGib,
    Duration idle,
    Duration age) {

  /** The file that declares them. */
  public static final String FILE = "emr.yaml";

  public EmrSettings {
    primaryTypes = List.copyOf(primaryTypes);
    workerTypes = List.copyOf(workerTypes);
  }

  /** What holds when nothing is declared. */
  public static EmrSettings defaults() {
    return new EmrSettings(
        "emr-spark-8.1.0",
        Optional.empty(),
        List.of("m7g.xlarge", "m6g.xlarge"),
        List.of("m7g.xlarge", "m6g.xlarge", "m7g.2xlarge", "m6g.2xlarge"),
        1,
        4,
        true,
        Duration.ofMinutes(10),
        64,
        Duration.ofMinutes(15),
        Duration.ofHours(12));
  }

  /**
   * Reads {@code emr.yaml} of the folder of datasets; what it does not say is as in {@link
   * #defaults}.
   *
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem
   */
  public static EmrSettings load(Path root) {
    Path file = root.resolve(FILE);
    if (!Files.exists(file)) {
      return defaults();
    }
    Problems problems = new Problems();
    EmrSettings settings = new EmrReader(file, problems).read();
    problems.throwIfAny("load the settings of EMR", file);
    return settings;
  }
}
