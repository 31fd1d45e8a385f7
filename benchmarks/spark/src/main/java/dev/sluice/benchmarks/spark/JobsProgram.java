package dev.sluice.benchmarks.spark;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.jobs.GoldJob;
import dev.sluice.jobs.Result;
import dev.sluice.jobs.Run;
import dev.sluice.jobs.Small;
import dev.sluice.jobs.StructTypes;
import dev.sluice.jobs.Tables;
import dev.sluice.model.dataset.DatasetLoader;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.CreateTableWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Runs gold jobs over folders: silver is Parquet in a folder, gold are Iceberg tables in another.
 * The jobs' own transformations, in the jobs' order, with Spark's own reader and Iceberg's own
 * writer; without ledger, S3 and Glue, whose time is not that of the jobs.
 *
 * <p>A request is a JSON object on one line of standard input: {@code {"main", "dataset", "silver",
 * "rows", "bytes", "partitions": {table: column}}}; {@code dataset} is the declaration's folder,
 * and {@code rows} and {@code bytes} say how much silver is. The answer is an array for each table,
 * {@code [name, rows, seconds]}, and then an object: {@code cpu} and {@code wall}, the seconds it
 * took, and {@code peak}, the bytes of memory that the process has had at most; or {@code error}.
 * The program ends with its standard input.
 */
public final class JobsProgram {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final String DATABASE = "sluice.gold.";

  private final SparkSession spark;
  private final PrintStream out;

  private JobsProgram(SparkSession spark, PrintStream out) {
    this.spark = spark;
    this.out = out;
  }

  /**
   * Starts Spark, says so with the line {@code {"version": …}}, and answers.
   *
   * @param args a folder to work in, in which the tables lie below {@code gold}; how many cores
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Path work = Path.of(args[0]).toAbsolutePath();
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[" + Integer.parseInt(System.getProperty("sluice.cores", "2")) + "]")
            .appName("sluice-bench-jobs")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", work.resolve("spark-local").toString())
            .config("spark.sql.warehouse.dir", work.resolve("spark-warehouse").toString())
            .config("spark.sql.session.timeZone", "UTC")
            // As the local lake has it; a task costs more than the little that is in it.
            .config("spark.sql.shuffle.partitions", Integer.getInteger("sluice.shuffle", 8))
            .config("spark.sql.catalog.sluice", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.sluice.type", "hadoop")
            .config("spark.sql.catalog.sluice.warehouse", work.toUri().toString());
    // As a step has them.
    Run.GENERATED.forEach(builder::config);
    SparkSession spark = builder.getOrCreate();
    out.println(Json.write(Map.of("version", spark.version())));
    JobsProgram program = new JobsProgram(spark, out);
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      program.answer(line);
    }
    spark.stop();
  }

  private void answer(String line) {
    Map<String, Object> end = new LinkedHashMap<>();
    try {
      Map<String, @Nullable Object> request = Json.parseObject(line);
      GoldJob job =
          (GoldJob) Class.forName(text(request, "main")).getDeclaredConstructor().newInstance();
      for (Result result : job.results()) {
        spark.sql("DROP TABLE IF EXISTS " + DATABASE + result.table() + " PURGE");
      }
      System.gc();
      long cpu = SYSTEM.getProcessCpuTime();
      long wall = System.nanoTime();
      Small small = new Small(spark);
      boolean few = small.is(number(request, "rows"), number(request, "bytes"));
      Runnable restore = few ? small.plan() : () -> {};
      Map<String, Double> seconds;
      try {
        seconds = run(job, request, few);
      } finally {
        restore.run();
      }
      end.put("cpu", BigDecimal.valueOf(SYSTEM.getProcessCpuTime() - cpu, 9));
      end.put("wall", BigDecimal.valueOf(System.nanoTime() - wall, 9));
      end.put("peak", peak());
      seconds.forEach((table, each) ->
          out.println(
              Json.write(
                  List.of(
                      table, spark.table(DATABASE + table).count(), BigDecimal.valueOf(each)))));
    } catch (Exception e) {
      end.clear();
      end.put("error", String.valueOf(e));
    }
    out.println(Json.write(end));
  }

  private static String text(Map<String, @Nullable Object> request, String name) {
    if (request.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("Cannot answer: " + name + " is missing.");
  }

  private static long number(Map<String, @Nullable Object> request, String name) {
    if (request.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalArgumentException("Cannot answer: " + name + " is missing.");
  }

  private Map<String, Double> run(GoldJob job, Map<String, @Nullable Object> request, boolean few)
      throws Exception {
    Map<?, ?> partitions = request.get("partitions") instanceof Map<?, ?> map ? map : Map.of();
    Map<String, Double> seconds = new LinkedHashMap<>();
    try (Folder tables =
        new Folder(
            spark,
            spark
                .read()
                .schema(StructTypes.silver(DatasetLoader.load(Path.of(text(request, "dataset")))))
                .parquet(text(request, "silver")),
            few)) {
      for (Result result : job.results()) {
        long start = System.nanoTime();
        CreateTableWriter<Row> writer =
            result
                .transformation()
                .apply(tables)
                .writeTo(DATABASE + result.table())
                .using("iceberg");
        if (partitions.get(result.table()) instanceof String columns) {
          Column[] all =
              Arrays.stream(columns.split(",")).map(functions::col).toArray(Column[]::new);
          writer = writer.partitionedBy(all[0], Arrays.copyOfRange(all, 1, all.length));
        }
        writer.create();
        seconds.put(result.table(), (System.nanoTime() - start) / 1e9);
      }
    }
    return seconds;
  }

  /** What the kernel says; 0 where there is none that does. */
  private static long peak() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /** The input of one run. */
  private record Folder(
      SparkSession spark, Dataset<Row> silver, boolean few, Map<String, Dataset<Row>> kept)
      implements Tables, AutoCloseable {

    Folder(SparkSession spark, Dataset<Row> silver, boolean few) {
      this(spark, silver, few, new HashMap<>());
    }

    @Override
    public Dataset<Row> silver(String dataset) {
      return few ? shared("silver " + dataset, () -> silver) : silver;
    }

    @Override
    public Optional<Dataset<Row>> gold(String table) {
      return Optional.of(spark.table(DATABASE + table));
    }

    @Override
    public Dataset<Row> shared(String name, Supplier<Dataset<Row>> made) {
      Dataset<Row> known = kept.get(name);
      if (known == null) {
        known = made.get().persist(StorageLevel.MEMORY_AND_DISK());
        kept.put(name, known);
      }
      return known;
    }

    @Override
    public Instant slot() {
      return Instant.EPOCH;
    }

    @Override
    public void close() {
      kept.values().forEach(each -> each.unpersist(true));
    }
  }
}
