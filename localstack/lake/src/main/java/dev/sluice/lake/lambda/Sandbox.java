package dev.sluice.lake.lambda;

import dev.sluice.lake.process.ChildJvm;
import dev.sluice.lake.process.ClassJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One process of a function, which handles one event at a time. */
final class Sandbox implements AutoCloseable {
  private static final String RUNTIME_MAIN =
      "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
  private static final String NATIVE_CLIENT =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient";
  private static final long MAX_LOG = 16 << 20;

  private final LambdaFunction function;
  private final Deployment deployment;
  private final Duration timeToStart;
  private final RuntimeApi api;
  private final ChildJvm child;
  private volatile boolean usable = true;

  private Sandbox(
      LambdaFunction function,
      Deployment deployment,
      Duration timeToStart,
      RuntimeApi api,
      ChildJvm child) {
    this.function = function;
    this.deployment = deployment;
    this.timeToStart = timeToStart;
    this.api = api;
    this.child = child;
  }

  /** Starts a process; it takes events as soon as it is up. */
  static Sandbox start(
      LambdaFunction function, Deployment deployment, FunctionPool.Settings settings, int number) {
    String region = settings.region();
    String arn =
        "arn:aws:lambda:" + region + ":" + settings.account() + ":function:" + function.name();
    RuntimeApi api = RuntimeApi.start(arn);
    try {
      Path log = settings.logs().resolve("lambda-" + function.name() + "-" + number + ".log");
      rotate(log);
      Path work = settings.folder().resolve(function.name()).resolve("work-" + number);
      Files.createDirectories(work);
      List<Path> classpath = new ArrayList<>();
      if (!settings.nativeClient()) {
        classpath.add(ClassJar.write(NATIVE_CLIENT, work, "client.jar"));
      }
      classpath.addAll(Deployment.runtimeClient());
      classpath.add(deployment.jar());
      Path temporary = Files.createDirectories(work.resolve("tmp"));
      ChildJvm child =
          ChildJvm.start(
              new ChildJvm.Spec(
                  "the function " + function.name(),
                  settings.javaHome(),
                  jvmArgs(function, deployment, settings, temporary, number),
                  classpath,
                  RUNTIME_MAIN,
                  List.of(function.handler()),
                  environment(function, settings, api, log, deployment),
                  log,
                  work));
      child
          .onExit()
          .thenAccept(code ->
              api.ready()
                  .completeExceptionally(
                      new IllegalStateException("Runtime exited with code " + code)));
      return new Sandbox(function, deployment, settings.timeToStart(), api, child);
    } catch (IOException e) {
      api.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException | Error e) {
      api.close();
      throw e;
    }
  }

  /** Lambda's Java runtime gives the heap 85 % of the memory, one collector thread and C1. */
  private static List<String> jvmArgs(
      LambdaFunction function,
      Deployment deployment,
      FunctionPool.Settings settings,
      Path temporary,
      int number) {
    List<String> args = new ArrayList<>();
    args.add("-Xmx" + Math.max(64, function.memoryMib() * 85 / 100) + "m");
    args.add("-XX:+UseSerialGC");
    args.add("-XX:TieredStopAtLevel=1");
    // What a burst needed goes back when it is over.
    args.add("-XX:MinHeapFreeRatio=10");
    args.add("-XX:MaxHeapFreeRatio=30");
    args.add("--enable-native-access=ALL-UNNAMED");
    args.add("--sun-misc-unsafe-memory-access=allow");
    args.add("-Djava.io.tmpdir=" + temporary);
    if (settings.nativeClient()) {
      args.add("-D" + NATIVE_CLIENT + ".JNI=" + Deployment.nativeLibrary(settings.folder()));
    }
    if (number == 0) {
      // Only one process writes the archive.
      args.add("-XX:+AutoCreateSharedArchive");
      args.add("-XX:SharedArchiveFile=" + deployment.archive());
    } else if (Files.exists(deployment.archive())) {
      args.add("-XX:SharedArchiveFile=" + deployment.archive());
    }
    args.add("-Xlog:cds=off");
    args.add("-Xlog:cds+dynamic=off");
    return args;
  }

  private static Map<String, String> environment(
      LambdaFunction function,
      FunctionPool.Settings settings,
      RuntimeApi api,
      Path log,
      Deployment deployment) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_ENDPOINT_URL", settings.endpoint().get().toString());
    environment.put("AWS_ACCESS_KEY_ID", "test");
    environment.put("AWS_SECRET_ACCESS_KEY", "test");
    environment.putAll(function.environment());
    environment.put("AWS_REGION", settings.region());
    environment.put("AWS_DEFAULT_REGION", settings.region());
    environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
    environment.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMib()));
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
    environment.put("AWS_LAMBDA_LOG_STREAM_NAME", log.getFileName().toString());
    environment.put("AWS_LAMBDA_LOG_FORMAT", "TEXT");
    environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
    environment.put("LAMBDA_TASK_ROOT", String.valueOf(deployment.jar().getParent()));
    environment.put("_HANDLER", function.handler());
    environment.put("TZ", ":UTC");
    environment.put("LANG", "en_US.UTF-8");
    return environment;
  }

  private static void rotate(Path log) throws IOException {
    if (Files.exists(log) && Files.size(log) > MAX_LOG) {
      Files.move(
          log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Whether it can take another event. */
  boolean isUsable() {
    return usable && child.isAlive();
  }

  /** What it runs. */
  Deployment deployment() {
    return deployment;
  }

  long pid() {
    return child.pid();
  }

  /** Completes when the process waits for events. */
  CompletableFuture<Void> ready() {
    return api.ready();
  }

  /**
   * Handles one event. Afterwards the process may be gone: see {@link #isUsable}.
   *
   * @throws InterruptedException when the thread is interrupted; the process is ended then
   */
  Outcome invoke(byte[] event) throws InterruptedException {
    RuntimeApi.Invocation invocation = new RuntimeApi.Invocation(event, function.timeout());
    String id = invocation.requestId;
    child
        .onExit()
        .thenAccept(code ->
            invocation.outcome.complete(
                new Outcome.Failed(id, "Runtime.ExitError", "Runtime exited with code " + code)));
    boolean over = false;
    long started = System.nanoTime();
    try {
      api.ready().get(timeToStart.toMillis(), TimeUnit.MILLISECONDS);
      log("START RequestId: " + id + " Version: $LATEST");
      started = System.nanoTime();
      api.offer(invocation);
      Outcome outcome =
          invocation.outcome.get(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
      over =
          !(outcome instanceof Outcome.Failed failed && failed.type().equals("Runtime.ExitError"));
      return outcome;
    } catch (TimeoutException e) {
      String what =
          api.ready().isDone()
              ? String.format(
                  Locale.ROOT,
                  "Task timed out after %.2f seconds",
                  function.timeout().toMillis() / 1000.0)
              : "Runtime did not start within " + timeToStart.toSeconds() + " seconds";
      log(id + " " + what);
      return new Outcome.Failed(id, "Sandbox.Timedout", what);
    } catch (ExecutionException e) {
      return new Outcome.Failed(id, "Runtime.InitError", String.valueOf(e.getCause().getMessage()));
    } finally {
      long millis = (System.nanoTime() - started) / 1_000_000;
      log("END RequestId: " + id);
      log(
          "REPORT RequestId: "
              + id
              + "\tDuration: "
              + millis
              + " ms\tMemory Size: "
              + function.memoryMib()
              + " MB");
      if (!over) {
        usable = false;
        child.kill();
      }
    }
  }

  @Override
  public void close() {
    usable = false;
    // The process first, or it would see its API go and report an error.
    child.close();
    api.close();
  }

  private void log(String line) {
    try {
      Files.writeString(
          child.spec().logFile(),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      // The function's own outcome counts, not the line about it.
    }
  }
}
