package dev.sluice.lake.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.lake.schedule.JobSchedules;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells and advances the clock of the schedules, which AWS has no operation for. */
final class ClockHandler implements HttpHandler {
  private static final int MAX_BODY = 1 << 10;

  private final Supplier<Optional<JobSchedules>> schedules;

  ClockHandler(Supplier<Optional<JobSchedules>> schedules) {
    this.schedules = schedules;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, Object> answer = new LinkedHashMap<>();
      int status = 200;
      Optional<JobSchedules> running = schedules.get();
      if (running.isEmpty()) {
        status = 503;
        answer.put("message", "Cannot use the clock: the local lake is starting.");
      } else if (exchange.getRequestMethod().equals("GET")) {
        tell(running.get(), answer);
      } else {
        status = advance(exchange, running.get(), answer);
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      Responses.send(exchange, status, Json.write(answer).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void tell(JobSchedules schedules, Map<String, Object> answer) {
    answer.put("now", schedules.clock().now().toString());
    answer.put("ahead", schedules.clock().ahead().toString());
  }

  private static int advance(
      HttpExchange exchange, JobSchedules schedules, Map<String, Object> answer)
      throws IOException {
    // A page in a browser cannot send this without asking first.
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (!exchange.getRequestMethod().equals("POST") || !"application/json".equals(type)) {
      answer.put("message", "Cannot use the clock: GET it, or POST it JSON.");
      return 405;
    }
    try (InputStream in = exchange.getRequestBody()) {
      String body = new String(in.readNBytes(MAX_BODY), StandardCharsets.UTF_8);
      Duration by = Duration.parse(String.valueOf(Json.parseObject(body).get("advance")));
      List<Map<String, Object>> slots =
          schedules.advance(by).stream()
              .map(slot -> {
                Map<String, Object> each = new LinkedHashMap<>();
                each.put("job", slot.job());
                each.put("slot", slot.time().toString());
                return each;
              })
              .toList();
      tell(schedules, answer);
      answer.put("slots", slots);
      return 200;
    } catch (DateTimeException e) {
      answer.put("message", "Cannot advance the clock: it wants {\"advance\":\"PT24H\"}.");
      return 400;
    } catch (IllegalArgumentException e) {
      answer.put("message", String.valueOf(e.getMessage()));
      return 400;
    }
  }
}
