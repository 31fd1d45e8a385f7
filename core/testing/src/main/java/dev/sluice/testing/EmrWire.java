package dev.sluice.testing;

import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.Cluster;
import dev.sluice.model.emr.ClusterRequest;
import dev.sluice.model.emr.ClusterSummary;
import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.emr.Step;
import dev.sluice.model.emr.StepRequest;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Speaks EMR's JSON protocol for a {@link FakeEmr}, with small pages. */
final class EmrWire {
  private static final int PAGE = 2;

  private final FakeEmr emr;

  EmrWire(FakeEmr emr) {
    this.emr = emr;
  }

  record Answer(int status, String body) {}

  Answer answer(String target, Map<String, @Nullable Object> input) {
    try {
      return new Answer(200, Json.write(output(target.substring(target.indexOf('.') + 1), input)));
    } catch (SluiceException e) {
      return new Answer(
          400, Json.write(Map.of("__type", "ValidationException", "message", "as told")));
    } catch (UnknownCluster e) {
      return new Answer(
          400, Json.write(Map.of("__type", "InvalidRequestException", "message", "no cluster")));
    }
  }

  private static final class UnknownCluster extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private Map<String, ?> output(String operation, Map<String, @Nullable Object> input) {
    return switch (operation) {
      case "RunJobFlow" -> Map.of("JobFlowId", emr.run(request(input)));
      case "AddJobFlowSteps" ->
          Map.of(
              "StepIds",
              List.of(
                  emr.add(
                      String.valueOf(input.get("JobFlowId")),
                      step((Map<?, ?>) ((List<?>) input.get("Steps")).get(0)))));
      case "DescribeCluster" -> Map.of("Cluster", described(known(input)));
      case "ListClusters" ->
          page(
              "Clusters",
              emr
                  .clusters(
                      Instant.ofEpochSecond((Long) input.get("CreatedAfter")),
                      input.get("ClusterStates") != null)
                  .stream()
                  .map(EmrWire::listed)
                  .toList(),
              input);
      case "ListSteps" ->
          page("Steps", emr.steps(known(input).id()).stream().map(EmrWire::step).toList(), input);
      case "CancelSteps" -> {
        emr.cancel(known(input).id(), String.valueOf(((List<?>) input.get("StepIds")).get(0)));
        yield Map.of();
      }
      case "TerminateJobFlows" -> {
        emr.terminate(String.valueOf(((List<?>) input.get("JobFlowIds")).get(0)));
        yield Map.of();
      }
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private Cluster known(Map<String, @Nullable Object> input) {
    return emr.cluster(String.valueOf(input.get("ClusterId"))).orElseThrow(UnknownCluster::new);
  }

  private static Map<String, ?> page(
      String key, List<? extends Map<String, ?>> all, Map<String, @Nullable Object> input) {
    int from = input.get("Marker") instanceof String marker ? Integer.parseInt(marker) : 0;
    int to = Math.min(all.size(), from + PAGE);
    Map<String, Object> page = new LinkedHashMap<>();
    page.put(key, all.subList(from, to));
    if (to < all.size()) {
      page.put("Marker", String.valueOf(to));
    }
    return page;
  }

  private static ClusterRequest request(Map<String, @Nullable Object> input) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (Object tag : (List<?>) input.get("Tags")) {
      Map<?, ?> one = (Map<?, ?>) tag;
      tags.put(String.valueOf(one.get("Key")), String.valueOf(one.get("Value")));
    }
    return new ClusterRequest(
        String.valueOf(input.get("Name")),
        EmrSettings.defaults(),
        new EmrPlace(
            String.valueOf(input.get("ServiceRole")),
            String.valueOf(input.get("JobFlowRole")),
            List.of(),
            Optional.empty(),
            String.valueOf(input.get("LogUri"))),
        tags,
        step((Map<?, ?>) ((List<?>) input.get("Steps")).get(0)));
  }

  private static StepRequest step(Map<?, ?> step) {
    Map<?, ?> jar = (Map<?, ?>) step.get("HadoopJarStep");
    return new StepRequest(
        String.valueOf(step.get("Name")),
        ((List<?>) jar.get("Args")).stream().map(String::valueOf).toList());
  }

  private static Map<String, Object> listed(ClusterSummary cluster) {
    return Map.of(
        "Id",
        cluster.id(),
        "Name",
        cluster.name(),
        "Status",
        status(
            cluster.state().name(),
            cluster.createdAt(),
            Optional.empty(),
            Optional.empty(),
            Map.of()));
  }

  private static Map<String, Object> described(Cluster cluster) {
    List<Map<String, String>> tags = new ArrayList<>();
    cluster.tags().forEach((key, value) -> tags.add(Map.of("Key", key, "Value", value)));
    Map<String, Object> status =
        status(
            cluster.state().name(),
            cluster.createdAt(),
            Optional.empty(),
            cluster.endedAt(),
            Map.of());
    status.put(
        "StateChangeReason", Map.of("Code", cluster.reasonCode(), "Message", cluster.reason()));
    return Map.of("Id", cluster.id(), "Name", cluster.name(), "Status", status, "Tags", tags);
  }

  private static Map<String, Object> step(Step step) {
    return Map.of(
        "Id",
        step.id(),
        "Name",
        step.name(),
        "Status",
        status(
            step.state().name(),
            step.createdAt(),
            step.startedAt(),
            step.endedAt(),
            step.reason().isEmpty()
                ? Map.of()
                : Map.of(
                    "Reason", "Unknown Error.",
                    "Message", step.reason(),
                    "LogFile", step.logFile())));
  }

  private static Map<String, Object> status(
      String state,
      Instant created,
      Optional<Instant> started,
      Optional<Instant> ended,
      Map<String, String> failure) {
    Map<String, Object> timeline = new LinkedHashMap<>();
    timeline.put("CreationDateTime", seconds(created));
    started.ifPresent(time -> timeline.put("StartDateTime", seconds(time)));
    ended.ifPresent(time -> timeline.put("EndDateTime", seconds(time)));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("State", state);
    status.put("Timeline", timeline);
    if (!failure.isEmpty()) {
      status.put("FailureDetails", failure);
    }
    return status;
  }

  private static Object seconds(Instant time) {
    return java.math.BigDecimal.valueOf(time.toEpochMilli(), 3);
  }
}
