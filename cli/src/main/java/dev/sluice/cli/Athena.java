package dev.sluice.cli;

import dev.sluice.model.registry.Registry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.athena.model.ColumnInfo;
import software.amazon.awssdk.services.athena.model.Database;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.QueryExecutionStatistics;
import software.amazon.awssdk.services.athena.model.Row;
import software.amazon.awssdk.services.athena.model.StatementType;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** Statements and the catalog, over the Athena API. */
final class Athena implements AutoCloseable {
  static final String CATALOG = "AwsDataCatalog";

  /** What names without a database refer to at first. */
  static final String DATABASE = "silver";

  private final Aws aws;
  private final AthenaClient client;
  private final String workgroup;
  private String database = DATABASE;

  /** Asks in the lake's own workgroup. */
  Athena(Aws aws) {
    this(aws, Registry.WORKGROUP);
  }

  /** Asks in that workgroup. */
  Athena(Aws aws, String workgroup) {
    this.aws = aws;
    this.client = aws.athena();
    this.workgroup = workgroup;
  }

  /** What names without a database refer to. */
  String database() {
    return database;
  }

  /** Lets names without a database refer to another. */
  void use(String other) {
    database = other;
  }

  /** How long the parts of a query took, as Athena measured them. */
  record Times(Duration queued, Duration planning, Duration engine, Duration total) {
    static final Times NONE = new Times(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /**
   * A result.
   *
   * @param columns their names
   * @param types their types, as Athena names them
   * @param rows the values as text, null for NULL
   * @param engine how long the engine worked
   * @param bytesScanned how much it read
   * @param times how long its parts took
   */
  record Answer(
      List<String> columns,
      List<String> types,
      List<List<@Nullable String>> rows,
      Duration engine,
      long bytesScanned,
      Times times) {
    Answer(
        List<String> columns,
        List<String> types,
        List<List<@Nullable String>> rows,
        Duration engine,
        long bytesScanned) {
      this(columns, types, rows, engine, bytesScanned, Times.NONE);
    }
  }

  /**
   * Runs one statement and waits for it. Interrupting the thread stops the query.
   *
   * @throws Failure with Athena's message when the statement fails or is cancelled
   */
  Answer query(String statement) {
    return query(statement, List.of());
  }

  /**
   * The same with SQL literals for each {@code ?} of the statement.
   *
   * @throws Failure with Athena's message when the statement fails or is cancelled
   */
  Answer query(String statement, List<String> literals) {
    String id = null;
    try {
      id =
          client
              .startQueryExecution(start ->
                  start
                      .queryString(statement)
                      .workGroup(workgroup)
                      // Athena refuses an empty list.
                      .executionParameters(literals.isEmpty() ? null : literals)
                      .queryExecutionContext(
                          context -> context.catalog(CATALOG).database(database)))
              .queryExecutionId();
      QueryExecution execution = await(id);
      QueryExecutionState state = execution.status().state();
      if (state != QueryExecutionState.SUCCEEDED) {
        String reason = execution.status().stateChangeReason();
        throw new Failure(
            reason == null ? "The query ended as " + state + ", Athena gives no reason" : reason);
      }
      return answer(id, execution);
    } catch (AwsServiceException e) {
      throw refused(e);
    } catch (AbortedException e) {
      // The SDK has noticed the interruption before this class has.
      Thread.interrupted();
      if (id != null) {
        stop(id);
      }
      throw cancelled(e);
    } catch (SdkClientException e) {
      throw aws.unreachable(e);
    }
  }

  private void stop(String id) {
    client.stopQueryExecution(stop -> stop.queryExecutionId(id));
  }

  private static Failure cancelled(Exception cause) {
    Thread.currentThread().interrupt();
    return new Failure("The query was cancelled.", cause);
  }

  private QueryExecution await(String id) {
    long pause = 20;
    while (true) {
      QueryExecution execution =
          client.getQueryExecution(get -> get.queryExecutionId(id)).queryExecution();
      switch (execution.status().state()) {
        case SUCCEEDED, FAILED, CANCELLED -> {
          return execution;
        }
        default -> {
          try {
            Thread.sleep(pause);
          } catch (InterruptedException e) {
            stop(id);
            throw cancelled(e);
          }
          pause = Math.min(250, pause * 3 / 2);
        }
      }
    }
  }

  private Answer answer(String id, QueryExecution execution) {
    List<String> columns = new ArrayList<>();
    List<String> types = new ArrayList<>();
    List<List<@Nullable String>> rows = new ArrayList<>();
    // Only a query's first row repeats the headings; SHOW and DESCRIBE have none.
    boolean heading = heading(execution);
    String token = null;
    do {
      String next = token;
      GetQueryResultsResponse page =
          client.getQueryResults(get -> get.queryExecutionId(id).nextToken(next).maxResults(1000));
      if (columns.isEmpty() && page.resultSet().hasRows()) {
        for (ColumnInfo column : page.resultSet().resultSetMetadata().columnInfo()) {
          columns.add(column.name());
          types.add(column.type());
        }
      }
      for (Row row : page.resultSet().rows()) {
        List<@Nullable String> values = new ArrayList<>();
        for (Datum datum : row.data()) {
          values.add(datum.varCharValue());
        }
        if (values.size() == 1 && values.getFirst() != null && !heading(execution)) {
          // What Hive prints: one value, its columns padded and with tabs between them.
          values = padded(values.getFirst(), columns.size());
        }
        if (heading && values.equals(columns)) {
          heading = false;
          continue;
        }
        heading = false;
        while (values.size() < columns.size()) {
          values.add(null);
        }
        rows.add(values);
      }
      token = page.nextToken();
    } while (token != null);
    QueryExecutionStatistics statistics =
        execution.statistics() == null
            ? QueryExecutionStatistics.builder().build()
            : execution.statistics();
    Times times =
        new Times(
            millis(statistics.queryQueueTimeInMillis()),
            millis(statistics.queryPlanningTimeInMillis()),
            millis(statistics.engineExecutionTimeInMillis()),
            millis(statistics.totalExecutionTimeInMillis()));
    Long scanned = statistics.dataScannedInBytes();
    return new Answer(columns, types, rows, times.engine(), scanned == null ? 0 : scanned, times);
  }

  private static boolean heading(QueryExecution execution) {
    return execution.statementType() == StatementType.DML;
  }

  private static List<@Nullable String> padded(String line, int columns) {
    List<@Nullable String> values = new ArrayList<>();
    for (String value : line.split("\t", Math.max(1, columns))) {
      values.add(value.stripTrailing());
    }
    return values;
  }

  private static Duration millis(@Nullable Long millis) {
    return Duration.ofMillis(millis == null ? 0 : millis);
  }

  /** The databases by name. */
  List<String> databases() {
    try {
      return client
          .listDatabasesPaginator(list -> list.catalogName(CATALOG))
          .databaseList()
          .stream()
          .map(Database::name)
          .sorted()
          .toList();
    } catch (AwsServiceException e) {
      throw refused(e);
    } catch (SdkClientException e) {
      throw aws.unreachable(e);
    }
  }

  /** A database's tables by name. */
  List<TableMetadata> tables(String database) {
    try {
      return client
          .listTableMetadataPaginator(list -> list.catalogName(CATALOG).databaseName(database))
          .tableMetadataList()
          .stream()
          .sorted(java.util.Comparator.comparing(TableMetadata::name))
          .toList();
    } catch (AwsServiceException e) {
      throw refused(e);
    } catch (SdkClientException e) {
      throw aws.unreachable(e);
    }
  }

  /** One table. */
  TableMetadata table(String database, String table) {
    try {
      return client
          .getTableMetadata(get -> get.catalogName(CATALOG).databaseName(database).tableName(table))
          .tableMetadata();
    } catch (AwsServiceException e) {
      throw refused(e);
    } catch (SdkClientException e) {
      throw aws.unreachable(e);
    }
  }

  private static Failure refused(AwsServiceException e) {
    String message = e.awsErrorDetails() == null ? null : e.awsErrorDetails().errorMessage();
    return new Failure(message == null ? String.valueOf(e.getMessage()) : message, e);
  }

  @Override
  public void close() {
    client.close();
  }
}
