package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.model.json.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code sluice accept}: the acceptance scenario itself, and what it says of a server that lacks.
 */
class AcceptIT {
  @TempDir Path folder;

  private final Recorder sluice = new Recorder();

  @Test
  void aLakeOfItsOwnPassesEveryStep() {
    int code = sluice.run("accept", "--json", "--records", "1000");

    assertThat(outcomes()).as(sluice.out() + sluice.err()).containsOnly("passed").hasSize(12);
    assertThat(code).isZero();
  }

  @Test
  void aLakeAtAnEndpointPassesTooAndIsToldFromAWrongOne() throws Exception {
    try (LocalLake lake =
        LocalLake.start(
            sluice.console(),
            folder.resolve("data"),
            0,
            sluice.console().root().resolve("datasets"))) {
      String address = lake.aws().address();
      assertThat(sluice.run("accept", "--endpoint", address, "--dataset", "receipts", "--strict"))
          .as(sluice.out() + sluice.err())
          .isZero();
      assertThat(sluice.out()).contains("12 of 12 steps passed");
    }
  }

  @Test
  void whatAServerDoesNotHaveIsSaidAndOnlyStrictlyAFailure() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              "<Error><Code>NotImplemented</Code><Message>no such service</Message></Error>"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(501, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String address = "http://127.0.0.1:" + server.getAddress().getPort();

      int lenient = sluice.run("accept", "--endpoint", address, "--json");
      List<String> outcomes = outcomes();

      assertThat(outcomes).as(sluice.out()).containsOnly("unavailable", "not_tried");
      assertThat(lenient).isZero();
      assertThat(sluice.run("accept", "--endpoint", address, "--strict")).isEqualTo(Main.FAILED);
    } finally {
      server.stop(0);
    }
  }

  private List<String> outcomes() {
    Map<String, ?> document = Json.parseObject(sluice.out());
    return ((List<?>) document.get("steps"))
        .stream().map(step -> String.valueOf(((Map<?, ?>) step).get("outcome"))).toList();
  }
}
