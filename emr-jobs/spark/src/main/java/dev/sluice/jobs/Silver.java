package dev.sluice.jobs;

import dev.sluice.books.SilverFiles;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.PartitionValues;
import dev.sluice.model.ledger.LedgerEntry;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/** Reads silver tables: those files and no others that the ledger calls loaded. */
final class Silver {
  private final SparkSession spark;
  private final Lake lake;
  private final Map<Selection, Table> tables = new ConcurrentHashMap<>();

  /** Some partitions of a dataset. */
  private record Selection(String dataset, Set<String> partitions) {}

  /**
   * Their files.
   *
   * @param files what the ledger said when they were looked up
   * @param relation empty when there are none
   */
  private record Table(SilverFiles files, Optional<HadoopFsRelation> relation) {}

  Silver(SparkSession spark, Lake lake) {
    this.spark = spark;
    this.lake = lake;
  }

  /** What the ledger says of a dataset. */
  Mark.Input mark(Dataset dataset) {
    SilverFiles files = lake.files(dataset.name());
    if (files.entries() == 0) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot read silver."
              + dataset.name()
              + ": nothing was ever uploaded: the ledger has no entry in "
              + lake.layout().lakeUri(lake.layout().ledgerPrefix(dataset.name()))
              + ". Upload something, or correct the buckets.");
    }
    List<String> levels =
        dataset.partitions().fields().stream().map(PartitionField::column).toList();
    files
        .byPartition()
        .forEach((partition, list) -> {
          if (!List.copyOf(PartitionValues.parse(partition).keySet()).equals(levels)) {
            throw new SluiceException(
                ErrorCode.INVALID_DECLARATION,
                "Cannot read silver."
                    + dataset.name()
                    + ": a file was written when the table was partitioned otherwise: "
                    + lake.layout().lakeUri(list.get(0).key())
                    + ". Load the dataset again: ./sluice replay --dataset "
                    + dataset.name()
                    + " --whole");
          }
        });
    return Mark.Input.of(dataset.fingerprint(), files);
  }

  /** The records of some partitions. */
  org.apache.spark.sql.Dataset<Row> read(Dataset dataset, Collection<String> partitions) {
    StructType schema = StructTypes.silver(dataset);
    SilverFiles files = lake.files(dataset.name());
    Selection selection = new Selection(dataset.name(), Set.copyOf(partitions));
    Table table = tables.get(selection);
    if (table == null || table.files() != files) {
      table = new Table(files, table(dataset, schema, selected(files, partitions)));
      tables.put(selection, table);
    }
    if (table.relation().isEmpty()) {
      return spark.createDataFrame(List.of(), schema);
    }
    return KnownFiles.rows(table.relation().get())
        // Spark moves partition columns to the end.
        .select(Arrays.stream(schema.fieldNames()).map(functions::col).toArray(Column[]::new));
  }

  private static List<LedgerEntry.OutputFile> selected(
      SilverFiles files, Collection<String> partitions) {
    return partitions.stream()
        .flatMap(partition -> files.byPartition().getOrDefault(partition, List.of()).stream())
        .toList();
  }

  private Optional<HadoopFsRelation> table(
      Dataset dataset, StructType schema, List<LedgerEntry.OutputFile> files) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    String root = lake.uri(lake.layout().silverPrefix(dataset.name()));
    KnownFiles known = new KnownFiles(spark.sparkContext().hadoopConfiguration(), root);
    files.forEach(file -> known.add(lake.uri(file.key()), file.bytes()));
    return Optional.of(
        known.relation(
            spark,
            schema,
            Map.of(
                "basePath", root, "ignoreMissingFiles", "false", "ignoreCorruptFiles", "false")));
  }
}
