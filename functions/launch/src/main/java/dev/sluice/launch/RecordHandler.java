package dev.sluice.launch;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.aws.Invocations;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.emr.LaunchPlace;
import dev.sluice.model.job.RunId;
import dev.sluice.model.json.Json;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.OpenObject;
import dev.sluice.slots.Reconciler;
import dev.sluice.slots.Recorder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda function that records what becomes of runs. EventBridge calls it with what EMR tells
 * about clusters and steps, as it is; a schedule calls it with {@code {"reconcile":true}} to look
 * whether anything was missed. Where the schedules of jobs do not go by the real time, {@code
 * scheduled} says which time they have come to.
 *
 * <p>Environment: as {@link LaunchSettings} says, and {@code AWS_REGION}; optionally {@code
 * AWS_ENDPOINT_URL}.
 */
public final class RecordHandler implements RequestStreamHandler {
  private final Recorder recorder;
  private final Reconciler reconciler;
  private final ObjectStore store;
  private final ObjectName placeKey;
  private final LaunchPlace place;
  private final Clock clock;
  private final JobLog log;

  /** Wires the function from its environment; connects to nothing yet. */
  public RecordHandler() {
    this(LaunchSettings.from(System.getenv()).wire());
  }

  @SuppressWarnings("SystemOut")
  private RecordHandler(LaunchSettings.Wired wired) {
    this(wired, new JobLog(System.out::println, wired.clock()));
  }

  RecordHandler(LaunchSettings.Wired wired, JobLog log) {
    recorder =
        new Recorder(wired.store(), wired.emr(), wired.jobs(), wired.config(), wired.clock(), log);
    reconciler =
        new Reconciler(
            wired.store(), wired.emr(), wired.jobs(), wired.config(), wired.clock(), log);
    store = wired.store();
    placeKey =
        new ObjectName(
            wired.config().layout().lakeBucket(), wired.config().layout().launchPlaceKey());
    place = new LaunchPlace(wired.config().code(), wired.config().place());
    clock = wired.clock();
    this.log = log;
  }

  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    log.begin(context.getAwsRequestId());
    boolean reconciling = false;
    try {
      Map<String, @Nullable Object> json = parsed(event);
      reconciling = Boolean.TRUE.equals(json.get("reconcile"));
      Map<String, @Nullable Object> said =
          reconciling
              ? reconcile(json, Duration.ofMillis(context.getRemainingTimeInMillis()))
              : record(json);
      answer.write(Json.write(said).getBytes(StandardCharsets.UTF_8));
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      log.failed(e, reconciling);
      throw e;
    }
  }

  private static Map<String, @Nullable Object> parsed(InputStream event) throws IOException {
    try {
      return Json.parseObject(new String(event.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot record: the event is no JSON object. It takes EventBridge's events of EMR, and"
              + " {\"reconcile\":true}.",
          e);
    }
  }

  private Map<String, @Nullable Object> record(Map<String, @Nullable Object> event) {
    Optional<RunId> run = recorder.take(event);
    log.heard(run);
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    said.put("run", run.map(RunId::toString).orElse(null));
    return said;
  }

  private Map<String, @Nullable Object> reconcile(
      Map<String, @Nullable Object> event, Duration remaining) throws IOException {
    Instant scheduled = scheduled(event);
    tellCommands();
    Instant stop = Invocations.stop(clock.instant(), remaining);
    Reconciler.Report report = reconciler.run(stop, scheduled);
    log.reconciled(report);
    Map<String, @Nullable Object> said = new LinkedHashMap<>();
    said.put("complete", report.complete());
    said.put("open", report.open());
    said.put("missed", report.missed());
    return said;
  }

  private Instant scheduled(Map<String, @Nullable Object> event) {
    Object time = event.get("scheduled");
    if (time == null) {
      return clock.instant();
    }
    try {
      return Instant.parse(String.valueOf(time));
    } catch (DateTimeException e) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot look after runs: scheduled is not an instant, as 2026-11-21T02:00:00Z: "
              + time
              + ". Correct the schedule's input.",
          e);
    }
  }

  /** Commands launch as the functions do, and have no environment that would tell them how. */
  private void tellCommands() throws IOException {
    Content content = Content.of(place.toLine());
    Optional<OpenObject> there = store.open(placeKey);
    if (there.isEmpty()) {
      store.putIfAbsent(placeKey, content, "application/json");
      return;
    }
    try (OpenObject open = there.get()) {
      String text = new String(open.content().readAllBytes(), StandardCharsets.UTF_8);
      if (!text.equals(place.toLine())) {
        store.putIfMatch(placeKey, open.info().etag(), content, "application/json");
      }
    }
  }
}
