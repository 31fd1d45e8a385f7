package dev.sluice.jobs;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.job.GoldTable;
import dev.sluice.model.job.JobCommand;
import dev.sluice.model.job.JobDeclaration;
import dev.sluice.model.store.Content;
import dev.sluice.model.store.ListedObject;
import dev.sluice.model.store.ObjectName;
import dev.sluice.model.store.OpenObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.CreateTableWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Gold tables: Iceberg tables of which every version says what it was made of. A version is put in
 * place by one commit, or not at all.
 */
final class Gold {
  /** Summary of a snapshot: the run that made it. */
  static final String RUN = "sluice.run";

  /** Summary of a snapshot: the job that made it. */
  static final String JOB = "sluice.job";

  /** Summary of a snapshot: the instant that the run was planned for. */
  static final String SLOT = "sluice.slot";

  /** Summary of a snapshot: the name of its {@link Mark}. */
  static final String MARK = "sluice.mark";

  private static final String SNAPSHOT_PROPERTY = "snapshot-property.";

  /** A mark that no version names may be of a run that is about to commit. */
  private static final Duration SETTLED = Duration.ofDays(2);

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "format-version", "2",
          "write.parquet.compression-codec", "zstd",
          "write.metadata.delete-after-commit.enabled", "true",
          "write.metadata.previous-versions-max", "100");

  private final JobContext context;
  private final SparkSession spark;
  private final Lake lake;
  private final JobDeclaration job;

  Gold(JobContext context) {
    this.context = context;
    this.spark = context.spark();
    this.lake = context.lake();
    this.job = context.declaration();
  }

  /** What Spark calls the table. */
  static String name(String table) {
    return JobCommand.CATALOG + "." + Catalog.GOLD + "." + table;
  }

  /** The table; empty when there is none. */
  Optional<Table> find(String table) {
    try {
      Table found = Spark3Util.loadIcebergTable(spark, name(table));
      found.refresh();
      return Optional.of(found);
    } catch (NoSuchTableException e) {
      return Optional.empty();
    } catch (ParseException e) {
      throw new IllegalArgumentException("Cannot find the table: no name: " + table, e);
    }
  }

  /** Its content, as it is now. */
  Optional<Dataset<Row>> read(String table) {
    return find(table)
        .filter(found -> found.currentSnapshot() != null)
        .map(found ->
            spark
                .read()
                .option("versionAsOf", found.currentSnapshot().snapshotId())
                .table(name(table)));
  }

  /** Whether the table has been written for this slot, or, when all is wanted anew, by this run. */
  boolean isDone(Table table) {
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      Map<String, String> summary = snapshot.summary();
      if (context.slot().toString().equals(summary.get(SLOT))
          && job.name().equals(summary.get(JOB))
          && (!context.full() || context.run().equals(summary.get(RUN)))) {
        return true;
      }
    }
    return false;
  }

  /** What the current version was made of; empty when it does not say, or not any more. */
  Optional<Mark> mark(GoldTable declared, Table table) {
    Snapshot snapshot = table.currentSnapshot();
    String digest = snapshot == null ? null : snapshot.summary().get(MARK);
    if (digest == null || !digest.matches("[0-9a-f]{32}")) {
      return Optional.empty();
    }
    try (OpenObject open =
        lake.objects().open(lake(lake.layout().markKey(declared.name(), digest))).orElse(null)) {
      if (open == null) {
        return Optional.empty();
      }
      Mark mark = Mark.parse(new String(open.content().readAllBytes(), StandardCharsets.UTF_8));
      // Everything is computed anew rather than from a damaged mark.
      return Optional.of(mark).filter(m -> m.digest().equals(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether the table can take rows of that schema as it is. */
  boolean fits(Table table, GoldTable declared, StructType schema) {
    List<String> partitions =
        table.spec().fields().stream()
            .filter(field -> field.transform().isIdentity())
            .map(field -> table.schema().findColumnName(field.sourceId()))
            .toList();
    return partitions.equals(declared.partitions())
        && table.spec().fields().size() == partitions.size()
        && columns(SparkSchemaUtil.convert(table.schema())).equals(columns(schema));
  }

  /** Names and types, whether or not a value may be null. */
  private static List<String> columns(StructType schema) {
    return Arrays.stream(schema.fields())
        .map(field -> field.name() + " " + field.dataType().asNullable().sql())
        .toList();
  }

  /** Puts other content in place of all of it, of whatever columns. */
  void replace(GoldTable declared, Dataset<Row> rows, Mark mark) {
    check(declared, rows.schema());
    put(declared, mark);
    CreateTableWriter<Row> writer = rows.writeTo(name(declared.name())).using("iceberg");
    if (!declared.partitions().isEmpty()) {
      Column[] columns = declared.partitions().stream().map(functions::col).toArray(Column[]::new);
      writer = writer.partitionedBy(columns[0], Arrays.copyOfRange(columns, 1, columns.length));
    }
    for (Map.Entry<String, String> property : PROPERTIES.entrySet()) {
      writer = writer.tableProperty(property.getKey(), property.getValue());
    }
    if (!declared.doc().isEmpty()) {
      writer = writer.tableProperty("comment", declared.doc());
    }
    writer =
        writer.tableProperty(
            "location",
            lake.uri(lake.layout().goldPrefix(job.dataset(), declared.name()))
                .replaceFirst("/$", ""));
    for (Map.Entry<String, String> property : summary(mark).entrySet()) {
      writer = writer.option(SNAPSHOT_PROPERTY + property.getKey(), property.getValue());
    }
    writer.createOrReplace();
  }

  /** Puts other rows in place of those that the condition selects. */
  void overwrite(GoldTable declared, Dataset<Row> rows, Column condition, Mark mark)
      throws NoSuchTableException {
    check(declared, rows.schema());
    put(declared, mark);
    DataFrameWriterV2<Row> writer = rows.writeTo(name(declared.name()));
    for (Map.Entry<String, String> property : summary(mark).entrySet()) {
      writer = writer.option(SNAPSHOT_PROPERTY + property.getKey(), property.getValue());
    }
    writer.overwrite(condition);
  }

  private Map<String, String> summary(Mark mark) {
    return Map.of(
        RUN, context.run(),
        JOB, job.name(),
        SLOT, context.slot().toString(),
        MARK, mark.digest());
  }

  private static void check(GoldTable declared, StructType schema) {
    List<String> names = Arrays.asList(schema.fieldNames());
    for (String partition : declared.partitions()) {
      if (!names.contains(partition)) {
        throw new SluiceException(
            ErrorCode.INVALID_DECLARATION,
            "Cannot write gold."
                + declared.name()
                + ": it is declared to be partitioned by a column that the job does not make: "
                + partition
                + ". Correct the declaration or the job.");
      }
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new SluiceException(
          ErrorCode.INVALID_DECLARATION,
          "Cannot write gold."
              + declared.name()
              + ": two of its columns have the same name: "
              + String.join(", ", names)
              + ". Name them apart in the job.");
    }
  }

  private void put(GoldTable declared, Mark mark) {
    lake.objects()
        .putIfAbsent(
            lake(lake.layout().markKey(declared.name(), mark.digest())),
            Content.of(mark.toText()),
            "application/json");
  }

  /** Removes the marks of versions that are no more. */
  void tidy(GoldTable declared, Instant now) {
    Set<String> named = new HashSet<>();
    for (Snapshot snapshot : find(declared.name()).orElseThrow().snapshots()) {
      String digest = snapshot.summary().get(MARK);
      if (digest != null) {
        named.add(lake.layout().markKey(declared.name(), digest));
      }
    }
    List<ObjectName> old = new ArrayList<>();
    try (Stream<ListedObject> listed =
        lake.objects()
            .list(lake.layout().lakeBucket(), lake.layout().marksPrefix(declared.name()), "")) {
      listed
          .filter(mark -> !named.contains(mark.name().key()))
          .filter(mark -> mark.lastModified().plus(SETTLED).isBefore(now))
          .forEach(mark -> old.add(mark.name()));
    }
    old.forEach(lake.objects()::delete);
  }

  private ObjectName lake(String key) {
    return new ObjectName(lake.layout().lakeBucket(), key);
  }

  /** Selects the rows that have one of these lists of values in these columns. */
  static Column condition(
      StructType schema,
      List<String> columns,
      Collection<? extends List<? extends @Nullable String>> values) {
    if (columns.size() == 1) {
      StructField field = schema.apply(columns.get(0));
      Object[] texts =
          values.stream()
              .filter(value -> value.get(0) != null)
              .map(value -> value(field.dataType(), field.name(), String.valueOf(value.get(0))))
              .toArray();
      Column isNull = functions.col(field.name()).isNull();
      boolean withNull = texts.length < values.size();
      if (texts.length == 0) {
        return withNull ? isNull : functions.lit(false);
      }
      Column in = functions.col(field.name()).isin(texts);
      return withNull ? in.or(isNull) : in;
    }
    List<Column> any = new ArrayList<>();
    for (List<? extends @Nullable String> value : values) {
      Column all = null;
      for (int i = 0; i < columns.size(); i++) {
        StructField field = schema.apply(columns.get(i));
        String text = value.get(i);
        Column one =
            text == null
                ? functions.col(field.name()).isNull()
                : functions.col(field.name()).equalTo(value(field.dataType(), field.name(), text));
        all = all == null ? one : all.and(one);
      }
      any.add(java.util.Objects.requireNonNull(all));
    }
    // Halves, so that the depth stays small.
    while (any.size() > 1) {
      List<Column> halves = new ArrayList<>();
      for (int i = 0; i < any.size(); i += 2) {
        halves.add(i + 1 < any.size() ? any.get(i).or(any.get(i + 1)) : any.get(i));
      }
      any = halves;
    }
    return any.isEmpty() ? functions.lit(false) : any.get(0);
  }

  private static Object value(DataType type, String column, String text) {
    if (type.equals(DataTypes.StringType)) {
      return text;
    }
    if (type.equals(DataTypes.DateType)) {
      return LocalDate.parse(text);
    }
    if (type.equals(DataTypes.IntegerType)) {
      return Integer.parseInt(text);
    }
    if (type.equals(DataTypes.LongType)) {
      return Long.parseLong(text);
    }
    throw new SluiceException(
        ErrorCode.INVALID_DECLARATION,
        "Cannot compute partitions anew: a column is neither text, date nor integer: "
            + column
            + " "
            + type.sql()
            + ". Cast it in the job.");
  }
}
