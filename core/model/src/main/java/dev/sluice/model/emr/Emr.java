package dev.sluice.model.emr;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Clusters and their steps. There is no token that makes a launch happen once: who launches must
 * know by names and tags what is there already. A cluster or step is known by its id at once, but
 * may be missing from lists for a while.
 *
 * <p>Every method may throw {@link dev.sluice.model.SluiceException}: {@code UNAVAILABLE} when EMR
 * did not answer, asked to slow down or failed, and then the effect may or may not have taken place
 * or may still do so; {@code INVALID_SETTINGS} when it refuses, without effect.
 */
public interface Emr {

  /**
   * Starts a cluster that runs one step and ends.
   *
   * @return its id. Never asked twice for one call
   */
  String run(ClusterRequest request);

  /**
   * Adds a step to a running cluster.
   *
   * @return its id. Never asked twice for one call
   */
  String add(String cluster, StepRequest step);

  /**
   * Clusters in no order, without those that lists do not show yet.
   *
   * @param createdAfter no earlier ones
   * @param active only those that have not begun to end
   */
  List<ClusterSummary> clusters(Instant createdAfter, boolean active);

  /** A cluster by its id; empty when EMR knows none. */
  Optional<Cluster> cluster(String id);

  /** The steps of a cluster in no order; empty when EMR knows no such cluster. */
  List<Step> steps(String cluster);

  /** Ends a step; nothing happens when it has ended. */
  void cancel(String cluster, String step);

  /** Ends a cluster; nothing happens when it has ended. */
  void terminate(String cluster);
}
