package dev.sluice.cli;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.ServiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.ColumnInfo;
import software.amazon.awssdk.services.athena.model.Database;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsRequest;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.ListDatabasesRequest;
import software.amazon.awssdk.services.athena.model.ListDatabasesResponse;
import software.amazon.awssdk.services.athena.model.ListTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.ListTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.Row;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.StatementType;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Answers prepared results over Athena's wire protocol. */
final class FakeAthena implements JsonService {
  private final List<String> asked = new ArrayList<>();
  private final List<String> parameters = new ArrayList<>();
  private final List<String> databases = new ArrayList<>();
  private final List<String> workgroups = new ArrayList<>();
  private final List<String> stopped = new CopyOnWriteArrayList<>();
  private final CountDownLatch underWay = new CountDownLatch(1);
  private volatile @Nullable String hanging;
  private final Map<String, String> failures = new LinkedHashMap<>();
  private List<String> columns = List.of("one");
  private List<String> types = List.of("integer");
  private List<List<@Nullable String>> rows = List.of(List.of("1"));

  /** What the next queries answer. */
  void answer(List<String> names, List<String> kinds, List<List<@Nullable String>> values) {
    columns = names;
    types = kinds;
    rows = values;
  }

  /** Makes one statement run until it is stopped. */
  void hang(String statement) {
    hanging = statement;
  }

  /** Waits until that statement's state was asked for. */
  void awaitHanging() {
    try {
      if (!underWay.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("The statement was not asked");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The statements that were stopped. */
  List<String> stopped() {
    return stopped;
  }

  /** The databases that names in the statements referred to. */
  List<String> named() {
    return databases;
  }

  /** The workgroups that statements were asked in. */
  List<String> workgroups() {
    return workgroups;
  }

  /** Makes one statement fail. */
  void fail(String statement, String reason) {
    failures.put(statement, reason);
  }

  List<String> asked() {
    return asked;
  }

  /** The literals that came with the statements. */
  List<String> parameters() {
    return parameters;
  }

  @Override
  public String target() {
    return "AmazonAthena";
  }

  @Override
  public Map<String, JsonOperation<?, ?>> operations() {
    return Map.of(
        "StartQueryExecution",
        new JsonOperation<>(StartQueryExecutionRequest::builder, this::start),
        "GetQueryExecution",
        new JsonOperation<>(GetQueryExecutionRequest::builder, this::execution),
        "StopQueryExecution",
        new JsonOperation<>(StopQueryExecutionRequest::builder, this::stop),
        "GetQueryResults",
        new JsonOperation<>(GetQueryResultsRequest::builder, this::results),
        "ListDatabases",
        new JsonOperation<>(ListDatabasesRequest::builder, this::databases),
        "ListTableMetadata",
        new JsonOperation<>(ListTableMetadataRequest::builder, this::tables),
        "GetTableMetadata",
        new JsonOperation<>(GetTableMetadataRequest::builder, this::table));
  }

  private StartQueryExecutionResponse start(StartQueryExecutionRequest request) {
    asked.add(request.queryString());
    databases.add(request.queryExecutionContext().database());
    workgroups.add(request.workGroup());
    parameters.addAll(request.executionParameters());
    return StartQueryExecutionResponse.builder()
        .queryExecutionId(String.valueOf(asked.size() - 1))
        .build();
  }

  private StopQueryExecutionResponse stop(StopQueryExecutionRequest request) {
    stopped.add(asked.get(Integer.parseInt(request.queryExecutionId())));
    return StopQueryExecutionResponse.builder().build();
  }

  private GetQueryExecutionResponse execution(GetQueryExecutionRequest request) {
    if (asked.get(Integer.parseInt(request.queryExecutionId())).equals(hanging)) {
      underWay.countDown();
      return GetQueryExecutionResponse.builder()
          .queryExecution(
              query -> query.status(status -> status.state(QueryExecutionState.RUNNING)))
          .build();
    }
    String failure = failures.get(asked.get(Integer.parseInt(request.queryExecutionId())));
    return GetQueryExecutionResponse.builder()
        .queryExecution(query ->
            query
                .statementType(StatementType.DML)
                .status(status ->
                    status
                        .state(
                            failure == null
                                ? QueryExecutionState.SUCCEEDED
                                : QueryExecutionState.FAILED)
                        .stateChangeReason(failure))
                .statistics(statistics ->
                    statistics.engineExecutionTimeInMillis(5L).dataScannedInBytes(1234L)))
        .build();
  }

  // Two pages: the headings with the first row, then the rest.
  private GetQueryResultsResponse results(GetQueryResultsRequest request) {
    boolean first = request.nextToken() == null;
    List<Row> page = new ArrayList<>();
    if (first) {
      page.add(row(new ArrayList<>(columns)));
    }
    List<List<@Nullable String>> part =
        first ? rows.subList(0, Math.min(1, rows.size())) : rows.subList(1, rows.size());
    part.forEach(values -> page.add(row(values)));
    List<ColumnInfo> infos = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      infos.add(ColumnInfo.builder().name(columns.get(i)).type(types.get(i)).build());
    }
    return GetQueryResultsResponse.builder()
        .resultSet(set -> set.rows(page).resultSetMetadata(meta -> meta.columnInfo(infos)))
        .nextToken(first && rows.size() > 1 ? "more" : null)
        .build();
  }

  private static Row row(List<@Nullable String> values) {
    return Row.builder()
        .data(values.stream().map(value -> Datum.builder().varCharValue(value).build()).toList())
        .build();
  }

  private ListDatabasesResponse databases(ListDatabasesRequest request) {
    return ListDatabasesResponse.builder()
        .databaseList(
            Database.builder().name("silver").build(), Database.builder().name("gold").build())
        .build();
  }

  private ListTableMetadataResponse tables(ListTableMetadataRequest request) {
    return ListTableMetadataResponse.builder()
        .tableMetadataList(request.databaseName().equals("silver") ? List.of(sensors()) : List.of())
        .build();
  }

  private GetTableMetadataResponse table(GetTableMetadataRequest request) {
    if (!request.tableName().equals("sensors")) {
      throw new ServiceException(
          400, "MetadataException", "Table " + request.tableName() + " not found.");
    }
    return GetTableMetadataResponse.builder().tableMetadata(sensors()).build();
  }

  private static TableMetadata sensors() {
    return TableMetadata.builder()
        .name("sensors")
        .columns(Column.builder().name("temperature").type("double").comment("in Celsius").build())
        .partitionKeys(Column.builder().name("day").type("string").build())
        .build();
  }

  static List<@Nullable String> values(@Nullable String... values) {
    return Arrays.asList(values);
  }
}
