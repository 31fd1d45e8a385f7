package dev.sluice.model.job;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.registry.LakeLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a step runs: the exact arguments of {@code command-runner.jar}.
 *
 * @param jobs their names; several share one Spark session
 * @param slot the time of their slot
 * @param run the run's id
 * @param full whether to read everything, not only what changed
 * @param code jar, declarations, limits
 * @param layout the lake's buckets
 * @param spark settings of Spark, sorted
 */
public record JobCommand(
    List<String> jobs,
    Instant slot,
    String run,
    boolean full,
    JobCode code,
    LakeLayout layout,
    Map<String, String> spark) {

  /** EMR's limit on the arguments of a step. */
  public static final int MAX_CHARACTERS = 10_240;

  /** The class that reads the arguments. */
  public static final String MAIN_CLASS = "dev.sluice.jobs.Run";

  /** The name of Spark's catalog whose tables are those of Glue. */
  public static final String CATALOG = "sluice";

  /** The setting that says what an upload may ask for when a job loads it. */
  public static final String LIMITS = "spark.sluice.limits";

  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  /**
   * @throws IllegalArgumentException when there is no job, a name is none, or the run's id is none
   */
  public JobCommand {
    jobs = List.copyOf(jobs);
    spark = java.util.Collections.unmodifiableMap(new TreeMap<>(spark));
    if (jobs.isEmpty() || !jobs.stream().allMatch(Slot::isJob)) {
      throw new IllegalArgumentException("Cannot make a command: no names of jobs: " + jobs);
    }
    if (!RUN.matcher(run).matches()) {
      throw new IllegalArgumentException(
          "Cannot make a command: a run's id has letters, digits, ., _ and - only: " + run);
    }
  }

  /**
   * The command for declared jobs. It is {@code full} when that is asked, or when none of them can
   * do otherwise.
   *
   * @throws SluiceException {@code INVALID_DECLARATION} when two of them want one setting of Spark
   *     differently
   */
  public static JobCommand of(
      List<JobDeclaration> jobs,
      Instant slot,
      String run,
      boolean full,
      JobCode code,
      LakeLayout layout) {
    Map<String, String> spark = new LinkedHashMap<>(catalog(layout));
    for (JobDeclaration job : jobs) {
      job.spark()
          .forEach((key, value) -> {
            String other = spark.put(key, value);
            if (other != null && !other.equals(value)) {
              throw new SluiceException(
                  ErrorCode.INVALID_DECLARATION,
                  "Cannot run jobs together: two of them set "
                      + key
                      + " differently: "
                      + jobs.stream().map(JobDeclaration::name).toList()
                      + "\nRun them one by one, or declare the same value.");
            }
          });
    }
    if (!code.limits().set().isEmpty()) {
      spark.putIfAbsent(LIMITS, code.limits().text());
    }
    return new JobCommand(
        jobs.stream().map(JobDeclaration::name).toList(),
        slot,
        run,
        full || jobs.stream().noneMatch(JobDeclaration::incremental),
        code,
        layout,
        spark);
  }

  /** Iceberg's tables in Glue, below {@code gold/}. */
  private static Map<String, String> catalog(LakeLayout layout) {
    String catalog = "spark.sql.catalog." + CATALOG;
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(
        "spark.sql.extensions",
        "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    settings.put(catalog, "org.apache.iceberg.spark.SparkCatalog");
    settings.put(catalog + ".type", "glue");
    settings.put(catalog + ".io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    settings.put(catalog + ".warehouse", layout.lakeUri(layout.goldPrefix()));
    return settings;
  }

  /**
   * The arguments, {@code spark-submit} first.
   *
   * @throws SluiceException {@code INVALID_DECLARATION} when they are longer than EMR takes
   */
  public List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(List.of("spark-submit", "--deploy-mode", "cluster", "--class", MAIN_CLASS));
    spark.forEach((key, value) -> {
      arguments.add("--conf");
      arguments.add(key + "=" + value);
    });
    arguments.add(code.jar());
    arguments.addAll(
        List.of(
            "--jobs",
            String.join(",", jobs),
            "--slot",
            slot.toString(),
            "--run",
            run,
            "--mode",
            full ? "full" : "incremental",
            "--raw-bucket",
            layout.rawBucket(),
            "--lake-bucket",
            layout.lakeBucket(),
            "--datasets",
            code.datasets()));
    int length = arguments.stream().mapToInt(argument -> argument.length() + 1).sum() - 1;
    if (length > MAX_CHARACTERS) {
      throw new SluiceException(
          ErrorCode.INVALID_DECLARATION,
          "Cannot make a step: its arguments have more than "
              + MAX_CHARACTERS
              + " characters: "
              + length
              + "\nRun fewer jobs together, or declare fewer settings of Spark.");
    }
    return arguments;
  }
}
