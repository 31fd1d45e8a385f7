package dev.sluice.jobs;

import dev.sluice.books.SilverFiles;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.registry.LakeLayout;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Runs jobs in one Spark: the class of every step. Each job has its turn, whatever becomes of the
 * others, and several are at work at a time: much of a small job is planning, which takes one
 * thread. When one failed the program fails, and the last thing it says is which and why.
 *
 * <pre>
 * --jobs sensors/statistics[,more/jobs] --slot 2026-11-21T02:00:00Z --run ID
 * --mode incremental|full --raw-bucket B --lake-bucket B --datasets s3://…/datasets.zip
 * </pre>
 */
public final class Run {
  /** Each keeps frames in memory. */
  private static final int MOST_AT_ONCE = 4;

  /**
   * Spark compiles classes for each query, and keeps a hundred of them, fewer than one job has; and
   * it describes each plan at length whenever it changes, for a user interface.
   */
  public static final Map<String, String> GENERATED =
      Map.of("spark.sql.codegen.cache.maxEntries", "2000", "spark.sql.ui.explainMode", "simple");

  private final Arguments arguments;
  private final PrintStream out;

  private Run(Arguments arguments, PrintStream out) {
    this.arguments = arguments;
    this.out = out;
  }

  /** Runs the jobs that the arguments name. */
  public static void main(String[] args) {
    start(Arguments.parse(List.of(args), false), Optional.empty());
  }

  /** Runs one job, whose name need not be among the arguments. */
  public static void only(Class<? extends Job> job, String[] args) {
    start(Arguments.parse(List.of(args), true), Optional.of(job));
  }

  @SuppressWarnings("SystemOut")
  private static void start(Arguments arguments, Optional<Class<? extends Job>> only) {
    SparkConf conf = new SparkConf();
    defaults(arguments.layout()).forEach(conf::setIfMissing);
    Connection connection = AwsConnection.fromEnvironment();
    Path declarations = Declarations.open(arguments.datasets(), connection::objects);
    SparkSession spark =
        SparkSession.builder()
            .config(conf)
            .appName("sluice " + String.join(",", arguments.jobs()))
            .getOrCreate();
    Optional<SluiceException> failure;
    try {
      failure =
          new Run(arguments, System.out)
              .run(spark, Lake.of(arguments.layout(), connection), declarations, only);
    } finally {
      spark.stop();
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  /** What holds unless {@code --conf} says otherwise. */
  static Map<String, String> defaults(LakeLayout layout) {
    String catalog = "spark.sql.catalog." + JobCommand.CATALOG;
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("spark.sql.adaptive.enabled", "true");
    settings.put("spark.sql.adaptive.skewJoin.enabled", "true");
    settings.putAll(GENERATED);
    settings.put(catalog, "org.apache.iceberg.spark.SparkCatalog");
    settings.put(catalog + ".type", "glue");
    settings.put(catalog + ".io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    settings.put(catalog + ".warehouse", layout.lakeUri(layout.goldPrefix()));
    return settings;
  }

  static Run of(Arguments arguments, PrintStream out) {
    return new Run(arguments, out);
  }

  /**
   * Runs the jobs.
   *
   * @param only the job's class, when that says which job it is
   * @return what to throw when one of them failed
   */
  Optional<SluiceException> run(
      SparkSession spark, Lake lake, Path declarations, Optional<Class<? extends Job>> only) {
    // Days and hours of gold are those of the partitions, whatever the machine's clock shows.
    spark.conf().set("spark.sql.session.timeZone", "UTC");
    spark.conf().set("spark.sql.datetime.java8API.enabled", true);
    Datasets datasets = Datasets.load(declarations);
    Jobs all = Jobs.load(declarations, datasets);
    Map<JobDeclaration, Supplier<Job>> jobs = new LinkedHashMap<>();
    if (arguments.jobs().isEmpty()) {
      Class<? extends Job> job = only.orElseThrow();
      jobs.put(declared(all, job), () -> made(job));
    } else {
      // Unknown names are reported before anything is done.
      arguments.jobs().stream().map(all::get).forEach(job -> jobs.put(job, () -> made(job)));
    }
    List<Callable<Optional<String>>> turns = new ArrayList<>();
    Map<JobContext, Supplier<Job>> contexts = new LinkedHashMap<>();
    jobs.forEach((declaration, job) ->
        contexts.put(
            new JobContext(
                spark,
                lake,
                datasets,
                declarations,
                declaration,
                arguments.run(),
                arguments.slot(),
                arguments.full() || !declaration.incremental()),
            job));
    contexts.forEach((context, job) ->
        turns.add(() -> {
          SparkSession.setActiveSession(spark);
          return turn(job, context);
        }));
    Small small = new Small(spark);
    if (inputs(contexts, lake).filter(small::is).isEmpty()) {
      return run(spark, turns);
    }
    Runnable restore = small.plan();
    try {
      return run(spark, turns);
    } finally {
      restore.run();
    }
  }

  /** What all jobs read; empty when that cannot be told, and one of them will say why. */
  private static Optional<List<SilverFiles>> inputs(
      Map<JobContext, Supplier<Job>> jobs, Lake lake) {
    Set<String> names = new TreeSet<>();
    try {
      jobs.forEach((context, job) -> names.addAll(job.get().inputs(context)));
      return Optional.of(names.stream().map(lake::files).toList());
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty();
    }
  }

  private Optional<SluiceException> run(
      SparkSession spark, List<Callable<Optional<String>>> turns) {
    List<String> failures = new ArrayList<>();
    int atOnce = Math.min(MOST_AT_ONCE, spark.sparkContext().defaultParallelism());
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, atOnce));
    try {
      for (Future<Optional<String>> each : threads.invokeAll(turns)) {
        each.get().ifPresent(failures::add);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SluiceException(
          ErrorCode.INTERNAL, "Cannot finish the step: it was interrupted.", e);
    } catch (ExecutionException e) {
      throw new SluiceException(
          ErrorCode.INTERNAL, "Cannot finish the step: " + e.getCause(), e.getCause());
    } finally {
      threads.shutdownNow();
    }
    if (failures.isEmpty()) {
      return Optional.empty();
    }
    failures.forEach(out::println);
    SluiceException failure =
        new SluiceException(
            ErrorCode.INTERNAL,
            "Cannot finish the step: "
                + failures.size()
                + " of "
                + turns.size()
                + (turns.size() == 1 ? " job" : " jobs")
                + " failed:\n"
                + String.join("\n", failures));
    // The causes were printed; this is what the step's failure is known by.
    failure.setStackTrace(new StackTraceElement[0]);
    return Optional.of(failure);
  }

  /** One job's turn; says why it failed, if it did. */
  private Optional<String> turn(Supplier<Job> job, JobContext context) {
    String name = context.declaration().name();
    long began = System.nanoTime();
    try {
      List<String> lines = job.get().run(context);
      double seconds = (System.nanoTime() - began) / 1e9;
      synchronized (out) {
        lines.forEach(line -> out.println(name + ": " + line));
        out.printf(Locale.ROOT, "%s: succeeded in %.1f s%n", name, seconds);
      }
      return Optional.empty();
    } catch (Exception | LinkageError e) {
      synchronized (out) {
        e.printStackTrace(out);
      }
      return Optional.of(name + " failed: " + reason(e));
    }
  }

  /** An executor's own words, when it has said what is wrong. */
  private static String reason(Throwable thrown) {
    int depth = 0;
    for (Throwable each = thrown; each != null && depth < 20; each = each.getCause()) {
      if (each instanceof SluiceException) {
        return String.valueOf(each.getMessage());
      }
      depth++;
    }
    return String.valueOf(thrown);
  }

  private static JobDeclaration declared(Jobs all, Class<? extends Job> job) {
    List<JobDeclaration> found =
        all.all().stream()
            .filter(each -> each.program().equals(new JobDeclaration.Main(job.getName())))
            .toList();
    if (found.size() != 1) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot run the class: "
              + found.size()
              + " jobs are declared with it: "
              + job.getName()
              + ". Say which by --jobs dataset/job.");
    }
    return found.get(0);
  }

  private static Job made(JobDeclaration declaration) {
    if (declaration.program() instanceof JobDeclaration.Sql sql) {
      return new SqlJob(declaration, sql);
    }
    String name = ((JobDeclaration.Main) declaration.program()).className();
    try {
      Class<?> found = Class.forName(name, false, Thread.currentThread().getContextClassLoader());
      if (Job.class.isAssignableFrom(found)) {
        return made(found.asSubclass(Job.class));
      }
    } catch (ClassNotFoundException e) {
      // Said with those that are no jobs.
    }
    throw new SluiceException(
        ErrorCode.INVALID_DECLARATION,
        "Cannot run "
            + declaration.name()
            + ": the jar has no job of that class: "
            + name
            + ". Correct main in its declaration, or build the jar again.");
  }

  private static Job made(Class<? extends Job> job) {
    try {
      return job.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new SluiceException(
          ErrorCode.INTERNAL,
          "Cannot run the class: it cannot be made without arguments: " + job.getName(),
          e);
    }
  }
}
