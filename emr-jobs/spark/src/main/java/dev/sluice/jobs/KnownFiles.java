package dev.sluice.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.FileStatusCache;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.InMemoryFileIndex;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Parquet files whose names and sizes are known, so that nobody is asked for them before they are
 * read. Spark's own reader asks for each file two or three times, in a job of its own, and again
 * for every table that is made of them.
 */
final class KnownFiles extends FileStatusCache {
  private final Map<Path, FileStatus[]> files = new HashMap<>();
  private final List<Path> paths = new ArrayList<>();
  private final FileSystem system;

  /**
   * @param root the folder of the table
   */
  KnownFiles(Configuration configuration, String root) {
    try {
      system = new Path(root).getFileSystem(configuration);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a file. */
  void add(String uri, long bytes) {
    Path path = system.makeQualified(new Path(uri));
    paths.add(path);
    files.put(path, new FileStatus[] {new FileStatus(bytes, false, 1, bytes, 0, path)});
  }

  /**
   * The files as a table.
   *
   * @param schema of the table, its partition columns among them
   * @param options of Spark's reader of Parquet
   */
  HadoopFsRelation relation(SparkSession spark, StructType schema, Map<String, String> options) {
    scala.collection.immutable.Map<String, String> given =
        scala.collection.immutable.Map.from(CollectionConverters.asScala(options));
    InMemoryFileIndex index =
        new InMemoryFileIndex(
            spark,
            Seq.from(CollectionConverters.asScala(paths)),
            given,
            Option.apply(schema),
            this,
            Option.empty(),
            Option.empty());
    StructType partitions = index.partitionSchema();
    StructType columns = new StructType();
    for (StructField field : schema.fields()) {
      if (!List.of(partitions.fieldNames()).contains(field.name())) {
        columns = columns.add(field);
      }
    }
    return new HadoopFsRelation(
        index, partitions, columns, Option.empty(), new ParquetFileFormat(), given, spark);
  }

  /** A table's rows. */
  static Dataset<Row> rows(HadoopFsRelation relation) {
    return ((org.apache.spark.sql.classic.SparkSession) relation.sparkSession())
        .baseRelationToDataFrame(relation);
  }

  @Override
  public Option<FileStatus[]> getLeafFiles(Path path) {
    return Option.apply(files.get(system.makeQualified(path)));
  }

  @Override
  public void putLeafFiles(Path path, FileStatus[] found) {
    throw new IllegalStateException("a file that is not known: " + path);
  }

  @Override
  public void invalidateAll() {
    // The ledger's files never change.
  }
}
