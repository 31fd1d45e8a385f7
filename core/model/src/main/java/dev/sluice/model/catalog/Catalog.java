package dev.sluice.model.catalog;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.dataset.PartitionField;
import dev.sluice.model.dataset.Projection;
import dev.sluice.model.dataset.Transform;
import dev.sluice.model.registry.LakeLayout;
import dev.sluice.model.schema.Field;
import dev.sluice.model.schema.RecordType;
import dev.sluice.model.schema.ScalarType;
import dev.sluice.model.schema.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Derives the databases and tables of the lake. */
public final class Catalog {
  /** Uploads as they arrived, one table per dataset. */
  public static final String BRONZE = "bronze";

  /** One table per dataset. */
  public static final String SILVER = "silver";

  /** Aggregates. */
  public static final String GOLD = "gold";

  /** The books: ledger and quarantine. */
  public static final String OPS = "ops";

  /** The table in {@link #OPS} of uploaded object versions. */
  public static final String LEDGER = "ledger";

  /** The table in {@link #OPS} of records that could not be loaded; partitioned by dataset, day. */
  public static final String QUARANTINE = "quarantine";

  /** The table in {@link #OPS} of runs of jobs. */
  public static final String JOB_RUNS = "job_runs";

  /** Table parameter with the fingerprint of the declaration it was derived from. */
  public static final String FINGERPRINT = "sluice.fingerprint";

  private static final int COMMENT_LENGTH = 255;
  private static final int DESCRIPTION_LENGTH = 2048;

  private final LakeLayout layout;

  public Catalog(LakeLayout layout) {
    this.layout = layout;
  }

  /** The databases, in the order they are made. */
  public static List<String> databases() {
    return List.of(BRONZE, SILVER, GOLD, OPS);
  }

  /**
   * The databases whose tables hold what declarations let pass, and the books: all but {@link
   * #BRONZE}, which holds whatever was uploaded.
   */
  public static List<String> refined() {
    return List.of(SILVER, GOLD, OPS);
  }

  /** Every table of the lake. */
  public List<TableDefinition> tables(Datasets datasets) {
    List<TableDefinition> tables = new ArrayList<>();
    datasets.all().forEach(dataset -> tables.add(bronze(dataset)));
    datasets.all().forEach(dataset -> tables.add(silver(dataset)));
    tables.add(ledger(datasets));
    tables.add(quarantine());
    tables.add(jobRuns(datasets));
    return tables;
  }

  /**
   * The uploads of a dataset as they arrived: one row per line, each declared field as text,
   * whatever was there, nested values as JSON. A line that is no JSON object has NULL in all
   * columns.
   */
  public TableDefinition bronze(Dataset dataset) {
    List<Column> columns = new ArrayList<>();
    Map<String, String> serde = new LinkedHashMap<>();
    serde.put("case.insensitive", "false");
    serde.put("ignore.malformed.json", "true");
    for (Field field : dataset.schema().fields()) {
      columns.add(new Column(field.column(), "string", line(field.doc())));
      // The serializer-deserializer knows one key for each column.
      String key = field.keys().get(0);
      if (!key.equals(field.column())) {
        serde.put("mapping." + field.column(), key);
      }
    }
    serde.put("serialization.format", "1");
    return json(
        BRONZE,
        dataset.name(),
        "Uploads to " + dataset.name() + " as they arrived, every value as text",
        layout.rawUri(layout.rawPrefix(dataset.name())),
        columns,
        List.of(),
        serde,
        jsonParameters());
  }

  /**
   * The table of a dataset. A column that an identity partition has taken over is a partition key
   * only, though the files hold it too.
   */
  public TableDefinition silver(Dataset dataset) {
    List<PartitionField> levels = dataset.partitions().fields();
    List<String> keys = levels.stream().map(PartitionField::column).toList();
    List<Column> columns =
        dataset.schema().fields().stream()
            .filter(field -> !keys.contains(field.column()))
            .map(field -> new Column(field.column(), HiveTypes.of(field.type()), line(field.doc())))
            .toList();
    String location = layout.lakeUri(layout.silverPrefix(dataset.name()));
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("EXTERNAL", "TRUE");
    parameters.put("classification", "parquet");
    parameters.put(FINGERPRINT, dataset.fingerprint());
    if (dataset.partitions().projected()) {
      parameters.put("projection.enabled", "true");
      levels.forEach(level -> project(level, dataset.schema(), parameters));
      parameters.put("storage.location.template", template(location, keys));
    }
    return new TableDefinition(
        SILVER,
        dataset.name(),
        cut(dataset.description(), DESCRIPTION_LENGTH),
        location,
        columns,
        levels.stream()
            .map(level -> new Column(level.column(), "string", line(describe(level))))
            .toList(),
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        Map.of("serialization.format", "1"),
        parameters);
  }

  /** {@code ops.ledger}: one row per uploaded object version. */
  public TableDefinition ledger(Datasets datasets) {
    String location = layout.lakeUri(layout.ledgerPrefix());
    Map<String, String> parameters = jsonParameters();
    parameters.put("projection.enabled", "true");
    parameters.put("projection.dataset.type", "enum");
    parameters.put(
        "projection.dataset.values",
        Stream.concat(
                datasets.all().stream().map(Dataset::name), Stream.of(LakeLayout.UNKNOWN_DATASET))
            .collect(Collectors.joining(",")));
    parameters.put("storage.location.template", template(location, List.of("dataset")));
    return json(
        LEDGER,
        "What became of every uploaded object version",
        location,
        List.of(
            new Column("source_bucket", "string", "Bucket it was uploaded to"),
            new Column("source_key", "string", "Its key there, decoded"),
            new Column("version_id", "string", "Its version; empty in a bucket without versions"),
            new Column("etag", "string", "Its ETag"),
            new Column("sequencer", "string", "S3's order of the events of one key"),
            new Column("size", "bigint", "Stored bytes of the object"),
            new Column("event_time", "string", "When S3 says it was created, ISO 8601"),
            new Column("fingerprint", "string", "The declaration's fingerprint"),
            new Column(
                "status",
                "string",
                "LOADED, LOADED_WITH_QUARANTINE, REJECTED, SUPERSEDED, WITHDRAWN"),
            new Column("reason_code", "string", "Why it was rejected"),
            new Column("message", "string", "The same for people"),
            new Column("records_read", "bigint", "Records found in it"),
            new Column("records_written", "bigint", "Records in files"),
            new Column("records_quarantined", "bigint", "Records in the quarantine file"),
            new Column("reasons", "map<string,bigint>", "Quarantined records by reason"),
            new Column("bytes_in", "bigint", "Stored bytes that were read"),
            new Column("bytes_decoded", "bigint", "Bytes after decompression"),
            new Column("bytes_out", "bigint", "Bytes of all files"),
            new Column(
                "files",
                "array<struct<key:string,partition:string,rows:bigint,bytes:bigint>>",
                "The Parquet files that hold its records"),
            new Column("quarantine_key", "string", "The quarantine file; empty when there is none"),
            new Column("started_at", "string", "When the attempt began, ISO 8601"),
            new Column("duration_ms", "bigint", "How long it took"),
            new Column("attempt", "int", "Which delivery that was, from 1"),
            new Column("function_version", "string", "Version of the function"),
            new Column(
                "source_deleted_at", "string", "When the upload was deleted, ISO 8601, or null"),
            new Column("generation", "int", "How often it was loaded anew or replayed, from 0")),
        List.of(new Column("dataset", "string", "The dataset, or _unknown")),
        parameters);
  }

  /**
   * {@code ops.quarantine}: one row per record that could not be loaded. Its partitions are
   * registered as they come to be: a day of years ago is as possible as today's, and computing all
   * of them would make every query list thousands of empty prefixes.
   */
  public TableDefinition quarantine() {
    return json(
        QUARANTINE,
        "Records that could not be loaded, with their source, position and reason",
        layout.lakeUri(layout.quarantinePrefix()),
        List.of(
            new Column("source", "string", "Where it came from, s3://bucket/key"),
            new Column("version", "string", "The source's version or ETag"),
            new Column("line", "bigint", "1-based line in the decompressed source"),
            new Column("byte_offset", "bigint", "First byte in the decompressed source, from 0"),
            new Column("byte_length", "bigint", "Bytes of the whole record"),
            new Column("field", "string", "Path of the field at fault; empty for the record"),
            new Column("reason", "string", "Class of the fault"),
            new Column("rule", "string", "The quality rule that does not hold"),
            new Column("expected", "string", "What would have been accepted"),
            new Column("found", "string", "What was there, without the value"),
            new Column("message", "string", "The same for people"),
            new Column("raw", "string", "The record's text, or Base64 of its bytes"),
            new Column("raw_base64", "boolean", "Whether raw is Base64"),
            new Column("raw_truncated", "boolean", "Whether raw was cut")),
        List.of(
            new Column("dataset", "string", "The dataset it was uploaded to"),
            new Column("day", "string", "Day of the upload in UTC, YYYY-MM-DD")),
        jsonParameters());
  }

  /** {@code ops.job_runs}: one row per run of a job. */
  public TableDefinition jobRuns(Datasets datasets) {
    String location = layout.lakeUri(layout.jobRunsPrefix());
    Map<String, String> parameters = jsonParameters();
    parameters.put("projection.enabled", "true");
    parameters.put("projection.dataset.type", "enum");
    parameters.put(
        "projection.dataset.values",
        datasets.all().stream().map(Dataset::name).collect(Collectors.joining(",")));
    parameters.put("storage.location.template", template(location, List.of("dataset")));
    return json(
        JOB_RUNS,
        "What became of every run of a job",
        location,
        List.of(
            new Column("run", "string", "The run's id: job, time of the slot, attempt"),
            new Column("job", "string", "The job, dataset/job"),
            new Column("slot", "string", "The planned time, ISO 8601"),
            new Column("attempt", "int", "Which attempt of the slot that is, from 1"),
            new Column(
                "status",
                "string",
                "CLAIMED, QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED, SKIPPED, MISSED"),
            new Column("origin", "string", "Who asked for it: SCHEDULE, HAND, RECONCILER"),
            new Column("mode", "string", "full or incremental"),
            new Column("asked_at", "string", "When it was first taken down, ISO 8601"),
            new Column("launched_at", "string", "When it was launched, ISO 8601, or null"),
            new Column("started_at", "string", "When its step began, ISO 8601, or null"),
            new Column("ended_at", "string", "When it ended, ISO 8601, or null"),
            new Column("duration_ms", "bigint", "How long the step ran"),
            new Column("reason", "string", "Why it failed, waits, was skipped or cancelled"),
            new Column("cluster", "string", "Id of its cluster"),
            new Column("step", "string", "Id of its step"),
            new Column("logs", "string", "Where its logs lie"),
            new Column("shared_cluster", "boolean", "Whether the cluster runs other steps, too")),
        List.of(new Column("dataset", "string", "The dataset that the job belongs to")),
        parameters);
  }

  private static Map<String, String> jsonParameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("EXTERNAL", "TRUE");
    parameters.put("classification", "json");
    return parameters;
  }

  private static TableDefinition json(
      String name,
      String description,
      String location,
      List<Column> columns,
      List<Column> partitionKeys,
      Map<String, String> parameters) {
    return json(
        OPS,
        name,
        description,
        location,
        columns,
        partitionKeys,
        // Otherwise the keys of maps, which are names of reasons, would be folded to lower case.
        Map.of("case.insensitive", "false", "serialization.format", "1"),
        parameters);
  }

  private static TableDefinition json(
      String database,
      String name,
      String description,
      String location,
      List<Column> columns,
      List<Column> partitionKeys,
      Map<String, String> serdeParameters,
      Map<String, String> parameters) {
    return new TableDefinition(
        database,
        name,
        description,
        location,
        columns,
        partitionKeys,
        "org.apache.hadoop.mapred.TextInputFormat",
        "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
        "org.openx.data.jsonserde.JsonSerDe",
        serdeParameters,
        parameters);
  }

  private static String template(String location, List<String> keys) {
    return location
        + keys.stream().map(key -> key + "=${" + key + "}/").collect(Collectors.joining());
  }

  private static void project(
      PartitionField level, RecordType schema, Map<String, String> parameters) {
    String prefix = "projection." + level.column() + ".";
    Projection projection = level.projection().orElseThrow();
    if (projection instanceof Projection.Values values) {
      parameters.put(prefix + "type", "enum");
      parameters.put(prefix + "values", String.join(",", values.values()));
      return;
    }
    Projection.Range range = (Projection.Range) projection;
    if (level.transform() instanceof Transform.Time time) {
      if (time.relative()) {
        parameters.put(prefix + "type", "integer");
        parameters.put(prefix + "range", number(range.from()) + "," + number(range.to()));
        parameters.put(prefix + "digits", "2");
        return;
      }
      switch (time.unit()) {
        case YEAR -> integers(prefix, range, 1, parameters);
        case MONTH -> dates(prefix, range, "yyyy-MM", "MONTHS", parameters);
        case DAY -> dates(prefix, range, "yyyy-MM-dd", "DAYS", parameters);
        case HOUR -> dates(prefix, range, "yyyy-MM-dd-HH", "HOURS", parameters);
      }
    } else if (level.transform() instanceof Transform.Truncate truncate) {
      integers(prefix, range, truncate.width(), parameters);
    } else if (kind(schema, level) == ScalarType.Kind.DATE
        && level.transform() instanceof Transform.Identity) {
      dates(prefix, range, "yyyy-MM-dd", "DAYS", parameters);
    } else {
      integers(prefix, range, 1, parameters);
    }
  }

  private static String number(String text) {
    return String.valueOf(Integer.parseInt(text));
  }

  private static void integers(
      String prefix, Projection.Range range, int interval, Map<String, String> parameters) {
    parameters.put(prefix + "type", "integer");
    parameters.put(prefix + "range", range.from() + "," + range.to());
    if (interval != 1) {
      parameters.put(prefix + "interval", String.valueOf(interval));
    }
  }

  private static void dates(
      String prefix,
      Projection.Range range,
      String format,
      String unit,
      Map<String, String> parameters) {
    parameters.put(prefix + "type", "date");
    parameters.put(prefix + "range", range.from() + "," + range.to());
    parameters.put(prefix + "format", format);
    parameters.put(prefix + "interval", "1");
    parameters.put(prefix + "interval.unit", unit);
  }

  private static ScalarType.Kind kind(RecordType schema, PartitionField level) {
    Type type = schema;
    for (String name : level.source().names()) {
      RecordType within = (RecordType) type;
      type =
          within.fields().stream()
              .filter(field -> field.name().equals(name))
              .map(Field::type)
              .findFirst()
              .orElseThrow();
    }
    return ((ScalarType) type).kind();
  }

  private static String describe(PartitionField level) {
    String source = level.source().toString();
    if (level.transform() instanceof Transform.Time time) {
      return time.unit().name().toLowerCase(Locale.ROOT) + " of " + source + ", UTC";
    }
    if (level.transform() instanceof Transform.Truncate truncate) {
      return source + " truncated to " + truncate.width();
    }
    if (level.transform() instanceof Transform.Bucket bucket) {
      return "bucket of " + source + ", 0 to " + (bucket.count() - 1);
    }
    return "the value of " + source;
  }

  private static String line(String text) {
    return cut(text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip(), COMMENT_LENGTH);
  }

  private static String cut(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = length - 1;
    if (Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end) + "…";
  }
}
