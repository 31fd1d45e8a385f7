package dev.sluice.lake.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionPoolIT {
  @TempDir Path folder;
  Path jar;
  FunctionPool pool;

  @BeforeEach
  void start() {
    jar = TestFunction.jar(folder);
    pool = pool(jar, Duration.ofSeconds(30), 2);
  }

  @AfterEach
  void stop() {
    pool.close();
  }

  FunctionPool pool(Path jar, Duration timeout, int concurrency) {
    return new FunctionPool(
        new LambdaFunction(
            "tester",
            TestFunction.class.getName() + "::handle",
            jar,
            256,
            timeout,
            Map.of("GIVEN", "yes")),
        settings(concurrency));
  }

  FunctionPool.Settings settings(int concurrency) {
    return new FunctionPool.Settings(
        Path.of(System.getProperty("java.home")),
        folder.resolve("lambda"),
        folder.resolve("logs"),
        () -> URI.create("http://127.0.0.1:1"),
        "us-east-1",
        "000000000000",
        concurrency,
        FunctionPool.Settings.hasNativeClient(),
        Duration.ofSeconds(60));
  }

  Outcome invoke(String event) throws InterruptedException {
    return pool.invoke(Json.write(Map.of("body", event)).getBytes(StandardCharsets.UTF_8));
  }

  Map<String, Object> describe() throws InterruptedException {
    Outcome outcome = invoke("!describe");
    assertThat(outcome).isInstanceOf(Outcome.Returned.class);
    return Json.parseObject(((Outcome.Returned) outcome).payload());
  }

  @Test
  void theJarRunsWithItsMemoryAndItsEnvironmentOnly() throws Exception {
    Map<String, Object> described = describe();
    assertThat((Long) described.get("memory")).isBetween(200L << 20, 218L << 20);
    assertThat((String) described.get("env"))
        .contains(
            "AWS_ENDPOINT_URL=http://127.0.0.1:1",
            "AWS_LAMBDA_FUNCTION_NAME=tester",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
            "AWS_REGION=us-east-1",
            "GIVEN=yes")
        .doesNotContain("HOME=", "PATH=");
  }

  @Test
  void anEventGoesThroughUnchanged() throws Exception {
    assertThat(invoke("!echo ä\uD83D\uDE00"))
        .isInstanceOfSatisfying(
            Outcome.Returned.class,
            r -> assertThat(r.payload()).isEqualTo("{\"body\":\"!echo ä\uD83D\uDE00\"}"));
  }

  @Test
  void aProcessIsKeptForTheNextEvent() throws Exception {
    Object first = describe().get("pid");
    assertThat(describe().get("pid")).isEqualTo(first);
    assertThat(pool.pids()).containsExactly((Long) first);
  }

  @Test
  void anExceptionFailsTheInvocationAndLeavesTheProcess() throws Exception {
    Object first = describe().get("pid");
    assertThat(invoke("!throw"))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> {
              assertThat(f.type()).isEqualTo("java.lang.IllegalStateException");
              assertThat(f.message()).isEqualTo("as asked");
            });
    assertThat(describe().get("pid")).isEqualTo(first);
  }

  @Test
  void aProcessThatEndsFailsTheInvocationAndIsReplaced() throws Exception {
    Object first = describe().get("pid");
    assertThat(invoke("!crash"))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> {
              assertThat(f.type()).isEqualTo("Runtime.ExitError");
              assertThat(f.message()).contains("3");
            });
    assertThat(describe().get("pid")).isNotEqualTo(first);
  }

  @Test
  void anInvocationThatTakesTooLongIsEnded() throws Exception {
    pool.close();
    pool = pool(jar, Duration.ofSeconds(1), 1);
    Long first = (Long) describe().get("pid");
    assertThat(invoke("!sleep"))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            f -> assertThat(f.message()).isEqualTo("Task timed out after 1.00 seconds"));
    assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(describe().get("pid")).isNotEqualTo(first);
  }

  @Test
  void atMostAsManyProcessesRunAsAllowed() throws Exception {
    Set<Object> pids = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Boolean> task = () -> pids.add(describe().get("pid"));
      List<Future<Boolean>> all =
          IntStream.range(0, 12).mapToObj(i -> threads.submit(task)).toList();
      for (Future<Boolean> one : all) {
        one.get();
      }
    }
    assertThat(pids).hasSizeBetween(1, 2);
    assertThat(pool.pids()).hasSameSizeAs(pids);
  }

  @Test
  void aJarThatIsBuiltAnewIsUsedForTheNextEvent() throws Exception {
    Object first = describe().get("pid");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1_700_000_000_000L));
    assertThat(describe().get("pid")).isNotEqualTo(first);
  }

  @Test
  void aWarmPoolHasAProcessBeforeTheFirstEvent() throws Exception {
    pool.warm();
    assertThat(pool.pids()).hasSize(1);
    assertThat(pool.pids()).containsExactly((Long) describe().get("pid"));
  }

  @Test
  void closingEndsTheProcesses() throws Exception {
    Long pid = (Long) describe().get("pid");
    pool.close();
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void theLogHasTheFunctionsOutputAndTheRequestId() throws Exception {
    String id = invoke("!echo").requestId();
    assertThat(Files.readString(folder.resolve("logs/lambda-tester-0.log")))
        .contains("START RequestId: " + id, "handled ", "END RequestId: " + id)
        .doesNotContain("WARNING");
  }

  @Test
  void aHandlerThatIsNotThereIsSaidClearly() throws Exception {
    FunctionPool wrong =
        new FunctionPool(
            new LambdaFunction(
                "wrong", "no.Such::handler", jar, 256, Duration.ofSeconds(9), Map.of()),
            settings(1));
    try (wrong) {
      assertThat(wrong.invoke("{}".getBytes(StandardCharsets.UTF_8)))
          .isInstanceOfSatisfying(
              Outcome.Failed.class, f -> assertThat(f.message()).contains("no.Such"));
    }
  }

  @Test
  void theStandInForTheNativeClientDoesTheSame() throws Exception {
    pool.close();
    FunctionPool.Settings with = settings(2);
    pool =
        new FunctionPool(
            pool.function(),
            new FunctionPool.Settings(
                with.javaHome(),
                with.folder(),
                with.logs(),
                with.endpoint(),
                with.region(),
                with.account(),
                1,
                false,
                with.timeToStart()));
    anEventGoesThroughUnchanged();
    anExceptionFailsTheInvocationAndLeavesTheProcess();
    aProcessThatEndsFailsTheInvocationAndIsReplaced();
    aProcessIsKeptForTheNextEvent();
  }

  @Test
  void aMissingJarIsSaidClearly() throws Exception {
    Files.delete(jar);
    assertThatThrownBy(() -> invoke("x"))
        .isInstanceOf(SluiceException.class)
        .hasMessageContaining("function.jar");
  }
}
