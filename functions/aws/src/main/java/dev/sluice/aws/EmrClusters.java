package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterState;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.Emr;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.emr.StepState;
import dev.sluice.model.job.EmrSettings;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link Emr} over EMR on EC2. Safe for concurrent use. */
public final class EmrClusters implements Emr {
  /** How EMR says that it knows no such cluster, when the id has the right form. */
  private static final Set<String> UNKNOWN =
      Set.of("InvalidRequestException", "ValidationException");

  private final JsonCalls calls;
  private final JsonCalls once;

  /**
   * @param once what never asks again by itself: EMR would do it twice
   */
  EmrClusters(JsonCalls calls, JsonCalls once) {
    this.calls = calls;
    this.once = once;
  }

  @Override
  public String run(ClusterRequest request) {
    return text(once.call("RunJobFlow", request.name(), runJobFlow(request)), "JobFlowId");
  }

  /** What {@code RunJobFlow} is asked. */
  static Map<String, Object> runJobFlow(ClusterRequest request) {
    EmrSettings settings = request.settings();
    Map<String, Object> instances = new LinkedHashMap<>();
    instances.put("InstanceFleets", fleets(settings));
    if (!request.place().subnets().isEmpty()) {
      instances.put("Ec2SubnetIds", request.place().subnets());
    }
    instances.put("KeepJobFlowAliveWhenNoSteps", false);
    instances.put("TerminationProtected", false);
    Map<String, Object> limits = new LinkedHashMap<>();
    limits.put("UnitType", "InstanceFleetUnits");
    limits.put("MinimumCapacityUnits", settings.leastUnits());
    limits.put("MaximumCapacityUnits", settings.mostUnits());
    limits.put(
        "MaximumOnDemandCapacityUnits",
        settings.spot() ? settings.leastUnits() : settings.mostUnits());
    limits.put("MaximumCoreCapacityUnits", settings.leastUnits());
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("Name", request.name());
    input.put("ReleaseLabel", settings.release());
    input.put("Applications", List.of(Map.of("Name", "Spark")));
    input.put(
        "Configurations",
        List.of(
            Map.of(
                "Classification",
                "iceberg-defaults",
                "Properties",
                Map.of("iceberg.enabled", "true"))));
    input.put("LogUri", request.place().logs());
    input.put("ServiceRole", request.place().serviceRole());
    input.put("JobFlowRole", request.place().instanceProfile());
    request
        .place()
        .securityConfiguration()
        .ifPresent(name -> input.put("SecurityConfiguration", name));
    input.put("Instances", instances);
    input.put("ManagedScalingPolicy", Map.of("ComputeLimits", limits));
    input.put("AutoTerminationPolicy", Map.of("IdleTimeout", settings.idle().toSeconds()));
    input.put("Steps", List.of(step(request.step(), "TERMINATE_CLUSTER")));
    List<Map<String, Object>> tags = new ArrayList<>();
    request.tags().forEach((key, value) -> tags.add(Map.of("Key", key, "Value", value)));
    input.put("Tags", tags);
    return input;
  }

  /**
   * One primary and the fewest workers on demand; one more worker where there may be more, from
   * where EMR scales.
   */
  private static List<Map<String, Object>> fleets(EmrSettings settings) {
    List<Map<String, Object>> fleets = new ArrayList<>();
    fleets.add(fleet("MASTER", "primary", settings.primaryTypes(), settings.diskGib()));
    fleets.add(fleet("CORE", "workers", settings.workerTypes(), settings.diskGib()));
    fleets.get(0).put("TargetOnDemandCapacity", 1);
    fleets.get(1).put("TargetOnDemandCapacity", settings.leastUnits());
    if (settings.mostUnits() > settings.leastUnits()) {
      Map<String, Object> more =
          fleet("TASK", "more-workers", settings.workerTypes(), settings.diskGib());
      more.put(settings.spot() ? "TargetSpotCapacity" : "TargetOnDemandCapacity", 1);
      if (settings.spot()) {
        more.put(
            "LaunchSpecifications",
            Map.of(
                "SpotSpecification",
                Map.of(
                    "TimeoutDurationMinutes",
                    settings.spotTimeout().toMinutes(),
                    "TimeoutAction",
                    "SWITCH_TO_ON_DEMAND",
                    "AllocationStrategy",
                    "price-capacity-optimized")));
      }
      fleets.add(more);
    }
    return fleets;
  }

  private static Map<String, Object> fleet(
      String type, String name, List<String> types, int diskGib) {
    Map<String, Object> disk =
        Map.of(
            "EbsBlockDeviceConfigs",
            List.of(
                Map.of(
                    "VolumeSpecification",
                    Map.of("VolumeType", "gp3", "SizeInGB", diskGib),
                    "VolumesPerInstance",
                    1)));
    Map<String, Object> fleet = new LinkedHashMap<>();
    fleet.put("InstanceFleetType", type);
    fleet.put("Name", name);
    fleet.put(
        "InstanceTypeConfigs",
        types.stream()
            .map(instance -> Map.of("InstanceType", instance, "EbsConfiguration", disk))
            .toList());
    return fleet;
  }

  private static Map<String, Object> step(StepRequest step, String onFailure) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("Name", step.name());
    input.put("ActionOnFailure", onFailure);
    input.put("HadoopJarStep", Map.of("Jar", "command-runner.jar", "Args", step.arguments()));
    return input;
  }

  @Override
  public String add(String cluster, StepRequest step) {
    Map<String, @Nullable Object> answer =
        once.call(
            "AddJobFlowSteps",
            cluster,
            Map.of("JobFlowId", cluster, "Steps", List.of(step(step, "CONTINUE"))));
    List<?> ids = list(answer, "StepIds");
    if (ids.isEmpty()) {
      throw notUnderstood("AddJobFlowSteps");
    }
    return String.valueOf(ids.get(0));
  }

  @Override
  public List<ClusterSummary> clusters(Instant createdAfter, boolean active) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("CreatedAfter", createdAfter.getEpochSecond());
    if (active) {
      input.put(
          "ClusterStates",
          Arrays.stream(ClusterState.values())
              .filter(ClusterState::active)
              .map(ClusterState::name)
              .toList());
    }
    List<ClusterSummary> clusters = new ArrayList<>();
    for (Map<?, ?> found : pages("ListClusters", "clusters", input, "Clusters")) {
      Map<?, ?> status = map(found, "Status");
      clusters.add(
          new ClusterSummary(
              text(found, "Id"),
              text(found, "Name"),
              ClusterState.valueOf(text(status, "State")),
              created(status)));
    }
    return clusters;
  }

  @Override
  public Optional<Cluster> cluster(String id) {
    return calls
        .find("DescribeCluster", id, Map.of("ClusterId", id), UNKNOWN)
        .map(answer -> {
          Map<?, ?> cluster = map(answer, "Cluster");
          Map<?, ?> status = map(cluster, "Status");
          Map<?, ?> reason = map(status, "StateChangeReason");
          Map<String, String> tags = new LinkedHashMap<>();
          for (Object tag : list(cluster, "Tags")) {
            tags.put(text((Map<?, ?>) tag, "Key"), text((Map<?, ?>) tag, "Value"));
          }
          return new Cluster(
              text(cluster, "Id"),
              text(cluster, "Name"),
              ClusterState.valueOf(text(status, "State")),
              text(reason, "Code"),
              text(reason, "Message"),
              created(status),
              time(map(status, "Timeline"), "EndDateTime"),
              tags);
        });
  }

  @Override
  public List<Step> steps(String cluster) {
    if (calls.find("DescribeCluster", cluster, Map.of("ClusterId", cluster), UNKNOWN).isEmpty()) {
      return List.of();
    }
    List<Step> steps = new ArrayList<>();
    for (Map<?, ?> found : pages("ListSteps", cluster, Map.of("ClusterId", cluster), "Steps")) {
      Map<?, ?> status = map(found, "Status");
      Map<?, ?> failure = map(status, "FailureDetails");
      String reason = text(failure, "Message");
      if (reason.isEmpty()) {
        reason = text(failure, "Reason");
      }
      if (reason.isEmpty()) {
        reason = text(map(status, "StateChangeReason"), "Message");
      }
      steps.add(
          new Step(
              text(found, "Id"),
              text(found, "Name"),
              StepState.valueOf(text(status, "State")),
              reason,
              text(failure, "LogFile"),
              created(status),
              time(map(status, "Timeline"), "StartDateTime"),
              time(map(status, "Timeline"), "EndDateTime")));
    }
    return steps;
  }

  @Override
  public void cancel(String cluster, String step) {
    calls.find(
        "CancelSteps",
        cluster,
        Map.of(
            "ClusterId",
            cluster,
            "StepIds",
            List.of(step),
            "StepCancellationOption",
            "TERMINATE_PROCESS"),
        UNKNOWN);
  }

  @Override
  public void terminate(String cluster) {
    calls.find("TerminateJobFlows", cluster, Map.of("JobFlowIds", List.of(cluster)), UNKNOWN);
  }

  private List<Map<?, ?>> pages(
      String operation, String subject, Map<String, Object> input, String key) {
    List<Map<?, ?>> all = new ArrayList<>();
    Map<String, Object> asked = new LinkedHashMap<>(input);
    while (true) {
      Map<String, @Nullable Object> answer = calls.call(operation, subject, asked);
      for (Object item : list(answer, key)) {
        all.add((Map<?, ?>) item);
      }
      String marker = text(answer, "Marker");
      if (marker.isEmpty()) {
        return all;
      }
      asked.put("Marker", marker);
    }
  }

  private static Instant created(Map<?, ?> status) {
    return time(map(status, "Timeline"), "CreationDateTime").orElse(Instant.EPOCH);
  }

  private static Optional<Instant> time(Map<?, ?> map, String key) {
    Object value = map.get(key);
    if (value instanceof Long seconds) {
      return Optional.of(Instant.ofEpochSecond(seconds));
    }
    return value instanceof BigDecimal seconds
        ? Optional.of(Instant.EPOCH.plus(Duration.ofMillis(seconds.movePointRight(3).longValue())))
        : Optional.empty();
  }

  private static String text(Map<?, ?> map, String key) {
    return map.get(key) instanceof String text ? text : "";
  }

  private static Map<?, ?> map(Map<?, ?> map, String key) {
    return map.get(key) instanceof Map<?, ?> inner ? inner : Map.of();
  }

  private static List<?> list(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> inner ? inner : List.of();
  }

  private static SluiceException notUnderstood(String operation) {
    return new SluiceException(
        ErrorCode.UNAVAILABLE, "Cannot use EMR: its answer to " + operation + " is not understood");
  }
}
