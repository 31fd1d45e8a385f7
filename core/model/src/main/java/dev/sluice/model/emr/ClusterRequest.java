package dev.sluice.model.emr;

import dev.sluice.model.job.EmrSettings;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A cluster that runs one step and ends.
 *
 * @param name its name
 * @param settings release, machines, limits
 * @param place roles, network, logs
 * @param tags its tags, sorted
 * @param step what it runs
 */
public record ClusterRequest(
    String name, EmrSettings settings, EmrPlace place, Map<String, String> tags, StepRequest step) {
  public ClusterRequest {
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
  }
}
