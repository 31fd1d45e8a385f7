package dev.sluice.ingest;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import dev.sluice.aws.AwsClients;
import dev.sluice.aws.Invocations;
import dev.sluice.aws.LakeEnvironment;
import dev.sluice.books.Attempt;
import dev.sluice.books.Ingest;
import dev.sluice.books.ObjectEvent;
import dev.sluice.books.Outcome;
import dev.sluice.books.Scratch;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Datasets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Lambda function behind the ingest queue: takes a batch of messages with S3 events, and
 * answers which of them have to be delivered again. One message never affects another.
 *
 * <p>Environment: {@code SLUICE_DATASETS}, {@code SLUICE_RAW_BUCKET}, {@code SLUICE_LAKE_BUCKET},
 * {@code AWS_REGION}; optionally {@code SLUICE_SCRATCH}, {@code SLUICE_LIMITS} and {@code
 * AWS_ENDPOINT_URL}.
 */
public final class IngestHandler implements RequestHandler<SQSEvent, SQSBatchResponse> {
  /** A function's /tmp has 512 MB unless it is given more, and the files go there, too. */
  private static final long SCRATCH_BYTES = 256L << 20;

  private final Ingest ingest;
  private final Clock clock;
  private final Log log;

  /** Wires the function from its environment; connects to nothing yet. */
  public IngestHandler() {
    this(System.getenv());
  }

  IngestHandler(Map<String, String> environment) {
    this(wire(IngestSettings.from(environment), environment), Clock.systemUTC(), standardOutput());
  }

  IngestHandler(Ingest ingest, Clock clock, Log log) {
    this.ingest = ingest;
    this.clock = clock;
    this.log = log;
  }

  private static Ingest wire(IngestSettings settings, Map<String, String> environment) {
    LakeEnvironment lake = settings.lake();
    Datasets datasets = lake.datasets();
    AwsClients clients = new AwsClients(lake.aws());
    ConvertOptions options =
        ConvertOptions.defaults().withScratchBytes(SCRATCH_BYTES).withLimits(settings.limits());
    Map<String, Converter> converters = new LinkedHashMap<>();
    datasets
        .all()
        .forEach(dataset -> converters.put(dataset.name(), new Converter(dataset, options)));
    return new Ingest(
        clients.objects(),
        clients.partitions(Clock.systemUTC()),
        (dataset, source, data, quarantine, progress) ->
            converters.get(dataset.name()).convert(source, data, quarantine, progress),
        datasets,
        new Ingest.Config(
            lake.layout(), Catalog.SILVER, Scratch.prepare(lake.scratch()), version(environment)),
        Clock.systemUTC());
  }

  private static String version(Map<String, String> environment) {
    String published = environment.getOrDefault("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    return program() + (published.equals("$LATEST") ? "" : "/" + published);
  }

  /** A resource, since Lambda unpacks the jar and its manifest is lost. */
  private static String program() {
    try (InputStream in =
        Objects.requireNonNull(IngestHandler.class.getResourceAsStream("version.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("SystemOut")
  private static Log standardOutput() {
    return new Log(System.out::println);
  }

  @Override
  public SQSBatchResponse handleRequest(SQSEvent batch, Context context) {
    Duration remaining = Duration.ofMillis(context.getRemainingTimeInMillis());
    Instant start = clock.instant();
    Instant death = start.plus(remaining);
    Instant stop = Invocations.stop(start, remaining);
    List<SQSBatchResponse.BatchItemFailure> failures = new ArrayList<>();
    int number = 0;
    for (SQSEvent.SQSMessage message : batch.getRecords()) {
      Attempt attempt =
          new Attempt(
              context.getAwsRequestId().replaceAll("[^A-Za-z0-9-]", "-") + "-" + number++,
              Objects.requireNonNullElse(message.getMessageId(), ""),
              receiveCount(message),
              start,
              stop,
              death);
      if (!handled(message, attempt, context.getAwsRequestId())) {
        failures.add(new SQSBatchResponse.BatchItemFailure(message.getMessageId()));
      }
    }
    return new SQSBatchResponse(failures);
  }

  private boolean handled(SQSEvent.SQSMessage message, Attempt attempt, String requestId) {
    Map<String, String> ids = new LinkedHashMap<>();
    ids.put("request_id", requestId);
    ids.put("message_id", message.getMessageId());
    ids.put("attempt", Integer.toString(attempt.number()));
    if (!clock.instant().isBefore(attempt.stop())) {
      log.message("WARN", ids, "GIVEN_BACK", "No time is left in this invocation.");
      return false;
    }
    List<ObjectEvent> events;
    try {
      events = Envelopes.read(message.getBody());
    } catch (IllegalArgumentException e) {
      log.failed(
          ids,
          null,
          new SluiceException(
              ErrorCode.INTERNAL,
              "Cannot read the message: "
                  + e.getMessage()
                  + ". Look at it in the dead-letter queue, and at what sends to this queue.",
              e),
          Duration.ZERO);
      return false;
    }
    if (events.isEmpty()) {
      log.message("INFO", ids, "IGNORED", "The message tests the notification.");
    }
    boolean all = true;
    int number = 0;
    for (ObjectEvent event : events) {
      Attempt own =
          new Attempt(
              attempt.id() + "-" + number++,
              attempt.message(),
              attempt.number(),
              attempt.start(),
              attempt.stop(),
              attempt.death());
      all &= handled(event, own, ids);
    }
    return all;
  }

  private boolean handled(ObjectEvent event, Attempt attempt, Map<String, String> ids) {
    Instant started = clock.instant();
    try {
      Outcome outcome = ingest.handle(event, attempt);
      log.done(ids, event, outcome, Duration.between(started, clock.instant()));
      return true;
    } catch (RuntimeException | VirtualMachineError | LinkageError e) {
      // Whatever one object brings about, those beside it have their turn.
      log.failed(ids, event, e, Duration.between(started, clock.instant()));
      return false;
    }
  }

  private static int receiveCount(SQSEvent.SQSMessage message) {
    Map<String, String> attributes = message.getAttributes();
    String count = attributes == null ? null : attributes.get("ApproximateReceiveCount");
    try {
      return count == null ? 1 : Integer.parseInt(count);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
