package dev.sluice.model.job;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A job as it is declared in {@code datasets/<dataset>/jobs/<job>.yaml}.
 *
 * @param dataset the dataset it belongs to
 * @param job its name there
 * @param title a few words
 * @param description what it computes, and who reads it
 * @param program what is run
 * @param tables the gold tables it writes; at least one when it is SQL
 * @param schedule when it runs; empty for a job that is run by hand only
 * @param overlap what a slot does while an earlier run has not ended
 * @param timeout the longest a run may take
 * @param incremental whether a run reads only what changed since the last successful one, unless it
 *     is told to read everything
 * @param spark settings of Spark for this job, sorted
 */
public record JobDeclaration(
    String dataset,
    String job,
    String title,
    String description,
    Program program,
    List<GoldTable> tables,
    Optional<Schedule> schedule,
    Overlap overlap,
    Duration timeout,
    boolean incremental,
    Map<String, String> spark) {

  /** What a job runs. */
  public sealed interface Program {}

  /**
   * A class of the job jar.
   *
   * @param className fully qualified
   */
  public record Main(String className) implements Program {}

  /**
   * Statements in Spark SQL, one for each table, run by one generic class.
   *
   * @param file beside the declaration, {@code name.sql}
   */
  public record Sql(String file) implements Program {}

  public JobDeclaration {
    tables = List.copyOf(tables);
    spark = Collections.unmodifiableMap(new TreeMap<>(spark));
  }

  /** {@code <dataset>/<job>}. */
  public String name() {
    return dataset + "/" + job;
  }
}
