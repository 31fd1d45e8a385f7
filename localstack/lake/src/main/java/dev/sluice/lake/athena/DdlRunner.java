package dev.sluice.lake.athena;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.athena.SqlReader.Name;
import dev.sluice.lake.glue.GlueCatalog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.Database;
import software.amazon.awssdk.services.glue.model.DatabaseInput;
import software.amazon.awssdk.services.glue.model.Partition;
import software.amazon.awssdk.services.glue.model.PartitionInput;
import software.amazon.awssdk.services.glue.model.SerDeInfo;
import software.amazon.awssdk.services.glue.model.StorageDescriptor;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableInput;

/** Runs Hive's DDL against the catalog. */
final class DdlRunner {
  private static final String HIVE_IO = "org.apache.hadoop.hive.ql.io.";

  private final GlueCatalog catalog;

  DdlRunner(GlueCatalog catalog) {
    this.catalog = catalog;
  }

  /** What came of a statement. */
  sealed interface Outcome {}

  /** Rows under these names; no names for a statement that answers nothing. */
  record Answer(List<String> columns, List<List<String>> rows) implements Outcome {}

  /** The rest is the engine's to do. */
  record ForEngine(List<String> statements) implements Outcome {}

  private static final Answer NOTHING = new Answer(List.of(), List.of());

  private record Format(String inputFormat, String outputFormat, String serde) {}

  private static final Map<String, Format> FORMATS =
      Map.of(
          "parquet",
          new Format(
              HIVE_IO + "parquet.MapredParquetInputFormat",
              HIVE_IO + "parquet.MapredParquetOutputFormat",
              HIVE_IO + "parquet.serde.ParquetHiveSerDe"),
          "orc",
          new Format(
              HIVE_IO + "orc.OrcInputFormat",
              HIVE_IO + "orc.OrcOutputFormat",
              HIVE_IO + "orc.OrcSerde"),
          "avro",
          new Format(
              HIVE_IO + "avro.AvroContainerInputFormat",
              HIVE_IO + "avro.AvroContainerOutputFormat",
              "org.apache.hadoop.hive.serde2.avro.AvroSerDe"),
          "textfile",
          new Format(
              "org.apache.hadoop.mapred.TextInputFormat",
              HIVE_IO + "HiveIgnoreKeyTextOutputFormat",
              "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
          "sequencefile",
          new Format(
              "org.apache.hadoop.mapred.SequenceFileInputFormat",
              "org.apache.hadoop.mapred.SequenceFileOutputFormat",
              "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
          "rcfile",
          new Format(
              HIVE_IO + "RCFileInputFormat",
              HIVE_IO + "RCFileOutputFormat",
              "org.apache.hadoop.hive.serde2.columnar.LazyBinaryColumnarSerDe"));

  /**
   * Runs a statement.
   *
   * @param current the database that names without one refer to
   * @throws SqlException with the query's reason
   */
  Outcome run(Ddl ddl, String current) {
    try {
      return switch (ddl) {
        case Ddl.CreateTable create -> createTable(create, current);
        case Ddl.DropTable drop -> dropTable(drop, current);
        case Ddl.CreateDatabase create -> createDatabase(create);
        case Ddl.DropDatabase drop -> dropDatabase(drop);
        case Ddl.AddPartitions add -> addPartitions(add, current);
        case Ddl.DropPartitions drop -> dropPartitions(drop, current);
        case Ddl.AddColumns add -> addColumns(add, current);
        case Ddl.SetProperties set -> setProperties(set, current);
        case Ddl.SetLocation set -> setLocation(set, current);
        case Ddl.SetDatabaseProperties set -> setDatabaseProperties(set);
        case Ddl.DropColumn drop -> dropColumn(drop, current);
        case Ddl.ChangeColumn change -> changeColumn(change, current);
        case Ddl.Repair repair -> repair(repair, current);
        case Ddl.ShowDatabases show ->
            list(
                "database_name",
                catalog.databases().stream().map(Database::name).toList(),
                show.pattern());
        case Ddl.ShowTables show -> showTables(show, current);
        case Ddl.ShowPartitions show -> showPartitions(show, current);
        case Ddl.ShowColumns show ->
            new Answer(
                List.of("field"),
                allColumns(table(show.table(), current)).stream()
                    .map(column -> List.of(padded(column.name())))
                    .toList());
        case Ddl.ShowCreateTable show -> showCreateTable(show, current);
        case Ddl.ShowProperties show -> showProperties(show, current);
        case Ddl.Describe describe -> describe(describe, current);
      };
    } catch (ServiceException e) {
      throw switch (e.code()) {
        case "EntityNotFoundException" -> SqlException.semantic(String.valueOf(e.getMessage()));
        case "AlreadyExistsException", "InvalidInputException" ->
            SqlException.task(e.code() + "(message:" + e.getMessage() + ")");
        default -> SqlException.refused(e.code(), String.valueOf(e.getMessage()));
      };
    }
  }

  private Outcome createTable(Ddl.CreateTable create, String current) {
    final String database = database(create.name(), current);
    boolean iceberg = "ICEBERG".equalsIgnoreCase(create.properties().get("table_type"));
    if (!create.external() && !iceberg) {
      throw SqlException.malformed("External keyword required for table type HIVE");
    }
    if (create.external() && iceberg) {
      throw SqlException.malformed("External keyword not supported for table type ICEBERG");
    }
    if (create.location() == null) {
      throw SqlException.semantic("LOCATION 's3://...' is missing");
    }
    if (!create.location().matches("s3[an]?://[^/]+/.*|s3[an]?://[^/]+")) {
      throw SqlException.semantic("The location is not one in S3: " + create.location());
    }
    catalog.database(database);
    if (catalog.findTable(database, create.name().table()).isPresent()) {
      if (create.ifNotExists()) {
        return NOTHING;
      }
      throw SqlException.task(
          "AlreadyExistsException(message:Table " + create.name().table() + " already exists)");
    }
    if (iceberg) {
      return new ForEngine(List.of(icebergTable(create, database)));
    }
    catalog.createTable(database, input(create));
    return NOTHING;
  }

  private static TableInput input(Ddl.CreateTable create) {
    Format format = FORMATS.get(create.storedAs() == null ? "textfile" : create.storedAs());
    if (format == null) {
      throw SqlException.notSupported("There is no STORED AS " + create.storedAs());
    }
    Map<String, String> serdeProperties = new LinkedHashMap<>(create.serdeProperties());
    String serde = create.serde() == null ? format.serde() : create.serde();
    serdeProperties.putIfAbsent("serialization.format", "1");
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("EXTERNAL", "TRUE");
    properties.putAll(create.properties());
    if (create.comment() != null) {
      properties.put("comment", create.comment());
    }
    return TableInput.builder()
        .name(create.name().table())
        .description(create.comment())
        .owner("athena")
        .tableType("EXTERNAL_TABLE")
        .parameters(properties)
        .partitionKeys(columns(create.partitionColumns()))
        .storageDescriptor(
            StorageDescriptor.builder()
                .columns(columns(create.columns()))
                .location(create.location())
                .inputFormat(
                    create.inputFormat() == null ? format.inputFormat() : create.inputFormat())
                .outputFormat(
                    create.outputFormat() == null ? format.outputFormat() : create.outputFormat())
                .compressed(false)
                .numberOfBuckets(-1)
                .storedAsSubDirectories(false)
                .serdeInfo(
                    SerDeInfo.builder()
                        .serializationLibrary(serde)
                        .parameters(serdeProperties)
                        .build())
                .build())
        .build();
  }

  private static List<Column> columns(List<Ddl.Column> columns) {
    return columns.stream()
        .map(column ->
            Column.builder()
                .name(column.name())
                .type(column.type())
                .comment(column.comment())
                .build())
        .toList();
  }

  private static String icebergTable(Ddl.CreateTable create, String database) {
    List<String> columns = new ArrayList<>();
    for (Ddl.Column column : create.columns()) {
      columns.add(
          Dialect.quoted(column.name())
              + " "
              + icebergType(column.type())
              + (column.comment() == null ? "" : " COMMENT " + Dialect.literal(column.comment())));
    }
    List<String> properties = new ArrayList<>();
    properties.add("location = " + Dialect.literal(String.valueOf(create.location())));
    String format = create.properties().get("format");
    properties.add(
        "format = "
            + Dialect.literal(format == null ? "PARQUET" : format.toUpperCase(Locale.ROOT)));
    String compression = create.properties().get("write_compression");
    if (compression != null) {
      properties.add(
          "compression_codec = "
              + Dialect.literal(Dialect.codec(compression.toUpperCase(Locale.ROOT))));
    }
    if (!create.partitionTransforms().isEmpty()) {
      properties.add(
          "partitioning = ARRAY["
              + String.join(
                  ", ", create.partitionTransforms().stream().map(Dialect::literal).toList())
              + "]");
    }
    return "CREATE TABLE "
        + Dialect.iceberg(new Name(database, create.name().table()), null)
        + " ("
        + String.join(", ", columns)
        + ")"
        + (create.comment() == null ? "" : " COMMENT " + Dialect.literal(create.comment()))
        + " WITH ("
        + String.join(", ", properties)
        + ")";
  }

  private static final Pattern STRUCT_FIELD = Pattern.compile("([\\p{L}\\p{N}_$]+):");

  /** Hive's type in Trino's words, with Iceberg's microseconds. */
  private static String icebergType(String hive) {
    String type = STRUCT_FIELD.matcher(hive).replaceAll("\"$1\" ");
    type = type.replaceAll("\\bstruct<", "row<");
    type = type.replaceAll("\\bstring\\b(?!\")", "varchar");
    type = type.replaceAll("\\btimestamp\\b(?!\")", "timestamp(6)");
    type = type.replaceAll("\\bfloat\\b(?!\")", "real");
    type = type.replaceAll("\\bint\\b(?!\")", "integer");
    type = type.replaceAll("\\bbinary\\b(?!\")", "varbinary");
    return type.replace('<', '(').replace('>', ')');
  }

  private Outcome dropTable(Ddl.DropTable drop, String current) {
    String database = database(drop.name(), current);
    Optional<Table> table = catalog.findTable(database, drop.name().table());
    if (table.isEmpty()) {
      if (drop.ifExists()) {
        return NOTHING;
      }
      throw missing(database, drop.name().table());
    }
    if (isIceberg(table.get())) {
      return new ForEngine(
          List.of("DROP TABLE " + Dialect.iceberg(new Name(database, drop.name().table()), null)));
    }
    if ("VIRTUAL_VIEW".equals(table.get().tableType())) {
      throw SqlException.semantic(
          "[Error 10003]: Cannot drop a view with DROP TABLE: use DROP VIEW");
    }
    // Athena's tables are external: their data stays.
    catalog.deleteTable(database, drop.name().table());
    return NOTHING;
  }

  private Outcome createDatabase(Ddl.CreateDatabase create) {
    boolean exists =
        catalog.databases().stream().anyMatch(database -> database.name().equals(create.name()));
    if (exists && create.ifNotExists()) {
      return NOTHING;
    }
    if (exists) {
      throw SqlException.task("Database " + create.name() + " already exists");
    }
    catalog.createDatabase(
        DatabaseInput.builder()
            .name(create.name())
            .description(create.comment())
            .locationUri(create.location())
            .parameters(create.properties().isEmpty() ? null : create.properties())
            .build());
    return NOTHING;
  }

  private Outcome dropDatabase(Ddl.DropDatabase drop) {
    boolean exists =
        catalog.databases().stream().anyMatch(database -> database.name().equals(drop.name()));
    if (!exists && drop.ifExists()) {
      return NOTHING;
    }
    if (!exists) {
      throw SqlException.semantic("[Error 10072]: Database does not exist: " + drop.name());
    }
    if (!catalog.tables(drop.name()).isEmpty() && !drop.cascade()) {
      throw SqlException.task(
          "InvalidOperationException(message:Database "
              + drop.name()
              + " is not empty. One or more tables exist.)");
    }
    catalog.deleteDatabase(drop.name());
    return NOTHING;
  }

  private Outcome addPartitions(Ddl.AddPartitions add, String current) {
    String database = database(add.table(), current);
    Table table = table(add.table(), current);
    List<PartitionInput> inputs = new ArrayList<>();
    for (Ddl.Partition partition : add.partitions()) {
      List<String> values = values(table, partition.values());
      String location =
          partition.location() == null
              ? GlueCatalog.location(table).orElse("") + "/" + name(table, values)
              : partition.location();
      inputs.add(
          PartitionInput.builder()
              .values(values)
              .storageDescriptor(table.storageDescriptor().toBuilder().location(location).build())
              .build());
    }
    Map<List<String>, ServiceException> problems =
        catalog.createPartitions(database, table.name(), inputs);
    problems.forEach((values, problem) -> {
      if (!add.ifNotExists() || !problem.code().equals("AlreadyExistsException")) {
        throw problem;
      }
    });
    return NOTHING;
  }

  private Outcome dropPartitions(Ddl.DropPartitions drop, String current) {
    String database = database(drop.table(), current);
    Table table = table(drop.table(), current);
    List<String> keys = table.partitionKeys().stream().map(Column::name).toList();
    for (Map<String, String> wanted : drop.partitions()) {
      for (String column : wanted.keySet()) {
        if (!keys.contains(column)) {
          throw SqlException.semantic("[Error 10004]: There is no partition column " + column);
        }
      }
      // Some of the columns name all partitions that have these values.
      List<List<String>> found = new ArrayList<>();
      for (Partition partition : catalog.partitions(database, table.name())) {
        boolean matches = true;
        for (int i = 0; i < keys.size(); i++) {
          String value = wanted.get(keys.get(i));
          matches &= value == null || value.equals(partition.values().get(i));
        }
        if (matches) {
          found.add(partition.values());
        }
      }
      if (found.isEmpty() && !drop.ifExists()) {
        throw SqlException.semantic("[Error 10006]: Partition not found " + wanted);
      }
      found.forEach(values -> catalog.deletePartition(database, table.name(), values));
    }
    return NOTHING;
  }

  private Outcome addColumns(Ddl.AddColumns add, String current) {
    Table table = table(add.table(), current);
    if (isIceberg(table)) {
      String name = Dialect.iceberg(new Name(table.databaseName(), table.name()), null);
      if (add.replace()) {
        throw SqlException.notSupported("REPLACE COLUMNS is not supported for Iceberg tables");
      }
      return new ForEngine(
          add.columns().stream()
              .map(column ->
                  "ALTER TABLE "
                      + name
                      + " ADD COLUMN "
                      + Dialect.quoted(column.name())
                      + " "
                      + icebergType(column.type()))
              .toList());
    }
    List<Column> columns = new ArrayList<>();
    if (!add.replace()) {
      columns.addAll(GlueCatalog.columns(table));
    }
    for (Column column : columns(add.columns())) {
      if (columns.stream().anyMatch(known -> known.name().equalsIgnoreCase(column.name()))) {
        throw SqlException.task("Duplicate column name: " + column.name());
      }
      columns.add(column);
    }
    update(
        table,
        input(table)
            .storageDescriptor(table.storageDescriptor().toBuilder().columns(columns).build()));
    return NOTHING;
  }

  private Outcome setProperties(Ddl.SetProperties set, String current) {
    Table table = table(set.table(), current);
    if (isIceberg(table)) {
      throw SqlException.notSupported(
          "The local lake does not change properties of Iceberg tables");
    }
    Map<String, String> properties = new LinkedHashMap<>(table.parameters());
    properties.putAll(set.properties());
    update(table, input(table).parameters(properties));
    return NOTHING;
  }

  private Outcome setLocation(Ddl.SetLocation set, String current) {
    Table table = table(set.table(), current);
    update(
        table,
        input(table)
            .storageDescriptor(
                table.storageDescriptor().toBuilder().location(set.location()).build()));
    return NOTHING;
  }

  private void update(Table table, TableInput.Builder input) {
    catalog.updateTable(table.databaseName(), input.build(), table.versionId());
  }

  private static TableInput.Builder input(Table table) {
    return TableInput.builder()
        .name(table.name())
        .description(table.description())
        .owner(table.owner())
        .lastAccessTime(table.lastAccessTime())
        .lastAnalyzedTime(table.lastAnalyzedTime())
        .retention(table.retention())
        .storageDescriptor(table.storageDescriptor())
        .partitionKeys(table.partitionKeys())
        .viewOriginalText(table.viewOriginalText())
        .viewExpandedText(table.viewExpandedText())
        .tableType(table.tableType())
        .parameters(table.parameters())
        .targetTable(table.targetTable());
  }

  private Outcome repair(Ddl.Repair repair, String current) {
    Table table = table(repair.table(), current);
    if (table.partitionKeys().isEmpty()) {
      throw SqlException.semantic("The table has no partition columns: " + table.name());
    }
    return new ForEngine(
        List.of(
            "CALL awsdatacatalog.system.sync_partition_metadata("
                + Dialect.literal(table.databaseName())
                + ", "
                + Dialect.literal(table.name())
                + ", 'ADD')"));
  }

  private Outcome showTables(Ddl.ShowTables show, String current) {
    List<String> names =
        catalog.tables(show.database() == null ? current : show.database()).stream()
            .filter(table -> !show.views() || "VIRTUAL_VIEW".equals(table.tableType()))
            .map(Table::name)
            .toList();
    return list(show.views() ? "views" : "tab_name", names, show.pattern());
  }

  private Outcome showPartitions(Ddl.ShowPartitions show, String current) {
    Table table = table(show.table(), current);
    if (table.partitionKeys().isEmpty()) {
      throw SqlException.task("Table " + table.name() + " is not a partitioned table");
    }
    return list(
        "partition",
        catalog.partitions(table.databaseName(), table.name()).stream()
            .map(partition -> name(table, partition.values()))
            .toList(),
        null);
  }

  private Outcome showProperties(Ddl.ShowProperties show, String current) {
    Table table = table(show.table(), current);
    List<List<String>> rows = new ArrayList<>();
    new TreeMap<>(table.parameters())
        .forEach((key, value) -> {
          if (show.key() == null || show.key().equals(key)) {
            rows.add(List.of(key, value));
          }
        });
    return new Answer(List.of("prpt_name", "prpt_value"), rows);
  }

  private Outcome describe(Ddl.Describe describe, String current) {
    Table table = table(describe.table(), current);
    List<List<String>> rows = new ArrayList<>();
    for (Column column : allColumns(table)) {
      rows.add(row(column));
    }
    if (!table.partitionKeys().isEmpty()) {
      rows.add(row("", "", ""));
      rows.add(row("# Partition Information", "", ""));
      rows.add(row("# col_name", "data_type", "comment"));
      rows.add(row("", "", ""));
      for (Column column : table.partitionKeys()) {
        rows.add(row(column));
      }
    }
    return new Answer(List.of("col_name", "data_type", "comment"), rows);
  }

  private static List<String> row(Column column) {
    return row(
        column.name(),
        column.type() == null ? "string" : column.type(),
        column.comment() == null ? "" : column.comment());
  }

  /** As Hive prints its columns, which Athena passes on. */
  private static List<String> row(String... cells) {
    return Arrays.stream(cells).map(DdlRunner::padded).toList();
  }

  private static String padded(String cell) {
    return cell + " ".repeat(Math.max(0, 20 - cell.length()));
  }

  private Outcome setDatabaseProperties(Ddl.SetDatabaseProperties set) {
    Database database = catalog.database(set.name());
    Map<String, String> properties = new LinkedHashMap<>(database.parameters());
    properties.putAll(set.properties());
    catalog.updateDatabase(
        set.name(),
        DatabaseInput.builder()
            .name(database.name())
            .description(database.description())
            .locationUri(database.locationUri())
            .parameters(properties)
            .build());
    return NOTHING;
  }

  private Outcome dropColumn(Ddl.DropColumn drop, String current) {
    return new ForEngine(
        List.of(
            alterIceberg(drop.table(), current, "DROP COLUMN") + Dialect.quoted(drop.column())));
  }

  private Outcome changeColumn(Ddl.ChangeColumn change, String current) {
    Name name = change.table();
    Table table = table(name, current);
    Ddl.Column changed = change.changed();
    if (!isIceberg(table)) {
      return changeHiveColumn(table, change.column(), changed);
    }
    List<String> statements = new ArrayList<>();
    if (!change.column().equals(changed.name())) {
      statements.add(
          alterIceberg(name, current, "RENAME COLUMN")
              + Dialect.quoted(change.column())
              + " TO "
              + Dialect.quoted(changed.name()));
    }
    statements.add(
        alterIceberg(name, current, "ALTER COLUMN")
            + Dialect.quoted(changed.name())
            + " SET DATA TYPE "
            + icebergType(changed.type()));
    return new ForEngine(statements);
  }

  private Outcome changeHiveColumn(Table table, String column, Ddl.Column changed) {
    List<Column> columns = new ArrayList<>(GlueCatalog.columns(table));
    int at = columns.stream().map(Column::name).toList().indexOf(column);
    if (at < 0) {
      throw SqlException.task("Invalid column reference " + column);
    }
    columns.set(at, columns(List.of(changed)).getFirst());
    update(
        table,
        input(table)
            .storageDescriptor(table.storageDescriptor().toBuilder().columns(columns).build()));
    return NOTHING;
  }

  private String alterIceberg(Name name, String current, String what) {
    Table table = table(name, current);
    if (!isIceberg(table)) {
      throw SqlException.notSupported(what + " is only supported for Iceberg tables");
    }
    return "ALTER TABLE "
        + Dialect.iceberg(new Name(table.databaseName(), table.name()), null)
        + " "
        + what
        + " ";
  }

  private Outcome showCreateTable(Ddl.ShowCreateTable show, String current) {
    Table table = table(show.table(), current);
    if ("VIRTUAL_VIEW".equals(table.tableType())) {
      throw SqlException.semantic("It is a view: use SHOW CREATE VIEW");
    }
    List<String> lines = new ArrayList<>();
    boolean iceberg = isIceberg(table);
    lines.add(
        "CREATE "
            + (iceberg ? "" : "EXTERNAL ")
            + "TABLE `"
            + table.databaseName()
            + "."
            + table.name()
            + "`(");
    lines.addAll(definitions(GlueCatalog.columns(table)));
    if (!table.partitionKeys().isEmpty()) {
      lines.add("PARTITIONED BY ( ");
      lines.addAll(definitions(table.partitionKeys()));
    }
    StorageDescriptor storage = table.storageDescriptor();
    SerDeInfo serde = storage == null ? null : storage.serdeInfo();
    if (!iceberg && serde != null && serde.serializationLibrary() != null) {
      lines.add("ROW FORMAT SERDE ");
      lines.add("  " + hiveLiteral(serde.serializationLibrary()) + " ");
      Map<String, String> properties = new TreeMap<>(serde.parameters());
      properties.remove("serialization.format", "1");
      if (!properties.isEmpty()) {
        lines.add("WITH SERDEPROPERTIES ( ");
        lines.addAll(properties(properties));
      }
      lines.add("STORED AS INPUTFORMAT ");
      lines.add("  " + hiveLiteral(String.valueOf(storage.inputFormat())) + " ");
      lines.add("OUTPUTFORMAT ");
      lines.add("  " + hiveLiteral(String.valueOf(storage.outputFormat())));
    }
    GlueCatalog.location(table)
        .ifPresent(location -> {
          lines.add("LOCATION");
          lines.add("  " + hiveLiteral(location));
        });
    Map<String, String> parameters = new TreeMap<>(table.parameters());
    parameters.remove("EXTERNAL");
    if (!parameters.isEmpty()) {
      lines.add("TBLPROPERTIES (");
      lines.addAll(properties(parameters));
    }
    return new Answer(List.of("createtab_stmt"), lines.stream().map(List::of).toList());
  }

  private static List<String> definitions(List<Column> columns) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      lines.add(
          "  `"
              + column.name()
              + "` "
              + column.type()
              + (column.comment() == null || column.comment().isEmpty()
                  ? ""
                  : " COMMENT " + hiveLiteral(column.comment()))
              + (i + 1 < columns.size() ? ", " : ")"));
    }
    return lines;
  }

  private static List<String> properties(Map<String, String> properties) {
    List<String> lines = new ArrayList<>();
    int left = properties.size();
    for (Map.Entry<String, String> property : properties.entrySet()) {
      left--;
      lines.add(
          "  "
              + hiveLiteral(property.getKey())
              + "="
              + hiveLiteral(property.getValue())
              + (left > 0 ? ", " : ")"));
    }
    return lines;
  }

  private static String hiveLiteral(String text) {
    StringBuilder literal = new StringBuilder("'");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '\'' -> literal.append("\\'");
        case '\\' -> literal.append("\\\\");
        case '\n' -> literal.append("\\n");
        case '\t' -> literal.append("\\t");
        default -> {
          if (c < ' ') {
            literal.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            literal.append(c);
          }
        }
      }
    }
    return literal.append('\'').toString();
  }

  private static Answer list(String column, List<String> names, @Nullable String pattern) {
    Pattern wanted = pattern == null ? null : pattern(pattern);
    return new Answer(
        List.of(column),
        new TreeSet<>(names)
            .stream()
                .filter(name -> wanted == null || wanted.matcher(name).matches())
                .map(List::of)
                .toList());
  }

  /** Hive's patterns: {@code *} for anything, {@code |} between alternatives. */
  private static Pattern pattern(String hive) {
    return Pattern.compile(
        hive.replaceAll("(?<![.\\])}])\\*", ".*").replace("%", ".*"), Pattern.CASE_INSENSITIVE);
  }

  private static List<Column> allColumns(Table table) {
    List<Column> columns = new ArrayList<>(GlueCatalog.columns(table));
    columns.addAll(table.partitionKeys());
    return columns;
  }

  private Table table(Name name, String current) {
    String database = database(name, current);
    return catalog
        .findTable(database, name.table())
        .orElseThrow(() -> missing(database, name.table()));
  }

  private static SqlException missing(String database, String table) {
    return SqlException.semantic("[Error 10001]: Table not found " + database + "." + table);
  }

  private static String database(Name name, String current) {
    return name.database() == null ? current : name.database();
  }

  static boolean isIceberg(Table table) {
    return "ICEBERG".equalsIgnoreCase(table.parameters().get("table_type"));
  }

  private static List<String> values(Table table, Map<String, String> named) {
    List<String> values = new ArrayList<>();
    for (Column key : table.partitionKeys()) {
      String value = named.get(key.name());
      if (value == null) {
        throw SqlException.semantic("The partition has no value for " + key.name());
      }
      values.add(value);
    }
    if (named.size() != values.size()) {
      throw SqlException.semantic("The partition names an unknown column: " + named.keySet());
    }
    return values;
  }

  /** {@code a=1/b=x}, escaped as in paths. */
  static String name(Table table, List<String> values) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      name.append(i == 0 ? "" : "/")
          .append(table.partitionKeys().get(i).name())
          .append('=')
          .append(escape(values.get(i)));
    }
    return name.toString();
  }

  private static String escape(String value) {
    StringBuilder escaped = new StringBuilder();
    for (char c : value.toCharArray()) {
      if (c < ' ' || c == 0x7f || "\"#%'*/:=?\\{[]^".indexOf(c) >= 0) {
        escaped.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
