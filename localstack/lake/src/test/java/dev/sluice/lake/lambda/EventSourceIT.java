package dev.sluice.lake.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.sqs.Queues;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventSourceIT {
  @TempDir Path folder;
  Queues queues;
  FunctionPool pool;
  EventSource source;
  Path results;

  @BeforeEach
  void start() {
    queues = Queues.open(folder.resolve("journal"), "us-east-1", "000000000000", Clock.systemUTC());
    queues.create("dead", Map.of());
    queues.create(
        "q",
        Map.of(
            "RedrivePolicy",
            "{\"deadLetterTargetArn\":\"" + queues.arn("dead") + "\",\"maxReceiveCount\":2}"));
    results = folder.resolve("results");
    pool =
        new FunctionPool(
            new LambdaFunction(
                "tester",
                TestFunction.class.getName() + "::handle",
                TestFunction.jar(folder),
                128,
                Duration.ofSeconds(30),
                Map.of("RESULT_FILE", results.toString())),
            new FunctionPool.Settings(
                Path.of(System.getProperty("java.home")),
                folder.resolve("lambda"),
                folder.resolve("logs"),
                () -> URI.create("http://127.0.0.1:1"),
                "us-east-1",
                "000000000000",
                2,
                FunctionPool.Settings.hasNativeClient(),
                Duration.ofSeconds(60)));
    source =
        EventSource.start(
            queues,
            pool,
            new EventSource.Settings(
                "q", "us-east-1", 10, Duration.ZERO, 2, Duration.ofMillis(200)));
  }

  @AfterEach
  void stop() {
    source.close();
    pool.close();
    queues.close();
  }

  void send(String body) {
    queues.send(queues.arn("q"), body);
  }

  static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.sleep(20);
    }
  }

  @Test
  void everyMessageIsHandledAndDeleted() throws Exception {
    IntStream.range(0, 100).forEach(i -> send("m" + i));
    await(() -> queues.counts("q").total() == 0);
    assertThat(new TreeSet<>(Files.readAllLines(results))).hasSize(100);
  }

  @Test
  void onlyWhatFailedIsDeliveredAgainAndEndsInTheDeadLetterQueue() throws Exception {
    for (String body : List.of("a", "bad1", "b", "bad2", "c")) {
      send(body);
    }
    await(() -> queues.counts("dead").total() == 2 && queues.counts("q").total() == 0);
    assertThat(Files.readAllLines(results)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void aFunctionThatFailsLeavesItsMessages() throws Exception {
    for (String body : List.of("!throw", "!garbage", "!crash")) {
      send(body);
      await(() -> queues.counts("q").total() == 0);
    }
    assertThat(queues.counts("dead").total()).isEqualTo(3);
  }

  @Test
  void stoppingLeavesTheRestInTheQueue() throws Exception {
    source.close();
    send("later");
    assertThat(queues.counts("q").visible()).isEqualTo(1);
  }
}
