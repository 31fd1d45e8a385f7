package dev.sluice.benchmarks.spark;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.model.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Spark on one core, told what to do line by line. A request is a JSON object on one line of
 * standard input:
 *
 * <ul>
 *   <li>{@code {"do": "table", "name", "schema", "folder"}}: all Parquet files below a folder
 *       become a table; the schema is Spark's DDL;
 *   <li>{@code {"do": "rows", "sql"}}: answers an array a row, in which null is null, a record or
 *       array is an array, a map is an object, and all else is text: instants and dates in ISO
 *       8601, bytes in hexadecimal digits;
 *   <li>{@code {"do": "convert", "input", "schema", "partitions": {column: expression}, "folder",
 *       "codec"}}: NDJSON becomes Parquet, a folder per partition, lines that do not fit left out.
 * </ul>
 *
 * <p>The last line of an answer is an object: {@code cpu} and {@code wall}, the seconds it took, or
 * {@code error}. The program ends with its standard input.
 */
public final class SparkProgram {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final SparkSession spark;
  private final PrintStream out;

  private SparkProgram(SparkSession spark, PrintStream out) {
    this.spark = spark;
    this.out = out;
  }

  /**
   * Starts Spark, says so with the line {@code {"version": …}}, and answers.
   *
   * @param args a folder to work in
   */
  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    Path work = Path.of(args[0]).toAbsolutePath();
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("sluice-bench")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.local.dir", work.resolve("spark-local").toString())
            .config("spark.sql.warehouse.dir", work.resolve("spark-warehouse").toString())
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.datetime.java8API.enabled", true)
            .config("spark.sql.shuffle.partitions", 1)
            // One task, so that each partition is one file, as of the others.
            .config("spark.sql.files.maxPartitionBytes", 1L << 40)
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs", false)
            .getOrCreate();
    out.println(Json.write(Map.of("version", spark.version())));
    SparkProgram program = new SparkProgram(spark, out);
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
      System.gc();
      long cpu = SYSTEM.getProcessCpuTime();
      long wall = System.nanoTime();
      switch (text(request, "do")) {
        case "table" -> table(request);
        case "rows" -> rows(text(request, "sql"));
        case "convert" -> convert(request);
        default -> throw new IllegalArgumentException("Cannot do this: " + line);
      }
      end.put("cpu", BigDecimal.valueOf(SYSTEM.getProcessCpuTime() - cpu, 9));
      end.put("wall", BigDecimal.valueOf(System.nanoTime() - wall, 9));
    } catch (Exception e) {
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

  private void table(Map<String, @Nullable Object> request) {
    spark
        .read()
        .schema(text(request, "schema"))
        .option("recursiveFileLookup", true)
        .parquet(text(request, "folder"))
        .createOrReplaceTempView(text(request, "name"));
  }

  private void rows(String sql) {
    for (Row row : spark.sql(sql).collectAsList()) {
      out.println(Json.write(value(row)));
    }
  }

  private void convert(Map<String, @Nullable Object> request) {
    Dataset<Row> records =
        spark
            .read()
            .schema(text(request, "schema"))
            .option("mode", "DROPMALFORMED")
            .json(text(request, "input"));
    List<String> columns = new ArrayList<>();
    if (request.get("partitions") instanceof Map<?, ?> partitions) {
      for (Map.Entry<?, ?> level : partitions.entrySet()) {
        String column = String.valueOf(level.getKey());
        records = records.withColumn(column, functions.expr(String.valueOf(level.getValue())));
        columns.add(column);
      }
    }
    records
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", text(request, "codec"))
        .partitionBy(columns.toArray(String[]::new))
        .parquet(text(request, "folder"));
  }

  private static @Nullable Object value(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Row row -> {
        List<@Nullable Object> fields = new ArrayList<>(row.size());
        for (int i = 0; i < row.size(); i++) {
          fields.add(value(row.get(i)));
        }
        yield fields;
      }
      case scala.collection.Seq<?> elements -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (Iterator<?> all = CollectionConverters.asJava(elements.iterator()); all.hasNext(); ) {
          list.add(value(all.next()));
        }
        yield list;
      }
      case scala.collection.Map<?, ?> map -> {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        CollectionConverters.asJava(map)
            .forEach((key, each) -> entries.put(String.valueOf(key), value(each)));
        yield entries;
      }
      case byte[] bytes -> HexFormat.of().formatHex(bytes);
      case BigDecimal decimal -> decimal.toPlainString();
      default -> value.toString();
    };
  }
}
