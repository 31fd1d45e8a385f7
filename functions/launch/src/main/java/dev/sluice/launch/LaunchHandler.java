package dev.sluice.launch;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.job.JobRun;
import dev.sluice.model.json.Json;
import dev.sluice.slots.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda function that schedules of jobs call: launches the slot's run, once.
 *
 * <p>The event is a JSON object with {@code job}, the job's name, and {@code slot}, the scheduled
 * time. The answer says which run that is and how it stands. A failure is worth a second call, and
 * needs none: what was begun is noted, and the reconciler goes on with it.
 *
 * <p>Environment: as {@link LaunchSettings} says, and {@code AWS_REGION}; optionally {@code
 * AWS_ENDPOINT_URL}.
 */
public final class LaunchHandler implements RequestStreamHandler {
  private static final List<String> FIELDS = List.of("job", "slot");

  private final Launcher launcher;
  private final JobLog log;

  /** Wires the function from its environment; connects to nothing yet. */
  public LaunchHandler() {
    this(LaunchSettings.from(System.getenv()).wire());
  }

  @SuppressWarnings("SystemOut")
  private LaunchHandler(LaunchSettings.Wired wired) {
    this(wired, new JobLog(System.out::println, wired.clock()));
  }

  LaunchHandler(LaunchSettings.Wired wired, JobLog log) {
    this(
        new Launcher(wired.store(), wired.emr(), wired.jobs(), wired.config(), wired.clock(), log),
        log);
  }

  private LaunchHandler(Launcher launcher, JobLog log) {
    this.launcher = launcher;
    this.log = log;
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    log.begin(context.getAwsRequestId());
    try {
      JobRun run = launch(new String(event.readAllBytes(), StandardCharsets.UTF_8));
      log.delivered(run);
      Map<String, @Nullable Object> said = new LinkedHashMap<>();
      said.put("run", run.id().toString());
      said.put("status", run.status().name());
      answer.write(Json.write(said).getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      log.failed(e, false);
      throw e;
    }
  }

  private JobRun launch(String event) {
    List<String> problems = new ArrayList<>();
    Map<String, @Nullable Object> json = Map.of();
    try {
      json = Json.parseObject(event);
    } catch (IllegalArgumentException e) {
      problems.add("not a JSON object");
    }
    for (String name : json.keySet()) {
      if (!FIELDS.contains(name)) {
        problems.add("unknown: " + name + " (known are " + String.join(", ", FIELDS) + ")");
      }
    }
    String job = json.get("job") instanceof String text ? text : "";
    if (job.isEmpty()) {
      problems.add("job: not the name of a job");
    }
    Optional<Instant> slot = Optional.empty();
    try {
      slot = Optional.of(Instant.parse(String.valueOf(json.get("slot"))));
    } catch (DateTimeException e) {
      problems.add("slot: not an instant, as 2026-11-21T02:00:00Z");
    }
    if (!problems.isEmpty() || slot.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot launch: the event is not right: "
              + String.join("; ", problems)
              + ". Correct the schedule's input.");
    }
    return launcher.deliver(job, slot.get());
  }
}
