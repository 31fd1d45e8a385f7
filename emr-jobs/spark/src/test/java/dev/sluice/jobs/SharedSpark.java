package dev.sluice.jobs;

import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** One small Spark for all tests of the JVM, and short ways to frames and their rows. */
public final class SharedSpark {
  public static final Path ROOT = Path.of(System.getProperty("sluice.root"));

  private static @Nullable SparkSession session;

  private SharedSpark() {}

  /** The session. */
  public static synchronized SparkSession spark() {
    if (session == null) {
      Path work = temporary();
      session =
          SparkSession.builder()
              .master("local[2]")
              .appName("sluice-test")
              .config("spark.ui.enabled", false)
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .config("spark.local.dir", work.resolve("local").toString())
              .config("spark.sql.warehouse.dir", work.resolve("warehouse").toString())
              .config("spark.sql.shuffle.partitions", 2)
              .config("spark.sql.session.timeZone", "UTC")
              .config("spark.sql.datetime.java8API.enabled", true)
              .config("spark.sql.catalog.sluice", "org.apache.iceberg.spark.SparkCatalog")
              .config(
                  "spark.sql.catalog.sluice.catalog-impl",
                  "org.apache.iceberg.inmemory.InMemoryCatalog")
              .config("spark.sql.catalog.sluice.io-impl", "org.apache.iceberg.hadoop.HadoopFileIO")
              .config("spark.sql.catalog.sluice.warehouse", work.resolve("gold").toUri().toString())
              .config("spark.sql.catalog.sluice.cache-enabled", false)
              .getOrCreate();
      session.sparkContext().setLogLevel("ERROR");
    }
    return session;
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("sluice-spark-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A shipped dataset. */
  public static dev.sluice.model.dataset.Dataset dataset(String name) {
    return DatasetLoader.load(ROOT.resolve("datasets").resolve(name));
  }

  /**
   * A frame shaped as a shipped dataset's silver table, from one JSON object a row. Absent keys are
   * null; partition columns are given, too.
   */
  public static Dataset<Row> silver(String dataset, String... lines) {
    return spark()
        .read()
        .schema(StructTypes.silver(dataset(dataset)))
        .option("mode", "FAILFAST")
        .json(spark().createDataset(List.of(lines), Encoders.STRING()));
  }

  /** A frame of a schema in Spark's DDL; the cells of all rows one after the other. */
  public static Dataset<Row> frame(String ddl, @Nullable Object... cells) {
    StructType schema = StructType.fromDDL(ddl);
    int width = schema.fields().length;
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < cells.length; i += width) {
      rows.add(RowFactory.create(java.util.Arrays.copyOfRange(cells, i, i + width)));
    }
    return spark().createDataFrame(rows, schema);
  }

  /** The rows as lists, in the order of these columns. */
  public static List<List<@Nullable Object>> rows(Dataset<Row> frame, String... sorted) {
    Dataset<Row> ordered =
        sorted.length == 0
            ? frame
            : frame.orderBy(
                java.util.Arrays.stream(sorted)
                    .map(frame::col)
                    .toArray(org.apache.spark.sql.Column[]::new));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Row row : ordered.collectAsList()) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(row.get(i));
      }
      rows.add(cells);
    }
    return rows;
  }
}
