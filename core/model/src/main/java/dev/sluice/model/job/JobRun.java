package dev.sluice.model.job;

import dev.sluice.model.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run. Kept as one JSON object on one line, a row of {@code ops.job_runs}; while
 * the run is being launched it is the lease of who launches it.
 *
 * @param id which run
 * @param status what became of it
 * @param origin who asked for it
 * @param full whether it reads everything, not only what changed
 * @param askedAt when it was first taken down
 * @param owner who launches it, a random text
 * @param leaseUntil until when nobody else may, while it is {@code CLAIMED}
 * @param shared whether its cluster runs other steps, too
 * @param cluster id of its cluster; empty before it is launched
 * @param step id of its step; empty before it is known
 * @param launchedAt when the launch was noted
 * @param startedAt when the step began
 * @param endedAt when it ended
 * @param stopAs what it is to be when it has ended, when it was told to end
 * @param reason why it failed, was skipped or is ended; may be empty
 * @param logs where its logs lie; empty before it is launched
 */
public record JobRun(
    RunId id,
    Status status,
    Origin origin,
    boolean full,
    Instant askedAt,
    String owner,
    Optional<Instant> leaseUntil,
    boolean shared,
    String cluster,
    String step,
    Optional<Instant> launchedAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<Status> stopAs,
    String reason,
    String logs) {

  /** What becomes of a run. */
  public enum Status {
    /** Somebody is about to launch it, or was. */
    CLAIMED,
    /** It waits for an earlier run of its job. */
    QUEUED,
    /** It is launched. */
    RUNNING,
    /** Its step ended well. */
    SUCCEEDED,
    /** It was not launched, or its step did not end well. */
    FAILED,
    /** It was told to end. */
    CANCELLED,
    /** An earlier run of its job had not ended. */
    SKIPPED,
    /** Nobody delivered it in time. */
    MISSED;

    /** Whether nothing more will become of it. */
    public boolean ended() {
      return compareTo(RUNNING) > 0;
    }
  }

  /** Who asks for a run. */
  public enum Origin {
    /** Its schedule. */
    SCHEDULE,
    /** A person. */
    HAND,
    /** Who looked for slots that nobody delivered. */
    RECONCILER
  }

  /** A run that is about to be launched. */
  public static JobRun claimed(
      RunId id, Origin origin, boolean full, Instant now, String owner, Instant leaseUntil) {
    return new JobRun(
        id,
        Status.CLAIMED,
        origin,
        full,
        now,
        owner,
        Optional.of(leaseUntil),
        false,
        "",
        "",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        "");
  }

  /** The same, about to be launched by that owner. */
  public JobRun claimed(String newOwner, Instant until) {
    return new JobRun(
        id,
        Status.CLAIMED,
        origin,
        full,
        askedAt,
        newOwner,
        Optional.of(until),
        shared,
        cluster,
        step,
        launchedAt,
        startedAt,
        endedAt,
        stopAs,
        reason,
        logs);
  }

  /** The same, waiting. */
  public JobRun queued(String why) {
    return new JobRun(
        id,
        Status.QUEUED,
        origin,
        full,
        askedAt,
        "",
        Optional.empty(),
        shared,
        cluster,
        step,
        launchedAt,
        startedAt,
        endedAt,
        stopAs,
        why,
        logs);
  }

  /** The same, launched. */
  public JobRun launched(
      String onCluster, String asStep, boolean onShared, Instant at, String logsAt) {
    return new JobRun(
        id,
        Status.RUNNING,
        origin,
        full,
        askedAt,
        owner,
        Optional.empty(),
        onShared,
        onCluster,
        asStep,
        Optional.of(at),
        startedAt,
        endedAt,
        stopAs,
        "",
        logsAt);
  }

  /** The same, its step known and perhaps begun. */
  public JobRun seen(String asStep, Optional<Instant> started, String logsAt) {
    return new JobRun(
        id,
        status,
        origin,
        full,
        askedAt,
        owner,
        leaseUntil,
        shared,
        cluster,
        asStep,
        launchedAt,
        started,
        endedAt,
        stopAs,
        reason,
        logsAt);
  }

  /** The same, told to end. */
  public JobRun stopping(Status as, String why) {
    return new JobRun(
        id,
        status,
        origin,
        full,
        askedAt,
        owner,
        leaseUntil,
        shared,
        cluster,
        step,
        launchedAt,
        startedAt,
        endedAt,
        Optional.of(as),
        why,
        logs);
  }

  /** The same, ended. */
  public JobRun ended(Status as, Instant at, String why, String logsAt) {
    return new JobRun(
        id,
        as,
        origin,
        full,
        askedAt,
        owner,
        Optional.empty(),
        shared,
        cluster,
        step,
        launchedAt,
        startedAt,
        Optional.of(at),
        stopAs,
        why,
        logsAt);
  }

  /** {@code <dataset>/<job>}. */
  public String job() {
    return id.slot().job();
  }

  /** Whether something may still become of it. */
  public boolean open() {
    return !status.ended();
  }

  /** How long the step ran, once it has ended. */
  public Optional<Duration> duration() {
    return startedAt.flatMap(start -> endedAt.map(end -> Duration.between(start, end)));
  }

  /**
   * The run as a JSON object, keys in snake case, in the order of the table's columns. Instants are
   * ISO 8601 in UTC. {@code dataset} is the table's partition and repeated here.
   */
  public Map<String, @Nullable Object> toJson() {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", id.toString());
    json.put("dataset", id.slot().dataset());
    json.put("job", job());
    json.put("slot", id.slot().time().toString());
    json.put("attempt", id.attempt());
    json.put("status", status.name());
    json.put("origin", origin.name());
    json.put("mode", full ? "full" : "incremental");
    json.put("asked_at", askedAt.toString());
    json.put("launched_at", text(launchedAt));
    json.put("started_at", text(startedAt));
    json.put("ended_at", text(endedAt));
    json.put("duration_ms", duration().map(Duration::toMillis).orElse(null));
    json.put("reason", reason);
    json.put("cluster", cluster);
    json.put("step", step);
    json.put("logs", logs);
    json.put("shared_cluster", shared);
    json.put("stop_as", stopAs.map(Status::name).orElse(null));
    json.put("owner", owner);
    json.put("lease_until", text(leaseUntil));
    return json;
  }

  private static @Nullable String text(Optional<Instant> instant) {
    return instant.map(Instant::toString).orElse(null);
  }

  /** The run on one line, with the line's end. */
  public String toLine() {
    return Json.write(toJson()) + "\n";
  }

  /**
   * Reads what {@link #toLine} wrote, also by a later version: unknown keys are passed over.
   *
   * @throws IllegalArgumentException when it is no entry of a run
   */
  public static JobRun parse(String line) {
    Map<String, @Nullable Object> json = Json.parseObject(line);
    return new JobRun(
        RunId.parse(text(json, "run"))
            .orElseThrow(() -> new IllegalArgumentException("run: not the id of a run")),
        Status.valueOf(text(json, "status")),
        Origin.valueOf(text(json, "origin")),
        text(json, "mode").equals("full"),
        instant(json, "asked_at").orElse(Instant.EPOCH),
        text(json, "owner"),
        instant(json, "lease_until"),
        Boolean.TRUE.equals(json.get("shared_cluster")),
        text(json, "cluster"),
        text(json, "step"),
        instant(json, "launched_at"),
        instant(json, "started_at"),
        instant(json, "ended_at"),
        Optional.of(text(json, "stop_as")).filter(t -> !t.isEmpty()).map(Status::valueOf),
        text(json, "reason"),
        text(json, "logs"));
  }

  private static String text(Map<String, ?> json, String key) {
    Object value = json.get(key);
    if (value == null) {
      return "";
    }
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(key + ": not a string");
  }

  private static Optional<Instant> instant(Map<String, ?> json, String key) {
    String text = text(json, key);
    return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
  }
}
