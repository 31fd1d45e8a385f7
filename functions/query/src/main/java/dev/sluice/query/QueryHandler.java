package dev.sluice.query;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.sluice.aws.AthenaRuns;
import dev.sluice.aws.Invocations;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.json.Json;
import dev.sluice.model.query.NamedQueries;
import dev.sluice.model.registry.HttpApiSpec;
import dev.sluice.query.Problem.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Lambda function behind the HTTP API that answers questions: declared queries with bound
 * parameters, and, where the deployment allows it, statements of callers that only read. Whatever
 * happens is answered; errors have one shape, that of {@link Problem}.
 *
 * <p>Environment: {@code SLUICE_DATASETS}, {@code SLUICE_QUERY_WORKGROUP}, {@code AWS_REGION};
 * optionally {@code SLUICE_QUERY_SQL}, {@code SLUICE_QUERY_SCAN_LIMIT}, {@code SLUICE_QUERY_PRICE}
 * and {@code AWS_ENDPOINT_URL}.
 */
public final class QueryHandler implements RequestStreamHandler {
  private final Api api;
  private final Clock clock;
  private final Consumer<String> log;

  /** Wires the function from its environment; connects to nothing yet. */
  public QueryHandler() {
    this(QuerySettings.from(System.getenv()));
  }

  private QueryHandler(QuerySettings settings) {
    this(wire(settings, Clock.systemUTC()), Clock.systemUTC(), standardOutput());
  }

  QueryHandler(Api api, Clock clock, Consumer<String> log) {
    this.api = api;
    this.clock = clock;
    this.log = log;
  }

  private static Api wire(QuerySettings settings, Clock clock) {
    Datasets datasets = Datasets.load(settings.declarations());
    Api api =
        new Api(
            NamedQueries.load(settings.declarations(), datasets),
            new Runs(
                AthenaRuns.in(settings.workgroup(), settings.aws(), clock),
                settings.price(),
                clock,
                Thread::sleep),
            settings.sql(),
            settings.scanLimit(),
            clock);
    // So that it is part of a snapshot of the started function.
    api.warmUp();
    return api;
  }

  @SuppressWarnings("SystemOut")
  private static Consumer<String> standardOutput() {
    return System.out::println;
  }

  /** Answers one request. */
  @Override
  public void handleRequest(InputStream event, OutputStream answer, Context context)
      throws IOException {
    String text = new String(event.readAllBytes(), StandardCharsets.UTF_8);
    answer.write(answer(text, context).json().getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse answer(String event, Context context) {
    Instant start = clock.instant();
    Instant until = Invocations.stop(start, Duration.ofMillis(context.getRemainingTimeInMillis()));
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("level", "INFO");
    line.put("request_id", context.getAwsRequestId());
    line.put("action", "ANSWERED");
    HttpResponse answer;
    try {
      HttpRequest request = HttpRequest.of(event);
      line.put("route", api.route(request).map(HttpApiSpec.Route::key).orElse(null));
      answer = api.answer(request, context.getAwsRequestId(), until);
    } catch (ProblemException e) {
      line.put("code", e.problem().kind().code());
      e.problem().run().ifPresent(run -> line.put("run", run));
      answer = HttpResponse.of(e.problem());
    } catch (SluiceException e) {
      line.put("level", "ERROR");
      Invocations.describe(e, line);
      answer = HttpResponse.of(problem(e));
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      line.put("level", "ERROR");
      Invocations.describe(e, line);
      answer = HttpResponse.of(internal());
    }
    line.put("status", answer.status());
    line.put("bytes", answer.body().length());
    line.put("duration_ms", Duration.between(start, clock.instant()).toMillis());
    log.accept(Json.write(line));
    return answer;
  }

  private static Problem problem(SluiceException error) {
    return switch (error.code()) {
      case THROTTLED ->
          Problem.of(
              Kind.THROTTLED,
              "Cannot ask Athena: it has too much to do at present",
              "Ask again in a few seconds, and less often.");
      case UNAVAILABLE ->
          Problem.of(
              Kind.UNAVAILABLE,
              "Cannot ask Athena: it does not answer",
              "Ask again in a few seconds.");
      case REFUSED_QUERY ->
          Problem.of(
              Kind.INVALID_REQUEST,
              "Cannot ask Athena: it does not take the statement",
              "Write a shorter statement, or one with other parameters.");
      default -> internal();
    };
  }

  private static Problem internal() {
    return Problem.of(
        Kind.INTERNAL,
        "Cannot answer: an error in this function or in its settings",
        "Give the time of the request to who operates the lake; the function's log says more.");
  }
}
