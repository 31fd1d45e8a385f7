package dev.sluice.lake.emr;

import dev.sluice.lake.process.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Runs each step as a Spark of its own, in a child JVM that ends with this one. */
public final class SparkEngine implements StepEngine {
  private static final System.Logger LOG = System.getLogger(SparkEngine.class.getName());

  /** The heap of a step unless another is wished, in MiB: for what computes little. */
  public static final int DEFAULT_HEAP_MIB = 1024;

  private static final String MAIN = "org.apache.spark.deploy.SparkSubmit";

  /** What decides how classes are loaded has to be the same when they are archived. */
  private static final List<String> JVM = jvm();

  /** What a cluster may say of where Spark runs, which is decided here. */
  private static final Set<String> MACHINE =
      Set.of(
          "spark.driver.extraJavaOptions",
          "spark.driver.defaultJavaOptions",
          "spark.jars",
          "spark.master",
          "spark.submit.deployMode");

  private final Settings settings;
  private final List<Path> classpath;
  private final Supplier<URI> endpoint;
  private final AtomicInteger started = new AtomicInteger();

  /**
   * What is needed to run steps.
   *
   * @param javaHome a JDK of version 25 or later
   * @param module the engine's module folder, which was built
   * @param region the AWS region
   * @param heapMib the heap's limit of a step in MiB
   */
  public record Settings(Path javaHome, Path module, String region, int heapMib) {}

  /**
   * @param endpoint where S3 and Glue are, asked for when a step starts
   * @throws IOException when the engine was not built
   */
  public SparkEngine(Settings settings, Supplier<URI> endpoint) throws IOException {
    this.settings = settings;
    this.classpath = classpath(settings.module());
    this.endpoint = endpoint;
  }

  /**
   * The class path of the engine from its build: libraries only, so that what is kept of their
   * classes stays valid when Sluice is built anew.
   *
   * @param module the engine's module folder, which was built by {@code ./mvnw package}
   * @throws IOException when it was not built
   */
  public static List<Path> classpath(Path module) throws IOException {
    Path list = list(module);
    if (!Files.exists(list) || !Files.exists(log4j(module))) {
      throw new IOException(
          "Cannot find the engine of EMR steps: it is not built in: "
              + module
              + ". Build it with ./mvnw package.");
    }
    List<Path> jars = new ArrayList<>();
    for (String jar : Files.readString(list).strip().split(File.pathSeparator)) {
      jars.add(Path.of(jar));
    }
    return jars;
  }

  private static Path list(Path module) {
    return module.resolve("target/classpath.txt");
  }

  private static Path log4j(Path module) {
    return module.toAbsolutePath().resolve("target/classes/log4j2.properties");
  }

  private static List<String> jvm() {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                // Spark's classes come to more than what is collected for at first.
                "-XX:MetaspaceSize=256m",
                // So does its code: what the quick compiler alone is given is collected for.
                "-XX:ReservedCodeCacheSize=240m",
                "-Duser.timezone=UTC",
                "-Duser.language=en",
                "-Duser.country=US",
                "-Dfile.encoding=UTF-8",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                // Spark's and Iceberg's buffers.
                "--sun-misc-unsafe-memory-access=allow",
                "-Dio.netty.tryReflectionSetAccessible=true",
                // An archive that does not fit is passed over; that is nobody's concern.
                "-Xlog:disable",
                "-Xlog:all=off:stderr"));
    // What Spark's own launcher opens.
    for (String name :
        List.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "jdk.internal.ref",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar")) {
      options.add("--add-opens=java.base/" + name + "=ALL-UNNAMED");
    }
    return List.copyOf(options);
  }

  @Override
  public Execution start(Run run) {
    try {
      Path temporary = Files.createDirectories(run.folder().resolve("tmp"));
      Path configuration = Files.createDirectories(run.folder().resolve("conf"));
      Files.writeString(
          configuration.resolve("spark-defaults.conf"), defaults(run.defaults(), temporary));
      List<String> options = new ArrayList<>(JVM);
      if (settings.heapMib() <= DEFAULT_HEAP_MIB) {
        // Most steps here are short, and more of Spark is planned than computed: the optimizing
        // compiler takes a core and is not done before they are. A larger heap says that there is
        // more to compute.
        options.add("-XX:TieredStopAtLevel=1");
      }
      options.add("-Xmx" + settings.heapMib() + "m");
      // A heap that begins small is collected again and again until it has grown.
      options.add("-Xms" + settings.heapMib() * 3 / 4 + "m");
      options.add("-Xmn" + settings.heapMib() * 3 / 8 + "m");
      options.add("-XX:+ExitOnOutOfMemoryError");
      options.add("-Djava.io.tmpdir=" + temporary);
      options.add("-Dlog4j2.configurationFile=" + log4j(settings.module()).toUri());
      Path unfinished = run.folder().resolve("spark.jsa");
      boolean archived = archived();
      // To write the archive holds up a step's end for half a minute. Who runs one will run others,
      // but who runs one alone shall not wait for what nobody uses.
      boolean another = started.getAndIncrement() > 0;
      if (archived) {
        options.add("-XX:SharedArchiveFile=" + archive());
      } else if (another) {
        options.add("-XX:ArchiveClassesAtExit=" + unfinished);
      }
      options.addAll(run.command().properties());
      ChildJvm child =
          ChildJvm.start(
              new ChildJvm.Spec(
                  "step " + run.stepId(),
                  settings.javaHome(),
                  options,
                  classpath,
                  MAIN,
                  run.command().local(),
                  environment(run, configuration),
                  run.stdout(),
                  run.stderr(),
                  run.folder(),
                  Files.isWritable(home()) ? home() : run.folder()));
      AtomicBoolean interrupted = new AtomicBoolean();
      return new Process(
          child,
          interrupted,
          child
              .onExit()
              .thenApply(code -> {
                // What was told to end says 0, too, and has seen few of the classes.
                if (!archived && code == 0 && !interrupted.get()) {
                  keep(unfinished);
                }
                delete(temporary);
                return code;
              }));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot start step " + run.stepId() + ": " + e.getMessage(), e);
    }
  }

  private record Process(ChildJvm child, AtomicBoolean interrupted, CompletableFuture<Integer> exit)
      implements Execution {
    @Override
    public void interrupt() {
      interrupted.set(true);
      child.close();
    }

    @Override
    public void kill() {
      child.kill();
    }

    @Override
    public String description() {
      return "process " + child.pid() + ": " + String.join(" ", child.spec().args());
    }
  }

  private Map<String, String> environment(Run run, Path configuration) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_ENDPOINT_URL", endpoint.get().toString());
    environment.put("AWS_REGION", settings.region());
    environment.put("AWS_ACCESS_KEY_ID", "test");
    environment.put("AWS_SECRET_ACCESS_KEY", "test");
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("SPARK_CONF_DIR", configuration.toString());
    environment.put("SPARK_LOCAL_IP", "127.0.0.1");
    environment.put("SPARK_LOCAL_HOSTNAME", "localhost");
    environment.put("HADOOP_USER_NAME", "hadoop");
    environment.put("EMR_CLUSTER_ID", run.clusterId());
    environment.put("EMR_STEP_ID", run.stepId());
    for (String name : List.of("PATH", "HOME", "LANG")) {
      String value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    return environment;
  }

  /** What a cluster's own {@code spark-defaults.conf} says, for this machine. */
  private String defaults(Map<String, String> cluster, Path temporary) {
    Map<String, String> all = new TreeMap<>();
    all.put("spark.driver.bindAddress", "127.0.0.1");
    all.put("spark.driver.host", "127.0.0.1");
    all.put("spark.ui.enabled", "false");
    // A process that threads hold back is over on YARN, too.
    all.put("spark.submit.callSystemExitOnMainExit", "true");
    // As many as are worth their while on one machine.
    all.put("spark.sql.shuffle.partitions", "8");
    all.put("spark.sql.warehouse.dir", temporary.resolve("warehouse").toUri().toString());
    all.put("spark.local.dir", temporary.toString());
    all.put("spark.hadoop.hadoop.tmp.dir", temporary.resolve("hadoop").toString());
    all.put("spark.hadoop.fs.s3a.endpoint", endpoint.get().toString());
    all.put("spark.hadoop.fs.s3a.endpoint.region", settings.region());
    all.put("spark.hadoop.fs.s3a.path.style.access", "true");
    all.put("spark.hadoop.fs.s3a.connection.ssl.enabled", "false");
    // Small files of a store beside it: to look ahead in them, and to tell the store who asked for
    // what, takes longer than to read them.
    all.put("spark.hadoop.fs.s3a.input.stream.type", "classic");
    all.put("spark.hadoop.fs.s3a.audit.enabled", "false");
    for (String scheme : List.of("s3", "s3n")) {
      all.put("spark.hadoop.fs." + scheme + ".impl", "org.apache.hadoop.fs.s3a.S3AFileSystem");
    }
    // Nothing is renamed: a task's files appear when the job is committed.
    all.put("spark.hadoop.fs.s3a.committer.name", "magic");
    for (String scheme : List.of("s3", "s3a", "s3n")) {
      all.put(
          "spark.hadoop.mapreduce.outputcommitter.factory.scheme." + scheme,
          "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory");
    }
    all.put(
        "spark.sql.sources.commitProtocolClass",
        "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol");
    all.put(
        "spark.sql.parquet.output.committer.class",
        "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter");
    cluster.forEach((name, value) -> {
      if (!MACHINE.contains(name)) {
        all.put(name, value);
      }
    });
    StringBuilder text = new StringBuilder();
    all.forEach((name, value) -> text.append(name).append(' ').append(value).append('\n'));
    return text.toString();
  }

  /** Where the engine was built; what was learnt about its classes lies beside it. */
  private Path home() {
    return settings.module().toAbsolutePath().resolve("target");
  }

  /** The archive of loaded classes, which saves seconds of each start. */
  private Path archive() {
    return home().resolve("spark.jsa");
  }

  private boolean archived() throws IOException {
    if (!Files.exists(archive())) {
      return false;
    }
    FileTime made = Files.getLastModifiedTime(archive());
    List<Path> parts = new ArrayList<>(classpath);
    parts.add(list(settings.module()));
    for (Path part : parts) {
      if (Files.getLastModifiedTime(part).compareTo(made) > 0) {
        return false;
      }
    }
    return true;
  }

  private void keep(Path unfinished) {
    try {
      if (Files.exists(unfinished)) {
        Path copy = archive().resolveSibling("spark.jsa." + unfinished.getParent().getFileName());
        Files.copy(unfinished, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(
            copy, archive(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(unfinished);
      }
    } catch (IOException e) {
      // Steps start without, only slower.
      LOG.log(System.Logger.Level.DEBUG, "No archive of classes was kept", e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "A step's temporary files are left: " + folder, e);
    }
  }
}
