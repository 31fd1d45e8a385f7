package dev.sluice.lake.glue;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.json.SdkJson;
import dev.sluice.lake.store.Journal;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.ColumnStatistics;
import software.amazon.awssdk.services.glue.model.Database;
import software.amazon.awssdk.services.glue.model.DatabaseInput;
import software.amazon.awssdk.services.glue.model.Partition;
import software.amazon.awssdk.services.glue.model.PartitionInput;
import software.amazon.awssdk.services.glue.model.StorageDescriptor;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableInput;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Databases, tables, partitions and column statistics, in memory and in a journal. What a method
 * has changed when it returns survives the end of the process.
 *
 * <p>Names of databases and tables are lower-cased, as Glue does. Errors are {@link
 * ServiceException} with Glue's codes. Safe for use by many threads.
 */
public final class GlueCatalog implements AutoCloseable {
  /** The only account of the local lake, which is the id of its only catalog. */
  public static final String CATALOG_ID = "000000000000";

  private static final long COMPACT_FROM = 1 << 20;

  private final Clock clock;
  private final TreeMap<String, DatabaseState> databases = new TreeMap<>();
  private final Journal journal;

  private static final class DatabaseState {
    Database database;
    final TreeMap<String, TableState> tables = new TreeMap<>();

    DatabaseState(Database database) {
      this.database = database;
    }
  }

  private static final class TableState {
    Table table;
    // By the values, joined: a listing in this order is one in the order of the values.
    final TreeMap<String, Partition> partitions = new TreeMap<>();
    // The empty key stands for the table itself.
    final Map<String, TreeMap<String, ColumnStatistics>> statistics = new LinkedHashMap<>();

    TableState(Table table) {
      this.table = table;
    }
  }

  private GlueCatalog(Path folder, Clock clock) {
    this.clock = clock;
    this.journal = Journal.open(folder.resolve("glue.journal"), Journal.Sync.NEVER, this::replay);
    if (journal.size() > COMPACT_FROM) {
      journal.compact(this::snapshot);
    }
    if (!databases.containsKey("default")) {
      createDatabase(
          DatabaseInput.builder().name("default").description("The default database").build());
    }
  }

  /**
   * Opens the catalog that is kept in the folder; a new one has the database {@code default}.
   *
   * @param folder created when it is not there
   */
  public static GlueCatalog open(Path folder, Clock clock) {
    return new GlueCatalog(folder, clock);
  }

  @Override
  public synchronized void close() {
    journal.close();
  }

  // Databases.

  /** All databases, by name. */
  public synchronized List<Database> databases() {
    return databases.values().stream().map(state -> state.database).toList();
  }

  /** The database; {@code EntityNotFoundException} when there is none. */
  public synchronized Database database(@Nullable String name) {
    return databaseState(name).database;
  }

  /** Creates a database; {@code AlreadyExistsException} when there is one of the name. */
  public synchronized void createDatabase(@Nullable DatabaseInput input) {
    String name = name(input == null ? null : input.name(), "database");
    if (databases.containsKey(name)) {
      throw exists("Database already exists: " + name);
    }
    put(database(Objects.requireNonNull(input), name, now()));
  }

  /** Replaces a database's properties. */
  public synchronized void updateDatabase(@Nullable String name, @Nullable DatabaseInput input) {
    Database old = database(name);
    if (input == null || !old.name().equals(name(input.name(), "database"))) {
      throw invalid("Cannot update the database: its name cannot change: " + old.name());
    }
    put(database(input, old.name(), old.createTime()));
  }

  /** Deletes a database with its tables. */
  public synchronized void deleteDatabase(@Nullable String name) {
    write(Map.of("op", "dropDatabase", "db", databaseState(name).database.name()));
  }

  private void put(Database database) {
    write(Map.of("op", "database", "value", SdkJson.toTree(database)));
  }

  private static Database database(DatabaseInput input, String name, Instant created) {
    return Database.builder()
        .name(name)
        .description(input.description())
        .locationUri(input.locationUri())
        .parameters(input.hasParameters() ? input.parameters() : null)
        .createTime(created)
        .targetDatabase(input.targetDatabase())
        .createTableDefaultPermissions(
            input.hasCreateTableDefaultPermissions() ? input.createTableDefaultPermissions() : null)
        .catalogId(CATALOG_ID)
        .build();
  }

  // Tables.

  /** The tables of a database, by name. */
  public synchronized List<Table> tables(@Nullable String database) {
    return databaseState(database).tables.values().stream().map(state -> state.table).toList();
  }

  /** The table; {@code EntityNotFoundException} when there is none. */
  public synchronized Table table(@Nullable String database, @Nullable String table) {
    return tableState(database, table).table;
  }

  /** The table, or empty. */
  public synchronized Optional<Table> findTable(String database, String table) {
    DatabaseState state = databases.get(database.toLowerCase(Locale.ROOT));
    return Optional.ofNullable(state)
        .map(found -> found.tables.get(table.toLowerCase(Locale.ROOT)))
        .map(found -> found.table);
  }

  /** Creates a table; {@code AlreadyExistsException} when there is one of the name. */
  public synchronized void createTable(@Nullable String database, @Nullable TableInput input) {
    DatabaseState state = databaseState(database);
    String name = name(input == null ? null : input.name(), "table");
    if (state.tables.containsKey(name)) {
      throw exists("Table already exists: " + state.database.name() + "." + name);
    }
    put(table(Objects.requireNonNull(input), state.database.name(), name, now(), 0));
  }

  /**
   * Replaces a table's definition; its partitions stay.
   *
   * @param expectedVersion when given, {@code ConcurrentModificationException} unless it is the
   *     table's version
   */
  public synchronized void updateTable(
      @Nullable String database, @Nullable TableInput input, @Nullable String expectedVersion) {
    Table old = table(database, input == null ? null : input.name());
    if (expectedVersion != null && !expectedVersion.equals(old.versionId())) {
      throw new ServiceException(
          400,
          "ConcurrentModificationException",
          "Cannot update the table: it has the version "
              + old.versionId()
              + ", not "
              + expectedVersion
              + ": "
              + old.databaseName()
              + "."
              + old.name());
    }
    put(
        table(
            Objects.requireNonNull(input),
            old.databaseName(),
            old.name(),
            old.createTime(),
            Long.parseLong(old.versionId()) + 1));
  }

  /** Deletes a table with its partitions and statistics. */
  public synchronized void deleteTable(@Nullable String database, @Nullable String table) {
    Table found = table(database, table);
    write(Map.of("op", "dropTable", "db", found.databaseName(), "table", found.name()));
  }

  /**
   * Makes sure that a table is there and has this definition. Its partitions stay; nothing is
   * written when the definition is the same. The database is created when it is not there.
   */
  public synchronized void ensureTable(String database, TableInput input) {
    if (!databases.containsKey(name(database, "database"))) {
      createDatabase(DatabaseInput.builder().name(database).build());
    }
    Optional<Table> old = findTable(database, name(input.name(), "table"));
    if (old.isEmpty()) {
      createTable(database, input);
      return;
    }
    Table before = old.get();
    Table after =
        table(
            input,
            before.databaseName(),
            before.name(),
            before.createTime(),
            Long.parseLong(before.versionId()));
    if (!after.toBuilder().updateTime(before.updateTime()).build().equals(before)) {
      updateTable(database, input, null);
    }
  }

  /**
   * Makes sure that a declared table is there, as {@link #ensureTable(String, TableInput)} does.
   */
  public void ensureTable(TableDefinition table) {
    ensureTable(
        table.database(), (TableInput) SdkJson.fromTree(table.tableInput(), TableInput::builder));
  }

  private void put(Table table) {
    write(Map.of("op", "table", "value", SdkJson.toTree(table)));
  }

  private Table table(
      TableInput input, String database, String name, Instant created, long version) {
    return Table.builder()
        .name(name)
        .databaseName(database)
        .description(input.description())
        .owner(input.owner())
        .createTime(created)
        .updateTime(now())
        .lastAccessTime(input.lastAccessTime())
        .lastAnalyzedTime(input.lastAnalyzedTime())
        .retention(input.retention() == null ? 0 : input.retention())
        .storageDescriptor(input.storageDescriptor())
        .partitionKeys(input.hasPartitionKeys() ? input.partitionKeys() : List.of())
        .viewOriginalText(input.viewOriginalText())
        .viewExpandedText(input.viewExpandedText())
        .tableType(input.tableType())
        .parameters(input.hasParameters() ? input.parameters() : null)
        .targetTable(input.targetTable())
        .createdBy("arn:aws:iam::" + CATALOG_ID + ":root")
        .isRegisteredWithLakeFormation(false)
        .catalogId(CATALOG_ID)
        .versionId(Long.toString(version))
        .build();
  }

  // Partitions.

  /** The partitions of a table, in the order of their values. */
  public synchronized List<Partition> partitions(
      @Nullable String database, @Nullable String table) {
    return List.copyOf(tableState(database, table).partitions.values());
  }

  /** The partition of these values, or empty. */
  public synchronized Optional<Partition> partition(
      @Nullable String database, @Nullable String table, List<String> values) {
    return Optional.ofNullable(tableState(database, table).partitions.get(key(values)));
  }

  /** Creates a partition; {@code AlreadyExistsException} when there is one of the values. */
  public synchronized void createPartition(
      @Nullable String database, @Nullable String table, @Nullable PartitionInput input) {
    TableState state = tableState(database, table);
    Partition partition = partition(state, input, now());
    if (state.partitions.containsKey(key(partition.values()))) {
      throw exists("Partition already exists: " + partition.values());
    }
    putPartitions(state, List.of(partition));
  }

  /**
   * Creates partitions together.
   *
   * @return what was not created, with the reason
   */
  public synchronized Map<List<String>, ServiceException> createPartitions(
      @Nullable String database, @Nullable String table, List<PartitionInput> inputs) {
    TableState state = tableState(database, table);
    Map<List<String>, ServiceException> problems = new LinkedHashMap<>();
    Map<String, Partition> created = new LinkedHashMap<>();
    for (PartitionInput input : inputs) {
      try {
        Partition partition = partition(state, input, now());
        String key = key(partition.values());
        if (state.partitions.containsKey(key) || created.putIfAbsent(key, partition) != null) {
          throw exists("Partition already exists: " + partition.values());
        }
      } catch (ServiceException e) {
        problems.put(input.values(), e);
      }
    }
    putPartitions(state, List.copyOf(created.values()));
    return problems;
  }

  /** Replaces a partition, whose values may change. */
  public synchronized void updatePartition(
      @Nullable String database,
      @Nullable String table,
      List<String> values,
      @Nullable PartitionInput input) {
    TableState state = tableState(database, table);
    Partition old = state.partitions.get(key(values));
    if (old == null) {
      throw notFound("Cannot find partition: " + values);
    }
    PartitionInput complete =
        input != null && !input.hasValues() ? input.toBuilder().values(values).build() : input;
    Partition partition = partition(state, complete, old.creationTime());
    if (partition.values().equals(old.values())) {
      putPartitions(state, List.of(partition));
      return;
    }
    if (state.partitions.containsKey(key(partition.values()))) {
      throw exists("Partition already exists: " + partition.values());
    }
    putPartitions(state, List.of(partition));
    dropPartitions(state, List.of(old.values()));
  }

  /** Deletes a partition; {@code EntityNotFoundException} when there is none. */
  public synchronized void deletePartition(
      @Nullable String database, @Nullable String table, List<String> values) {
    TableState state = tableState(database, table);
    if (!state.partitions.containsKey(key(values))) {
      throw notFound("Cannot find partition: " + values);
    }
    dropPartitions(state, List.of(values));
  }

  private void putPartitions(TableState state, List<Partition> partitions) {
    if (!partitions.isEmpty()) {
      write(
          Map.of(
              "op", "partitions",
              "db", state.table.databaseName(),
              "table", state.table.name(),
              "values", partitions.stream().map(SdkJson::toTree).toList()));
    }
  }

  private void dropPartitions(TableState state, List<List<String>> values) {
    write(
        Map.of(
            "op",
            "dropPartitions",
            "db",
            state.table.databaseName(),
            "table",
            state.table.name(),
            "values",
            values));
  }

  private static Partition partition(
      TableState state, @Nullable PartitionInput input, Instant created) {
    if (input == null) {
      throw invalid("Cannot write the partition: PartitionInput is missing.");
    }
    int keys = state.table.partitionKeys().size();
    if (input.values().size() != keys) {
      throw invalid(
          "Cannot write the partition: the table has "
              + keys
              + " partition columns: "
              + input.values());
    }
    for (String value : input.values()) {
      if (value == null || value.isEmpty()) {
        throw invalid("Cannot write the partition: a value is empty: " + input.values());
      }
    }
    return Partition.builder()
        .values(input.values())
        .databaseName(state.table.databaseName())
        .tableName(state.table.name())
        .creationTime(created)
        .lastAccessTime(input.lastAccessTime())
        .lastAnalyzedTime(input.lastAnalyzedTime())
        .storageDescriptor(input.storageDescriptor())
        .parameters(input.hasParameters() ? input.parameters() : null)
        .catalogId(CATALOG_ID)
        .build();
  }

  // Column statistics.

  /**
   * Statistics by column.
   *
   * @param values the partition's, or empty for the table's own
   */
  public synchronized Map<String, ColumnStatistics> statistics(
      @Nullable String database, @Nullable String table, List<String> values) {
    TableState state = statisticsOwner(database, table, values);
    return Map.copyOf(state.statistics.getOrDefault(key(values), new TreeMap<>()));
  }

  /** Replaces the statistics of the columns named in them. */
  public synchronized void putStatistics(
      @Nullable String database,
      @Nullable String table,
      List<String> values,
      List<ColumnStatistics> statistics) {
    TableState state = statisticsOwner(database, table, values);
    for (ColumnStatistics column : statistics) {
      if (column.columnName() == null) {
        throw invalid("Cannot write column statistics: ColumnName is missing.");
      }
    }
    write(
        Map.of(
            "op", "statistics",
            "db", state.table.databaseName(),
            "table", state.table.name(),
            "partition", values,
            "values", statistics.stream().map(SdkJson::toTree).toList()));
  }

  /** Deletes a column's statistics, if there are any: engines ask it of every column. */
  public synchronized void deleteStatistics(
      @Nullable String database,
      @Nullable String table,
      List<String> values,
      @Nullable String column) {
    TableState state = statisticsOwner(database, table, values);
    TreeMap<String, ColumnStatistics> columns = state.statistics.get(key(values));
    if (column == null || columns == null || !columns.containsKey(column)) {
      return;
    }
    write(
        Map.of(
            "op",
            "dropStatistics",
            "db",
            state.table.databaseName(),
            "table",
            state.table.name(),
            "partition",
            values,
            "column",
            column));
  }

  private TableState statisticsOwner(
      @Nullable String database, @Nullable String table, List<String> values) {
    TableState state = tableState(database, table);
    if (!values.isEmpty() && !state.partitions.containsKey(key(values))) {
      throw notFound("Cannot find partition: " + values);
    }
    return state;
  }

  // State.

  private DatabaseState databaseState(@Nullable String name) {
    DatabaseState state = databases.get(name(name, "database"));
    if (state == null) {
      throw notFound("Database " + name + " not found.");
    }
    return state;
  }

  private TableState tableState(@Nullable String database, @Nullable String table) {
    TableState state = databaseState(database).tables.get(name(table, "table"));
    if (state == null) {
      throw notFound("Table " + database + "." + table + " not found.");
    }
    return state;
  }

  private static String name(@Nullable String name, String what) {
    if (name == null || name.isBlank() || name.length() > 255) {
      throw invalid("Cannot use the name of the " + what + ": 1 to 255 characters are expected.");
    }
    return name.toLowerCase(Locale.ROOT);
  }

  /** NUL is in no value, and sorts before everything that is. */
  private static String key(List<String> values) {
    return String.join("\0", values);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private void write(Map<String, ?> change) {
    byte[] record = Json.write(change).getBytes(StandardCharsets.UTF_8);
    journal.append(record);
    // What holds now is what a restart would read.
    replay(record);
  }

  private void replay(byte[] record) {
    apply(Json.parseObject(new String(record, StandardCharsets.UTF_8)));
  }

  private void snapshot(Consumer<byte[]> out) {
    Consumer<Map<String, ?>> each =
        change -> out.accept(Json.write(change).getBytes(StandardCharsets.UTF_8));
    for (DatabaseState database : databases.values()) {
      each.accept(Map.of("op", "database", "value", SdkJson.toTree(database.database)));
      for (TableState state : database.tables.values()) {
        String db = state.table.databaseName();
        String name = state.table.name();
        each.accept(Map.of("op", "table", "value", SdkJson.toTree(state.table)));
        List<Partition> partitions = List.copyOf(state.partitions.values());
        for (int from = 0; from < partitions.size(); from += 1000) {
          List<Partition> some = partitions.subList(from, Math.min(from + 1000, partitions.size()));
          each.accept(
              Map.of(
                  "op",
                  "partitions",
                  "db",
                  db,
                  "table",
                  name,
                  "values",
                  some.stream().map(SdkJson::toTree).toList()));
        }
        state.statistics.forEach((key, columns) ->
            each.accept(
                Map.of(
                    "op",
                    "statistics",
                    "db",
                    db,
                    "table",
                    name,
                    "partition",
                    key.isEmpty() ? List.of() : List.of(key.split("\0", -1)),
                    "values",
                    columns.values().stream().map(SdkJson::toTree).toList())));
      }
    }
  }

  private void apply(Map<String, ?> change) {
    String operation = String.valueOf(change.get("op"));
    switch (operation) {
      case "database" -> {
        Database database = pojo(Database.class, change.get("value"), Database::builder);
        DatabaseState state = databases.get(database.name());
        if (state == null) {
          databases.put(database.name(), new DatabaseState(database));
        } else {
          state.database = database;
        }
      }
      case "dropDatabase" -> databases.remove(String.valueOf(change.get("db")));
      case "table" -> {
        Table table = pojo(Table.class, change.get("value"), Table::builder);
        TreeMap<String, TableState> tables = database(table.databaseName(), change).tables;
        TableState state = tables.get(table.name());
        if (state == null) {
          tables.put(table.name(), new TableState(table));
        } else {
          state.table = table;
        }
      }
      case "dropTable" ->
          database(String.valueOf(change.get("db")), change)
              .tables
              .remove(String.valueOf(change.get("table")));
      case "partitions" -> {
        TableState state = owner(change);
        for (Object value : list(change.get("values"))) {
          Partition partition = pojo(Partition.class, value, Partition::builder);
          state.partitions.put(key(partition.values()), partition);
        }
      }
      case "dropPartitions" -> {
        TableState state = owner(change);
        for (Object values : list(change.get("values"))) {
          String key = key(texts(values));
          state.partitions.remove(key);
          state.statistics.remove(key);
        }
      }
      case "statistics" -> {
        TreeMap<String, ColumnStatistics> columns =
            owner(change)
                .statistics
                .computeIfAbsent(key(texts(change.get("partition"))), key -> new TreeMap<>());
        for (Object value : list(change.get("values"))) {
          ColumnStatistics column = pojo(ColumnStatistics.class, value, ColumnStatistics::builder);
          columns.put(column.columnName(), column);
        }
      }
      case "dropStatistics" -> {
        TreeMap<String, ColumnStatistics> columns =
            owner(change).statistics.get(key(texts(change.get("partition"))));
        if (columns != null) {
          columns.remove(String.valueOf(change.get("column")));
        }
      }
      default ->
          throw new IllegalStateException(
              "Cannot read the catalog's journal: it was written by a newer version: " + operation);
    }
  }

  private TableState owner(Map<String, ?> change) {
    TableState state =
        database(String.valueOf(change.get("db")), change)
            .tables
            .get(String.valueOf(change.get("table")));
    return Objects.requireNonNull(state, () -> "no table for " + change.get("op"));
  }

  private DatabaseState database(String name, Map<String, ?> change) {
    return Objects.requireNonNull(databases.get(name), () -> "no database for " + change.get("op"));
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static List<String> texts(@Nullable Object value) {
    List<String> texts = new ArrayList<>();
    list(value).forEach(text -> texts.add(String.valueOf(text)));
    return texts;
  }

  private static <T extends SdkPojo> T pojo(
      Class<T> type, @Nullable Object tree, Supplier<? extends Buildable> builder) {
    return type.cast(SdkJson.fromTree(tree, builder));
  }

  /** The location of a table's data, without the closing slash; empty for views. */
  public static Optional<String> location(Table table) {
    StorageDescriptor storage = table.storageDescriptor();
    return Optional.ofNullable(storage)
        .map(StorageDescriptor::location)
        .filter(location -> !location.isBlank())
        .map(location ->
            location.endsWith("/") ? location.substring(0, location.length() - 1) : location);
  }

  /** The columns of a table, without the partition columns. */
  public static List<Column> columns(Table table) {
    return table.storageDescriptor() == null ? List.of() : table.storageDescriptor().columns();
  }

  static ServiceException notFound(String message) {
    return new ServiceException(400, "EntityNotFoundException", message);
  }

  static ServiceException exists(String message) {
    return new ServiceException(400, "AlreadyExistsException", message);
  }

  static ServiceException invalid(String message) {
    return new ServiceException(400, "InvalidInputException", message);
  }
}
