package dev.sluice.lake.emr;

import dev.sluice.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import software.amazon.awssdk.services.emr.model.Cluster;
import software.amazon.awssdk.services.emr.model.ClusterStateChangeReason;
import software.amazon.awssdk.services.emr.model.ClusterStateChangeReasonCode;
import software.amazon.awssdk.services.emr.model.Step;

/** State changes in the words of the events that EMR sends to EventBridge. */
final class EmrEvents {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
  private static final Set<ClusterStateChangeReasonCode> EXPECTED =
      Set.of(
          ClusterStateChangeReasonCode.ALL_STEPS_COMPLETED,
          ClusterStateChangeReasonCode.USER_REQUEST);

  private final String region;
  private final String account;

  EmrEvents(String region, String account) {
    this.region = region;
    this.account = account;
  }

  /** The event of a cluster's state; empty for states of which EMR says nothing. */
  Optional<Map<String, Object>> cluster(Cluster cluster, Instant now) {
    ClusterStateChangeReason reason = cluster.status().stateChangeReason();
    ClusterStateChangeReasonCode code = reason == null ? null : reason.code();
    String name = cluster.id() + " (" + cluster.name() + ")";
    String at = " at " + MINUTE.format(now);
    String severity = "INFO";
    String message;
    switch (cluster.status().state()) {
      case STARTING ->
          message = "Amazon EMR cluster " + name + " was requested" + at + " and is being created.";
      case RUNNING -> message = "Amazon EMR cluster " + name + " began running steps" + at + ".";
      case WAITING ->
          message = "Amazon EMR cluster " + name + " finished running all pending steps" + at + ".";
      case TERMINATED -> {
        severity = code != null && EXPECTED.contains(code) ? "INFO" : "CRITICAL";
        message =
            "Amazon EMR Cluster "
                + name
                + " has terminated"
                + at
                + " with a reason of "
                + code
                + ".";
      }
      case TERMINATED_WITH_ERRORS -> {
        severity = "CRITICAL";
        message =
            "Amazon EMR Cluster "
                + name
                + " has terminated with errors"
                + at
                + " with a reason of "
                + code
                + ".";
      }
      default -> {
        return Optional.empty();
      }
    }
    Map<String, Object> why = new LinkedHashMap<>();
    why.put("code", code == null ? "" : code.toString());
    if (reason != null && reason.message() != null) {
      why.put("message", reason.message());
    }
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("severity", severity);
    detail.put("stateChangeReason", Json.write(why));
    detail.put("name", cluster.name());
    detail.put("clusterId", cluster.id());
    detail.put("state", cluster.status().stateAsString());
    detail.put("message", message);
    return Optional.of(event("EMR Cluster State Change", detail, now));
  }

  /** The event of a step's state. */
  Map<String, Object> step(Cluster cluster, Step step, Instant now) {
    String name = step.id() + " (" + step.name() + ")";
    String in = " in Amazon EMR cluster " + cluster.id() + " (" + cluster.name() + ")";
    String at = " at " + MINUTE.format(now);
    String severity = "INFO";
    String message =
        switch (step.status().state()) {
          case PENDING ->
              "Step "
                  + name
                  + " was added to"
                  + in.substring(" in".length())
                  + at
                  + " and is pending execution.";
          case RUNNING -> "Step " + name + in + " started running" + at + ".";
          case COMPLETED -> {
            Instant started = step.status().timeline().startDateTime();
            yield "Step "
                + name
                + in
                + " completed execution"
                + at
                + ". The step started running at "
                + MINUTE.format(started)
                + " and took "
                + Duration.between(started, now).toMinutes()
                + " minutes to complete.";
          }
          case CANCEL_PENDING -> {
            severity = "WARN";
            yield "Step " + name + in + " was cancelled" + at + " and is pending cancellation.";
          }
          case CANCELLED -> {
            severity = "WARN";
            yield "Cancellation request has succeeded for cluster step "
                + name
                + in
                + at
                + ", and the step is now cancelled.";
          }
          default -> {
            severity = "ERROR";
            yield "Step " + name + in + " failed" + at + ".";
          }
        };
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("severity", severity);
    detail.put("actionOnFailure", step.actionOnFailureAsString());
    detail.put("stepId", step.id());
    detail.put("name", step.name());
    detail.put("clusterId", cluster.id());
    detail.put("state", step.status().stateAsString());
    detail.put("message", message);
    return event("EMR Step Status Change", detail, now);
  }

  private Map<String, Object> event(String type, Map<String, Object> detail, Instant now) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("version", "0");
    event.put("id", UUID.randomUUID().toString());
    event.put("detail-type", type);
    event.put("source", "aws.emr");
    event.put("account", account);
    event.put("time", DateTimeFormatter.ISO_INSTANT.format(now.truncatedTo(ChronoUnit.SECONDS)));
    event.put("region", region);
    event.put("resources", List.of());
    event.put("detail", detail);
    return event;
  }
}
