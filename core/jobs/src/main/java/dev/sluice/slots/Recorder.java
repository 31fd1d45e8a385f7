package dev.sluice.slots;

import dev.sluice.model.emr.Emr;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.job.RunId;
import dev.sluice.model.store.ObjectStore;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Takes what EventBridge says about clusters and steps. An event is a hint that something happened:
 * what is noted is what EMR says when it is asked, so that lost, late and repeated events do no
 * harm.
 */
public final class Recorder {
  /** The types of events that it takes. */
  public static final String STEP = "EMR Step Status Change";

  public static final String CLUSTER = "EMR Cluster State Change";

  private final Runs runs;

  public Recorder(
      ObjectStore store, Emr emr, Jobs jobs, SlotsConfig config, Clock clock, Journal journal) {
    this(new Runs(store, emr, jobs, config, clock, Launcher::token, journal));
  }

  Recorder(Runs runs) {
    this.runs = runs;
  }

  /**
   * Takes an event as EventBridge has it.
   *
   * @return the run that it is about; empty when it is about none
   */
  public Optional<RunId> take(Map<String, ?> event) {
    Object type = event.get("detail-type");
    if (!(event.get("detail") instanceof Map<?, ?> detail)
        || !(STEP.equals(type) || CLUSTER.equals(type))) {
      return Optional.empty();
    }
    String name = String.valueOf(detail.get("name"));
    String cluster = String.valueOf(detail.get("clusterId"));
    Optional<RunId> id =
        STEP.equals(type)
            ? RunId.parse(name)
            : name.startsWith(Runs.CLUSTER_PREFIX)
                ? RunId.parse(name.substring(Runs.CLUSTER_PREFIX.length()))
                : Optional.empty();
    String step = STEP.equals(type) ? String.valueOf(detail.get("stepId")) : "";
    return id.filter(run -> runs.heard(run, cluster, step));
  }
}
