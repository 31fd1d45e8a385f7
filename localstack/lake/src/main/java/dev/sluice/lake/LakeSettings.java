package dev.sluice.lake;

import dev.sluice.lake.emr.SparkEngine;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All settings of the local lake, checked whole by {@link #check} before anything starts.
 *
 * @param port the endpoint's port on 127.0.0.1, 0 for any free one
 * @param data the folder that holds all state; created when absent
 * @param home Sluice's own folder, where function jars and the SQL engine were built
 * @param datasets the folder with the declarations
 * @param javaHome the JDK of the child processes, 25 or later
 * @param concurrency the most processes of one function at a time
 * @param engineHeapMib the SQL engine's heap limit in MiB
 * @param stepHeapMib the heap limit of an EMR step in MiB
 * @param steps the most EMR steps at a time, whatever their clusters are
 * @param warm whether functions and the SQL engine are started with the lake, or when first needed
 * @param retryAfter when a message is delivered again that a function did not handle, twice as long
 *     after each further time; on AWS that is when the queue's visibility time-out is over, which
 *     is long to wait at a desk
 * @param scheduleEvery how often schedules call their functions, instead of at their own rates;
 *     zero for never
 * @param limits what one upload may ask for
 */
public record LakeSettings(
    int port,
    Path data,
    Path home,
    Path datasets,
    Path javaHome,
    int concurrency,
    int engineHeapMib,
    int stepHeapMib,
    int steps,
    boolean warm,
    Duration retryAfter,
    Optional<Duration> scheduleEvery,
    Limits limits) {

  /** The region of everything local. */
  public static final String REGION = "us-east-1";

  /** The account of everything local. */
  public static final String ACCOUNT = "000000000000";

  /** The port that local AWS endpoints have by custom. */
  public static final int DEFAULT_PORT = 4566;

  /** The heap of an EMR step unless another is wished, in MiB. */
  public static final int DEFAULT_STEP_HEAP_MIB = SparkEngine.DEFAULT_HEAP_MIB;

  public LakeSettings {
    data = data.toAbsolutePath().normalize();
    home = home.toAbsolutePath().normalize();
    datasets = datasets.toAbsolutePath().normalize();
  }

  /**
   * Checks all settings together.
   *
   * @throws SluiceException {@code INVALID_SETTINGS} naming every setting that makes no sense
   */
  public void check() {
    List<String> problems = new ArrayList<>();
    if (port < 0 || port > 65_535) {
      problems.add("port must be 0 to 65535: " + port);
    }
    if (Files.exists(data) && !Files.isDirectory(data)) {
      problems.add("data must be a folder: " + data);
    }
    if (!Files.isDirectory(home)) {
      problems.add("home must be Sluice's folder: " + home);
    }
    if (!Files.isDirectory(datasets)) {
      problems.add("datasets must be a folder with declarations: " + datasets);
    }
    if (!Files.isExecutable(javaHome.resolve("bin").resolve("java"))) {
      problems.add("javaHome must be a JDK of version 25 or later: " + javaHome);
    }
    if (concurrency < 1 || concurrency > 64) {
      problems.add("concurrency must be 1 to 64: " + concurrency);
    }
    if (engineHeapMib < 256 || engineHeapMib > 65_536) {
      problems.add("engineHeapMib must be 256 to 65536: " + engineHeapMib);
    }
    if (stepHeapMib < 512 || stepHeapMib > 65_536) {
      problems.add("stepHeapMib must be 512 to 65536: " + stepHeapMib);
    }
    if (steps < 1 || steps > 64) {
      problems.add("steps must be 1 to 64: " + steps);
    }
    if (retryAfter.isNegative() || retryAfter.compareTo(Duration.ofMinutes(10)) > 0) {
      problems.add("retryAfter must be 0 to 10 minutes: " + retryAfter);
    }
    if (scheduleEvery.filter(Duration::isNegative).isPresent()) {
      problems.add("scheduleEvery must be 0 or more: " + scheduleEvery.get());
    }
    if (!problems.isEmpty()) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot start the local lake: " + String.join("; ", problems) + ".");
    }
  }

  /**
   * The settings that users start with.
   *
   * @param home Sluice's own folder; state goes to {@code .sluice/lake} in it, the declarations are
   *     those in {@code datasets}
   */
  public static LakeSettings defaults(Path home) {
    return new LakeSettings(
        DEFAULT_PORT,
        home.resolve(".sluice").resolve("lake"),
        home,
        home.resolve("datasets"),
        Path.of(System.getProperty("java.home")),
        2,
        512,
        DEFAULT_STEP_HEAP_MIB,
        2,
        true,
        Duration.ofSeconds(5),
        Optional.empty(),
        Limits.defaults());
  }

  /** The same on another port; 0 for any free one. */
  public LakeSettings withPort(int value) {
    return with(change -> change.port = value);
  }

  /** The same with the state in another folder. */
  public LakeSettings withData(Path value) {
    return with(change -> change.data = value);
  }

  /** The same with other declarations. */
  public LakeSettings withDatasets(Path value) {
    return with(change -> change.datasets = value);
  }

  /** The same with another limit of processes of a function. */
  public LakeSettings withConcurrency(int value) {
    return with(change -> change.concurrency = value);
  }

  /** The same with another heap limit of the SQL engine. */
  public LakeSettings withEngineHeapMib(int value) {
    return with(change -> change.engineHeapMib = value);
  }

  /** The same with another heap limit of EMR steps. */
  public LakeSettings withStepHeapMib(int value) {
    return with(change -> change.stepHeapMib = value);
  }

  /** The same, starting child processes with the lake or when first needed. */
  public LakeSettings withWarm(boolean value) {
    return with(change -> change.warm = value);
  }

  /** The same with another time until a failed message is delivered again. */
  public LakeSettings withRetryAfter(Duration value) {
    return with(change -> change.retryAfter = value);
  }

  /** The same with another rate of all schedules; zero switches them off. */
  public LakeSettings withScheduleEvery(Duration value) {
    return with(change -> change.scheduleEvery = Optional.of(value));
  }

  /** The same with other limits of uploads. */
  public LakeSettings withLimits(Limits value) {
    return with(change -> change.limits = value);
  }

  private LakeSettings with(Consumer<Change> by) {
    Change change = new Change(this);
    by.accept(change);
    return change.make();
  }

  /** All settings, of which one may be set. */
  private static final class Change {
    private int port;
    private Path data;
    private Path home;
    private Path datasets;
    private Path javaHome;
    private int concurrency;
    private int engineHeapMib;
    private int stepHeapMib;
    private int steps;
    private boolean warm;
    private Duration retryAfter;
    private Optional<Duration> scheduleEvery;
    private Limits limits;

    Change(LakeSettings from) {
      port = from.port;
      data = from.data;
      home = from.home;
      datasets = from.datasets;
      javaHome = from.javaHome;
      concurrency = from.concurrency;
      engineHeapMib = from.engineHeapMib;
      stepHeapMib = from.stepHeapMib;
      steps = from.steps;
      warm = from.warm;
      retryAfter = from.retryAfter;
      scheduleEvery = from.scheduleEvery;
      limits = from.limits;
    }

    LakeSettings make() {
      return new LakeSettings(
          port,
          data,
          home,
          datasets,
          javaHome,
          concurrency,
          engineHeapMib,
          stepHeapMib,
          steps,
          warm,
          retryAfter,
          scheduleEvery,
          limits);
    }
  }
}
