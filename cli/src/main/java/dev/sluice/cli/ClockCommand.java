package dev.sluice.cli;

import dev.sluice.model.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice clock}. */
@Command(
    name = "clock",
    mixinStandardHelpOptions = true,
    description = {
      "The clock that the jobs' schedules of a local lake go by: tell it, or advance it, which"
          + " fires the slots in between as if the time had passed. It never goes back; everything"
          + " but the schedules has the real time."
    },
    footer = {
      "",
      "Exit codes: 0 done, 1 it failed, 2 usage.",
      "",
      "  ./sluice clock",
      "  ./sluice clock advance 1d"
    })
final class ClockCommand implements Callable<Integer> {
  private static final String PATH = "/_sluice/clock";
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(30);

  private final Console console;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "advance",
      description = "What to do; without it, the time is told.")
  private @Nullable String what;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TIME",
      description = "By how much: 1d, 12h or 30m.")
  private @Nullable String time;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "Where the local lake answers (default: AWS_ENDPOINT_URL, else " + Aws.LOCAL + ").")
  private String endpoint = "";

  ClockCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (what != null && (!what.equals("advance") || time == null)) {
      throw Failure.usage(
          "Cannot use the clock: it is advanced by a time, as in advance 1d: " + what);
    }
    Aws aws = Aws.of(endpoint, console.environment());
    URI address =
        aws.endpoint()
            .orElseThrow(() ->
                Failure.usage(
                    "Cannot use the clock: only a local lake has one, AWS has the real time."));
    String body =
        time == null ? "" : Json.write(Map.of("advance", Since.age("advance", time).toString()));
    Map<String, ?> answer = ask(aws, address.resolve(PATH), body);
    if (answer.get("slots") instanceof List<?> slots) {
      for (Object each : slots) {
        Map<?, ?> slot = (Map<?, ?>) each;
        console.out().println("fires " + slot.get("slot") + "  " + slot.get("job"));
      }
      if (slots.isEmpty()) {
        console.out().println("no slot is due until then");
      }
    }
    console.out().println("the schedules' time is " + answer.get("now"));
    return Main.OK;
  }

  /** What the schedules of that lake take for now: a local one's own time, else the real one. */
  static Instant now(Aws aws, Clock real) throws InterruptedException {
    if (aws.endpoint().isPresent()) {
      try {
        Map<String, ?> answer = ask(aws, aws.endpoint().get().resolve(PATH), "");
        return Instant.parse(String.valueOf(answer.get("now")));
      } catch (IOException | Failure | DateTimeException e) {
        // What answers there is another server, whose schedules have no clock.
      }
    }
    return real.instant();
  }

  private static Map<String, ?> ask(Aws aws, URI uri, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIME_TO_ANSWER);
      if (!body.isEmpty()) {
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
      }
      HttpResponse<String> response;
      try {
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      } catch (IOException e) {
        throw aws.unreachable(e);
      }
      Map<String, ?> answer;
      try {
        answer = Json.parseObject(response.body());
      } catch (IllegalArgumentException e) {
        throw new Failure(
            "Cannot use the clock: what answers at " + aws.address() + " is no local lake.", e);
      }
      if (response.statusCode() != 200) {
        throw new Failure(String.valueOf(answer.get("message")));
      }
      return answer;
    }
  }
}
