package dev.sluice.lake.glue;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.glue.model.BatchCreatePartitionRequest;
import software.amazon.awssdk.services.glue.model.BatchCreatePartitionResponse;
import software.amazon.awssdk.services.glue.model.BatchDeletePartitionRequest;
import software.amazon.awssdk.services.glue.model.BatchDeletePartitionResponse;
import software.amazon.awssdk.services.glue.model.BatchDeleteTableRequest;
import software.amazon.awssdk.services.glue.model.BatchDeleteTableResponse;
import software.amazon.awssdk.services.glue.model.BatchGetPartitionRequest;
import software.amazon.awssdk.services.glue.model.BatchGetPartitionResponse;
import software.amazon.awssdk.services.glue.model.BatchUpdatePartitionFailureEntry;
import software.amazon.awssdk.services.glue.model.BatchUpdatePartitionRequest;
import software.amazon.awssdk.services.glue.model.BatchUpdatePartitionRequestEntry;
import software.amazon.awssdk.services.glue.model.BatchUpdatePartitionResponse;
import software.amazon.awssdk.services.glue.model.ColumnError;
import software.amazon.awssdk.services.glue.model.ColumnStatistics;
import software.amazon.awssdk.services.glue.model.CreateDatabaseRequest;
import software.amazon.awssdk.services.glue.model.CreateDatabaseResponse;
import software.amazon.awssdk.services.glue.model.CreatePartitionRequest;
import software.amazon.awssdk.services.glue.model.CreatePartitionResponse;
import software.amazon.awssdk.services.glue.model.CreateTableRequest;
import software.amazon.awssdk.services.glue.model.CreateTableResponse;
import software.amazon.awssdk.services.glue.model.Database;
import software.amazon.awssdk.services.glue.model.DeleteColumnStatisticsForPartitionRequest;
import software.amazon.awssdk.services.glue.model.DeleteColumnStatisticsForPartitionResponse;
import software.amazon.awssdk.services.glue.model.DeleteColumnStatisticsForTableRequest;
import software.amazon.awssdk.services.glue.model.DeleteColumnStatisticsForTableResponse;
import software.amazon.awssdk.services.glue.model.DeleteDatabaseRequest;
import software.amazon.awssdk.services.glue.model.DeleteDatabaseResponse;
import software.amazon.awssdk.services.glue.model.DeletePartitionRequest;
import software.amazon.awssdk.services.glue.model.DeletePartitionResponse;
import software.amazon.awssdk.services.glue.model.DeleteTableRequest;
import software.amazon.awssdk.services.glue.model.DeleteTableResponse;
import software.amazon.awssdk.services.glue.model.ErrorDetail;
import software.amazon.awssdk.services.glue.model.GetColumnStatisticsForPartitionRequest;
import software.amazon.awssdk.services.glue.model.GetColumnStatisticsForPartitionResponse;
import software.amazon.awssdk.services.glue.model.GetColumnStatisticsForTableRequest;
import software.amazon.awssdk.services.glue.model.GetColumnStatisticsForTableResponse;
import software.amazon.awssdk.services.glue.model.GetDatabaseRequest;
import software.amazon.awssdk.services.glue.model.GetDatabaseResponse;
import software.amazon.awssdk.services.glue.model.GetDatabasesRequest;
import software.amazon.awssdk.services.glue.model.GetDatabasesResponse;
import software.amazon.awssdk.services.glue.model.GetPartitionRequest;
import software.amazon.awssdk.services.glue.model.GetPartitionResponse;
import software.amazon.awssdk.services.glue.model.GetPartitionsRequest;
import software.amazon.awssdk.services.glue.model.GetPartitionsResponse;
import software.amazon.awssdk.services.glue.model.GetTableRequest;
import software.amazon.awssdk.services.glue.model.GetTableResponse;
import software.amazon.awssdk.services.glue.model.GetTablesRequest;
import software.amazon.awssdk.services.glue.model.GetTablesResponse;
import software.amazon.awssdk.services.glue.model.GetUserDefinedFunctionRequest;
import software.amazon.awssdk.services.glue.model.GetUserDefinedFunctionResponse;
import software.amazon.awssdk.services.glue.model.GetUserDefinedFunctionsRequest;
import software.amazon.awssdk.services.glue.model.GetUserDefinedFunctionsResponse;
import software.amazon.awssdk.services.glue.model.Partition;
import software.amazon.awssdk.services.glue.model.PartitionError;
import software.amazon.awssdk.services.glue.model.PartitionValueList;
import software.amazon.awssdk.services.glue.model.Segment;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableError;
import software.amazon.awssdk.services.glue.model.UpdateColumnStatisticsForPartitionRequest;
import software.amazon.awssdk.services.glue.model.UpdateColumnStatisticsForPartitionResponse;
import software.amazon.awssdk.services.glue.model.UpdateColumnStatisticsForTableRequest;
import software.amazon.awssdk.services.glue.model.UpdateColumnStatisticsForTableResponse;
import software.amazon.awssdk.services.glue.model.UpdateDatabaseRequest;
import software.amazon.awssdk.services.glue.model.UpdateDatabaseResponse;
import software.amazon.awssdk.services.glue.model.UpdatePartitionRequest;
import software.amazon.awssdk.services.glue.model.UpdatePartitionResponse;
import software.amazon.awssdk.services.glue.model.UpdateTableRequest;
import software.amazon.awssdk.services.glue.model.UpdateTableResponse;
import software.amazon.awssdk.utils.builder.Buildable;

/** The Glue API over a {@link GlueCatalog}. */
public final class GlueService implements JsonService {
  private static final int MOST_TABLES = 100;
  private static final int MOST_PARTITIONS = 1000;

  private final GlueCatalog catalog;
  private final Map<String, JsonOperation<?, ?>> operations = new LinkedHashMap<>();

  /** Answers from this catalog, which stays the caller's to close. */
  public GlueService(GlueCatalog catalog) {
    this.catalog = catalog;
    databases();
    tables();
    partitions();
    statistics();
    functions();
  }

  @Override
  public String target() {
    return "AWSGlue";
  }

  @Override
  public Map<String, JsonOperation<?, ?>> operations() {
    return Map.copyOf(operations);
  }

  private <I extends SdkPojo, O extends SdkPojo> void on(
      String name, Supplier<? extends Buildable> request, Function<I, O> call) {
    operations.put(name, new JsonOperation<I, O>(request, call));
  }

  private void databases() {
    on(
        "CreateDatabase",
        CreateDatabaseRequest::builder,
        (CreateDatabaseRequest request) -> {
          catalog.createDatabase(request.databaseInput());
          return CreateDatabaseResponse.builder().build();
        });
    on(
        "GetDatabase",
        GetDatabaseRequest::builder,
        (GetDatabaseRequest request) ->
            GetDatabaseResponse.builder().database(catalog.database(request.name())).build());
    on(
        "GetDatabases",
        GetDatabasesRequest::builder,
        (GetDatabasesRequest request) -> {
          Page<Database> page =
              page(
                  catalog.databases(),
                  Database::name,
                  request.nextToken(),
                  request.maxResults(),
                  MOST_TABLES);
          return GetDatabasesResponse.builder()
              .databaseList(page.items())
              .nextToken(page.next())
              .build();
        });
    on(
        "UpdateDatabase",
        UpdateDatabaseRequest::builder,
        (UpdateDatabaseRequest request) -> {
          catalog.updateDatabase(request.name(), request.databaseInput());
          return UpdateDatabaseResponse.builder().build();
        });
    on(
        "DeleteDatabase",
        DeleteDatabaseRequest::builder,
        (DeleteDatabaseRequest request) -> {
          catalog.deleteDatabase(request.name());
          return DeleteDatabaseResponse.builder().build();
        });
  }

  private void tables() {
    on(
        "CreateTable",
        CreateTableRequest::builder,
        (CreateTableRequest request) -> {
          if (request.openTableFormatInput() != null) {
            throw GlueCatalog.invalid(
                "Cannot create the table: the local lake does not support OpenTableFormatInput."
                    + " Create Iceberg tables by SQL.");
          }
          catalog.createTable(request.databaseName(), request.tableInput());
          return CreateTableResponse.builder().build();
        });
    on(
        "GetTable",
        GetTableRequest::builder,
        (GetTableRequest request) ->
            GetTableResponse.builder()
                .table(catalog.table(request.databaseName(), request.name()))
                .build());
    on(
        "GetTables",
        GetTablesRequest::builder,
        (GetTablesRequest request) -> {
          Predicate<String> names = pattern(request.expression());
          Page<Table> page =
              page(
                  catalog.tables(request.databaseName()).stream()
                      .filter(table -> names.test(table.name()))
                      .toList(),
                  Table::name,
                  request.nextToken(),
                  request.maxResults(),
                  MOST_TABLES);
          return GetTablesResponse.builder().tableList(page.items()).nextToken(page.next()).build();
        });
    on(
        "UpdateTable",
        UpdateTableRequest::builder,
        (UpdateTableRequest request) -> {
          if (request.updateOpenTableFormatInput() != null) {
            throw GlueCatalog.invalid(
                "Cannot update the table: the local lake does not support"
                    + " UpdateOpenTableFormatInput.");
          }
          catalog.updateTable(request.databaseName(), request.tableInput(), request.versionId());
          return UpdateTableResponse.builder().build();
        });
    on(
        "DeleteTable",
        DeleteTableRequest::builder,
        (DeleteTableRequest request) -> {
          catalog.deleteTable(request.databaseName(), request.name());
          return DeleteTableResponse.builder().build();
        });
    on(
        "BatchDeleteTable",
        BatchDeleteTableRequest::builder,
        (BatchDeleteTableRequest request) -> {
          List<TableError> errors = new ArrayList<>();
          for (String table : request.tablesToDelete()) {
            try {
              catalog.deleteTable(request.databaseName(), table);
            } catch (ServiceException e) {
              errors.add(TableError.builder().tableName(table).errorDetail(detail(e)).build());
            }
          }
          return BatchDeleteTableResponse.builder().errors(errors).build();
        });
  }

  private void partitions() {
    on(
        "CreatePartition",
        CreatePartitionRequest::builder,
        (CreatePartitionRequest request) -> {
          catalog.createPartition(
              request.databaseName(), request.tableName(), request.partitionInput());
          return CreatePartitionResponse.builder().build();
        });
    on(
        "BatchCreatePartition",
        BatchCreatePartitionRequest::builder,
        (BatchCreatePartitionRequest request) ->
            BatchCreatePartitionResponse.builder()
                .errors(
                    errors(
                        catalog.createPartitions(
                            request.databaseName(),
                            request.tableName(),
                            request.partitionInputList())))
                .build());
    on(
        "GetPartition",
        GetPartitionRequest::builder,
        (GetPartitionRequest request) ->
            GetPartitionResponse.builder()
                .partition(
                    catalog
                        .partition(
                            request.databaseName(), request.tableName(), request.partitionValues())
                        .orElseThrow(() ->
                            GlueCatalog.notFound(
                                "Cannot find partition: " + request.partitionValues())))
                .build());
    on("GetPartitions", GetPartitionsRequest::builder, this::getPartitions);
    on(
        "BatchGetPartition",
        BatchGetPartitionRequest::builder,
        (BatchGetPartitionRequest request) -> {
          List<Partition> found = new ArrayList<>();
          for (PartitionValueList values : request.partitionsToGet()) {
            catalog
                .partition(request.databaseName(), request.tableName(), values.values())
                .ifPresent(found::add);
          }
          return BatchGetPartitionResponse.builder()
              .partitions(found)
              .unprocessedKeys(List.of())
              .build();
        });
    on(
        "UpdatePartition",
        UpdatePartitionRequest::builder,
        (UpdatePartitionRequest request) -> {
          catalog.updatePartition(
              request.databaseName(),
              request.tableName(),
              request.partitionValueList(),
              request.partitionInput());
          return UpdatePartitionResponse.builder().build();
        });
    on(
        "BatchUpdatePartition",
        BatchUpdatePartitionRequest::builder,
        (BatchUpdatePartitionRequest request) -> {
          List<BatchUpdatePartitionFailureEntry> failures = new ArrayList<>();
          for (BatchUpdatePartitionRequestEntry entry : request.entries()) {
            try {
              catalog.updatePartition(
                  request.databaseName(),
                  request.tableName(),
                  entry.partitionValueList(),
                  entry.partitionInput());
            } catch (ServiceException e) {
              failures.add(
                  BatchUpdatePartitionFailureEntry.builder()
                      .partitionValueList(entry.partitionValueList())
                      .errorDetail(detail(e))
                      .build());
            }
          }
          return BatchUpdatePartitionResponse.builder().errors(failures).build();
        });
    on(
        "DeletePartition",
        DeletePartitionRequest::builder,
        (DeletePartitionRequest request) -> {
          catalog.deletePartition(
              request.databaseName(), request.tableName(), request.partitionValues());
          return DeletePartitionResponse.builder().build();
        });
    on(
        "BatchDeletePartition",
        BatchDeletePartitionRequest::builder,
        (BatchDeletePartitionRequest request) -> {
          Map<List<String>, ServiceException> problems = new LinkedHashMap<>();
          for (PartitionValueList values : request.partitionsToDelete()) {
            try {
              catalog.deletePartition(request.databaseName(), request.tableName(), values.values());
            } catch (ServiceException e) {
              problems.put(values.values(), e);
            }
          }
          return BatchDeletePartitionResponse.builder().errors(errors(problems)).build();
        });
  }

  private GetPartitionsResponse getPartitions(GetPartitionsRequest request) {
    Table table = catalog.table(request.databaseName(), request.tableName());
    Predicate<List<String>> filter =
        PartitionFilter.parse(request.expression(), table.partitionKeys());
    Segment segment = request.segment();
    boolean withoutColumns = Boolean.TRUE.equals(request.excludeColumnSchema());
    Page<Partition> page =
        page(
            catalog.partitions(request.databaseName(), request.tableName()).stream()
                .filter(partition -> inSegment(partition, segment))
                .filter(partition -> filter.test(partition.values()))
                .toList(),
            partition -> String.join("\0", partition.values()),
            request.nextToken(),
            request.maxResults(),
            MOST_PARTITIONS);
    return GetPartitionsResponse.builder()
        .partitions(
            withoutColumns
                ? page.items().stream().map(GlueService::withoutColumns).toList()
                : page.items())
        .nextToken(page.next())
        .build();
  }

  private static boolean inSegment(Partition partition, @Nullable Segment segment) {
    return segment == null
        || segment.totalSegments() == null
        || Math.floorMod(partition.values().hashCode(), segment.totalSegments())
            == segment.segmentNumber();
  }

  private static Partition withoutColumns(Partition partition) {
    return partition.storageDescriptor() == null
        ? partition
        : partition.toBuilder()
            .storageDescriptor(partition.storageDescriptor().toBuilder().columns(List.of()).build())
            .build();
  }

  private void statistics() {
    on(
        "GetColumnStatisticsForTable",
        GetColumnStatisticsForTableRequest::builder,
        (GetColumnStatisticsForTableRequest request) -> {
          Statistics found =
              find(
                  catalog.statistics(request.databaseName(), request.tableName(), List.of()),
                  request.columnNames());
          return GetColumnStatisticsForTableResponse.builder()
              .columnStatisticsList(found.columns())
              .errors(found.errors())
              .build();
        });
    on(
        "UpdateColumnStatisticsForTable",
        UpdateColumnStatisticsForTableRequest::builder,
        (UpdateColumnStatisticsForTableRequest request) -> {
          catalog.putStatistics(
              request.databaseName(),
              request.tableName(),
              List.of(),
              request.columnStatisticsList());
          return UpdateColumnStatisticsForTableResponse.builder().errors(List.of()).build();
        });
    on(
        "DeleteColumnStatisticsForTable",
        DeleteColumnStatisticsForTableRequest::builder,
        (DeleteColumnStatisticsForTableRequest request) -> {
          catalog.deleteStatistics(
              request.databaseName(), request.tableName(), List.of(), request.columnName());
          return DeleteColumnStatisticsForTableResponse.builder().build();
        });
    on(
        "GetColumnStatisticsForPartition",
        GetColumnStatisticsForPartitionRequest::builder,
        (GetColumnStatisticsForPartitionRequest request) -> {
          Statistics found =
              find(
                  catalog.statistics(
                      request.databaseName(), request.tableName(), request.partitionValues()),
                  request.columnNames());
          return GetColumnStatisticsForPartitionResponse.builder()
              .columnStatisticsList(found.columns())
              .errors(found.errors())
              .build();
        });
    on(
        "UpdateColumnStatisticsForPartition",
        UpdateColumnStatisticsForPartitionRequest::builder,
        (UpdateColumnStatisticsForPartitionRequest request) -> {
          catalog.putStatistics(
              request.databaseName(),
              request.tableName(),
              request.partitionValues(),
              request.columnStatisticsList());
          return UpdateColumnStatisticsForPartitionResponse.builder().errors(List.of()).build();
        });
    on(
        "DeleteColumnStatisticsForPartition",
        DeleteColumnStatisticsForPartitionRequest::builder,
        (DeleteColumnStatisticsForPartitionRequest request) -> {
          catalog.deleteStatistics(
              request.databaseName(),
              request.tableName(),
              request.partitionValues(),
              request.columnName());
          return DeleteColumnStatisticsForPartitionResponse.builder().build();
        });
  }

  /** Engines ask for functions when they look for a name; there are none to be found. */
  private void functions() {
    on(
        "GetUserDefinedFunctions",
        GetUserDefinedFunctionsRequest::builder,
        (GetUserDefinedFunctionsRequest request) -> {
          if (request.databaseName() != null) {
            catalog.database(request.databaseName());
          }
          return GetUserDefinedFunctionsResponse.builder().userDefinedFunctions(List.of()).build();
        });
    on(
        "GetUserDefinedFunction",
        GetUserDefinedFunctionRequest::builder,
        (GetUserDefinedFunctionRequest request) -> {
          catalog.database(request.databaseName());
          if (request.functionName() != null) {
            throw GlueCatalog.notFound("Function " + request.functionName() + " not found.");
          }
          return GetUserDefinedFunctionResponse.builder().build();
        });
  }

  private record Statistics(List<ColumnStatistics> columns, List<ColumnError> errors) {}

  private static Statistics find(Map<String, ColumnStatistics> known, List<String> names) {
    List<ColumnStatistics> columns = new ArrayList<>();
    List<ColumnError> errors = new ArrayList<>();
    for (String name : names) {
      ColumnStatistics column = known.get(name);
      if (column != null) {
        columns.add(column);
      } else {
        errors.add(
            ColumnError.builder()
                .columnName(name)
                .error(detail(GlueCatalog.notFound("No statistics of the column: " + name)))
                .build());
      }
    }
    return new Statistics(columns, errors);
  }

  private static List<PartitionError> errors(Map<List<String>, ServiceException> problems) {
    return problems.entrySet().stream()
        .map(problem ->
            PartitionError.builder()
                .partitionValues(problem.getKey())
                .errorDetail(detail(problem.getValue()))
                .build())
        .toList();
  }

  private static ErrorDetail detail(ServiceException e) {
    return ErrorDetail.builder().errorCode(e.code()).errorMessage(e.getMessage()).build();
  }

  private static Predicate<String> pattern(@Nullable String expression) {
    if (expression == null || expression.isEmpty()) {
      return name -> true;
    }
    try {
      // Glue's patterns are regular expressions in which a lone star stands for anything.
      return Pattern.compile(
              expression.replaceAll("(?<![.\\])}\\w])\\*|(?<=\\w)\\*", ".*"),
              Pattern.CASE_INSENSITIVE)
          .asMatchPredicate();
    } catch (PatternSyntaxException e) {
      throw GlueCatalog.invalid("Cannot read the expression: " + e.getMessage());
    }
  }

  private record Page<T>(List<T> items, @Nullable String next) {}

  /** The items after the one that the token names; the items are in the order of their keys. */
  private static <T> Page<T> page(
      List<T> items,
      Function<T, String> key,
      @Nullable String token,
      @Nullable Integer max,
      int most) {
    int size = max == null ? most : Math.clamp(max, 1, most);
    int from = 0;
    if (token != null && !token.isEmpty()) {
      String after;
      try {
        after = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw GlueCatalog.invalid("Cannot read the token: it is not from an earlier answer.");
      }
      while (from < items.size() && key.apply(items.get(from)).compareTo(after) <= 0) {
        from++;
      }
    }
    int to = Math.min(items.size(), from + size);
    List<T> page = items.subList(from, to);
    String next =
        to < items.size()
            ? Base64.getUrlEncoder()
                .encodeToString(
                    Objects.requireNonNull(key.apply(page.getLast()))
                        .getBytes(StandardCharsets.UTF_8))
            : null;
    return new Page<>(page, next);
  }
}
