package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClockCommandTest {
  private static final Instant REAL = Instant.parse("2026-11-21T12:00:00Z");

  private static Instant now(int status, String body) throws IOException, InterruptedException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/_sluice/clock",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      return ClockCommand.now(
          Aws.of("http://127.0.0.1:" + server.getAddress().getPort(), Map.of()),
          Clock.fixed(REAL, ZoneOffset.UTC));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void schedulesOfALocalLakeGoByItsClock() throws Exception {
    assertThat(now(200, "{\"now\":\"2026-11-23T12:00:00Z\",\"ahead\":\"PT48H\"}"))
        .isEqualTo(Instant.parse("2026-11-23T12:00:00Z"));
  }

  @Test
  void thoseOfAnotherServerGoByTheRealOne() throws Exception {
    assertThat(now(404, "<html>no such page</html>")).isEqualTo(REAL);
    assertThat(now(400, "{\"message\":\"no\"}")).isEqualTo(REAL);
    assertThat(now(200, "{}")).isEqualTo(REAL);
  }
}
