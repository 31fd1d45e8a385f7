package dev.sluice.benchmarks.engines;

import dev.sluice.benchmarks.Cpu;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The jobs of {@code emr-jobs/spark} over folders, in a process of its own. */
public final class SparkJobs implements AutoCloseable {
  private final Child child;
  private final Path work;

  /**
   * What one run of a job cost.
   *
   * @param cost of all tables together
   * @param peakBytes the most memory that the process has had since it began; 0 when not known
   * @param rows of each table, in the order in which they were written
   * @param seconds to compute and write each table
   */
  public record Done(
      Cpu cost, long peakBytes, Map<String, Long> rows, Map<String, Double> seconds) {}

  /**
   * Starts it, which takes some seconds.
   *
   * @param root the folder of the checkout, in which {@code benchmarks/spark} was built
   * @param work a folder for its files
   * @param cores how many it uses
   * @param heap as in {@code -Xmx}
   */
  public SparkJobs(Path root, Path work, int cores, String heap) throws IOException {
    this.work = work;
    List<String> options = new ArrayList<>(Spark.OPENED);
    options.addAll(List.of("-XX:+UseParallelGC", "-Xmx" + heap, "-Dsluice.cores=" + cores));
    child =
        new Child(
            "Spark",
            Program.command(
                root.resolve("benchmarks/spark"),
                options,
                "dev.sluice.benchmarks.spark.JobsProgram",
                work.toString()),
            Map.of(),
            work.resolve("spark.log"));
  }

  /** What Spark says of itself. */
  public String version() {
    return child.version();
  }

  /** Where a table's files lie. */
  public Path files(String table) {
    return work.resolve("gold").resolve(table).resolve("data");
  }

  /**
   * Runs a job; its tables replace those of the run before.
   *
   * @param main the job's class
   * @param dataset the folder of the declaration of what it reads
   * @param silver the folder of the Parquet files
   * @param silverRows how many records are in them
   * @param silverBytes how large they are
   * @param partitions of each table that has any: columns, with commas between
   */
  public Done run(
      String main,
      Path dataset,
      Path silver,
      long silverRows,
      long silverBytes,
      Map<String, String> partitions)
      throws IOException {
    Child.Answer answer =
        child.ask(
            Map.of(
                "main",
                main,
                "dataset",
                dataset.toString(),
                "silver",
                silver.toUri().toString(),
                "rows",
                silverRows,
                "bytes",
                silverBytes,
                "partitions",
                partitions));
    Map<String, Long> rows = new LinkedHashMap<>();
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (List<@Nullable Object> row : answer.rows()) {
      rows.put(String.valueOf(row.get(0)), number(row.get(1)).longValue());
      seconds.put(String.valueOf(row.get(0)), number(row.get(2)).doubleValue());
    }
    return new Done(answer.cost(), number(answer.end().get("peak")).longValue(), rows, seconds);
  }

  private static BigDecimal number(@Nullable Object value) {
    return new BigDecimal(String.valueOf(value));
  }

  @Override
  public void close() throws IOException {
    child.close();
  }
}
