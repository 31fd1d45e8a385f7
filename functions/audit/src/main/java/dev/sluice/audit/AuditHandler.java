package dev.sluice.audit;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.aws.AwsClients;
import dev.sluice.aws.Invocations;
import dev.sluice.books.Audit;
import dev.sluice.books.AuditReport;
import dev.sluice.books.AuditRequest;
import dev.sluice.books.Redrive;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda function that a schedule calls: compares uploads, ledger and files, mends what differs
 * if it is to, and writes what it found as one line with metrics.
 *
 * <p>The event is a JSON object, all of whose fields may be left out: {@code dataset}; {@code
 * since}, an instant or a span before now as {@code P7D}, by default two days; {@code full}, true
 * for everything; {@code repair}, by default {@code SLUICE_AUDIT_REPAIR}. The answer is a JSON
 * object with counts. Time that is up is no error: what was found until then is mended and counted,
 * and {@code complete} is false.
 *
 * <p>Environment: {@code SLUICE_DATASETS}, {@code SLUICE_RAW_BUCKET}, {@code SLUICE_LAKE_BUCKET},
 * {@code SLUICE_INGEST_QUEUE}, {@code AWS_REGION}; optionally {@code SLUICE_AUDIT_REPAIR}, {@code
 * SLUICE_SCRATCH} and {@code AWS_ENDPOINT_URL}.
 */
public final class AuditHandler implements RequestStreamHandler {
  private final Audit audit;
  private final boolean repair;
  private final Clock clock;
  private final AuditLog log;

  /** Wires the function from its environment; connects to nothing yet. */
  public AuditHandler() {
    this(AuditSettings.from(System.getenv()));
  }

  private AuditHandler(AuditSettings settings) {
    this(wire(settings), settings.repair(), Clock.systemUTC(), standardOutput());
  }

  AuditHandler(Audit audit, boolean repair, Clock clock, AuditLog log) {
    this.audit = audit;
    this.repair = repair;
    this.clock = clock;
    this.log = log;
  }

  private static Audit wire(AuditSettings settings) {
    Clock clock = Clock.systemUTC();
    AwsClients clients = new AwsClients(settings.lake().aws());
    try {
      return new Audit(
          clients.objects(),
          settings.lake().datasets(),
          new Redrive(clients.queue(settings.queue(), clock), clock),
          Audit.Config.of(
              settings.lake().layout(), Files.createDirectories(settings.lake().scratch())),
          clock);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot start: the scratch folder cannot be used: " + settings.lake().scratch(),
          e);
    }
  }

  @SuppressWarnings("SystemOut")
  private static AuditLog standardOutput() {
    return new AuditLog(System.out::println);
  }

  /**
   * Audits once.
   *
   * @throws SluiceException when the audit failed, so that the invocation counts as failed and is
   *     tried again
   */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    String input = new String(event.readAllBytes(), StandardCharsets.UTF_8);
    answer.write(Json.write(audit(input, context)).getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, @Nullable Object> audit(String event, Context context) {
    Instant start = clock.instant();
    Instant stop = Invocations.stop(start, Duration.ofMillis(context.getRemainingTimeInMillis()));
    String dataset = "";
    try {
      AuditRequest request = AuditEvent.request(event, repair, start, stop);
      dataset = request.dataset().orElse("");
      AuditReport report = audit.run(request, Audit.Progress.NONE);
      log.done(context.getAwsRequestId(), start, request, report);
      return AuditLog.summary(report);
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      log.failed(
          context.getAwsRequestId(), start, dataset, e, Duration.between(start, clock.instant()));
      if (e instanceof SluiceException known && known.code() == ErrorCode.OUT_OF_TIME) {
        // Tried again it would end the same way.
        Map<String, @Nullable Object> unfinished = new LinkedHashMap<>();
        unfinished.put("complete", false);
        unfinished.put("message", known.getMessage());
        return unfinished;
      }
      throw e;
    }
  }
}
