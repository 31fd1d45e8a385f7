package dev.sluice.lake.athena;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.athena.AthenaStore.Kind;
import dev.sluice.lake.athena.AthenaStore.Query;
import dev.sluice.lake.glue.GlueCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.athena.model.BatchGetNamedQueryRequest;
import software.amazon.awssdk.services.athena.model.BatchGetNamedQueryResponse;
import software.amazon.awssdk.services.athena.model.BatchGetQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.BatchGetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.ColumnInfo;
import software.amazon.awssdk.services.athena.model.ColumnNullable;
import software.amazon.awssdk.services.athena.model.CreateNamedQueryRequest;
import software.amazon.awssdk.services.athena.model.CreateNamedQueryResponse;
import software.amazon.awssdk.services.athena.model.CreatePreparedStatementRequest;
import software.amazon.awssdk.services.athena.model.CreatePreparedStatementResponse;
import software.amazon.awssdk.services.athena.model.CreateWorkGroupRequest;
import software.amazon.awssdk.services.athena.model.CreateWorkGroupResponse;
import software.amazon.awssdk.services.athena.model.DataCatalog;
import software.amazon.awssdk.services.athena.model.DataCatalogSummary;
import software.amazon.awssdk.services.athena.model.DataCatalogType;
import software.amazon.awssdk.services.athena.model.Database;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.DeleteNamedQueryRequest;
import software.amazon.awssdk.services.athena.model.DeleteNamedQueryResponse;
import software.amazon.awssdk.services.athena.model.DeletePreparedStatementRequest;
import software.amazon.awssdk.services.athena.model.DeletePreparedStatementResponse;
import software.amazon.awssdk.services.athena.model.DeleteWorkGroupRequest;
import software.amazon.awssdk.services.athena.model.DeleteWorkGroupResponse;
import software.amazon.awssdk.services.athena.model.EngineVersion;
import software.amazon.awssdk.services.athena.model.GetDataCatalogRequest;
import software.amazon.awssdk.services.athena.model.GetDataCatalogResponse;
import software.amazon.awssdk.services.athena.model.GetDatabaseRequest;
import software.amazon.awssdk.services.athena.model.GetDatabaseResponse;
import software.amazon.awssdk.services.athena.model.GetNamedQueryRequest;
import software.amazon.awssdk.services.athena.model.GetNamedQueryResponse;
import software.amazon.awssdk.services.athena.model.GetPreparedStatementRequest;
import software.amazon.awssdk.services.athena.model.GetPreparedStatementResponse;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.GetQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.GetQueryResultsRequest;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.GetQueryRuntimeStatisticsRequest;
import software.amazon.awssdk.services.athena.model.GetQueryRuntimeStatisticsResponse;
import software.amazon.awssdk.services.athena.model.GetTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.GetTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.GetWorkGroupRequest;
import software.amazon.awssdk.services.athena.model.GetWorkGroupResponse;
import software.amazon.awssdk.services.athena.model.ListDataCatalogsRequest;
import software.amazon.awssdk.services.athena.model.ListDataCatalogsResponse;
import software.amazon.awssdk.services.athena.model.ListDatabasesRequest;
import software.amazon.awssdk.services.athena.model.ListDatabasesResponse;
import software.amazon.awssdk.services.athena.model.ListNamedQueriesRequest;
import software.amazon.awssdk.services.athena.model.ListNamedQueriesResponse;
import software.amazon.awssdk.services.athena.model.ListPreparedStatementsRequest;
import software.amazon.awssdk.services.athena.model.ListPreparedStatementsResponse;
import software.amazon.awssdk.services.athena.model.ListQueryExecutionsRequest;
import software.amazon.awssdk.services.athena.model.ListQueryExecutionsResponse;
import software.amazon.awssdk.services.athena.model.ListTableMetadataRequest;
import software.amazon.awssdk.services.athena.model.ListTableMetadataResponse;
import software.amazon.awssdk.services.athena.model.ListWorkGroupsRequest;
import software.amazon.awssdk.services.athena.model.ListWorkGroupsResponse;
import software.amazon.awssdk.services.athena.model.NamedQuery;
import software.amazon.awssdk.services.athena.model.PreparedStatement;
import software.amazon.awssdk.services.athena.model.PreparedStatementSummary;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionContext;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.QueryExecutionStatistics;
import software.amazon.awssdk.services.athena.model.QueryExecutionStatus;
import software.amazon.awssdk.services.athena.model.QueryResultType;
import software.amazon.awssdk.services.athena.model.QueryRuntimeStatistics;
import software.amazon.awssdk.services.athena.model.QueryRuntimeStatisticsRows;
import software.amazon.awssdk.services.athena.model.QueryRuntimeStatisticsTimeline;
import software.amazon.awssdk.services.athena.model.ResultConfiguration;
import software.amazon.awssdk.services.athena.model.ResultConfigurationUpdates;
import software.amazon.awssdk.services.athena.model.ResultReuseByAgeConfiguration;
import software.amazon.awssdk.services.athena.model.ResultReuseConfiguration;
import software.amazon.awssdk.services.athena.model.ResultReuseInformation;
import software.amazon.awssdk.services.athena.model.ResultSet;
import software.amazon.awssdk.services.athena.model.ResultSetMetadata;
import software.amazon.awssdk.services.athena.model.Row;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StartQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.StatementType;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionRequest;
import software.amazon.awssdk.services.athena.model.StopQueryExecutionResponse;
import software.amazon.awssdk.services.athena.model.TableMetadata;
import software.amazon.awssdk.services.athena.model.UnprocessedNamedQueryId;
import software.amazon.awssdk.services.athena.model.UnprocessedQueryExecutionId;
import software.amazon.awssdk.services.athena.model.UpdatePreparedStatementRequest;
import software.amazon.awssdk.services.athena.model.UpdatePreparedStatementResponse;
import software.amazon.awssdk.services.athena.model.UpdateWorkGroupRequest;
import software.amazon.awssdk.services.athena.model.UpdateWorkGroupResponse;
import software.amazon.awssdk.services.athena.model.WorkGroup;
import software.amazon.awssdk.services.athena.model.WorkGroupConfiguration;
import software.amazon.awssdk.services.athena.model.WorkGroupConfigurationUpdates;
import software.amazon.awssdk.services.athena.model.WorkGroupState;
import software.amazon.awssdk.services.athena.model.WorkGroupSummary;
import software.amazon.awssdk.utils.builder.Buildable;

/** The Athena API over the catalog, the object store and an engine. */
public final class AthenaService implements JsonService, AutoCloseable {
  static final String PRIMARY = "primary";
  private static final System.Logger LOG = System.getLogger(AthenaService.class.getName());
  private static final String CATALOG = "AwsDataCatalog";
  private static final int MOST_ROWS = 1000;
  private static final int MOST_LISTED = 50;
  private static final int LONGEST_QUERY = 262_144;
  private static final EngineVersion ENGINE =
      EngineVersion.builder()
          .selectedEngineVersion("AUTO")
          .effectiveEngineVersion("Athena engine version 3")
          .build();

  private final GlueCatalog catalog;
  private final Objects objects;
  private final AthenaSettings settings;
  private final Clock clock;
  private final AthenaStore store;
  private final QueryRunner runner;
  private final SqlEngine engine;
  private final Map<String, JsonOperation<?, ?>> operations = new LinkedHashMap<>();

  /**
   * Answers queries; the catalog, the objects and the engine stay the caller's to close.
   *
   * @throws dev.sluice.model.SluiceException when the folder cannot be used
   */
  public AthenaService(
      GlueCatalog catalog,
      Objects objects,
      SqlEngine engine,
      AthenaSettings settings,
      Clock clock) {
    this.catalog = catalog;
    this.objects = objects;
    this.settings = settings;
    this.clock = clock;
    this.engine = engine;
    this.store = new AthenaStore(settings.folder(), now());
    this.runner = new QueryRunner(catalog, objects, engine, store, settings, clock);
    if (store.workGroup(PRIMARY).isEmpty()) {
      store.put(
          WorkGroup.builder()
              .name(PRIMARY)
              .state(WorkGroupState.ENABLED)
              .creationTime(now())
              .configuration(
                  WorkGroupConfiguration.builder()
                      .resultConfiguration(
                          ResultConfiguration.builder()
                              .outputLocation(settings.outputLocation())
                              .build())
                      .enforceWorkGroupConfiguration(false)
                      .publishCloudWatchMetricsEnabled(false)
                      .requesterPaysEnabled(false)
                      .engineVersion(ENGINE)
                      .build())
              .build());
    }
    runner.sweep();
    queries();
    workGroups();
    metadata();
    namedQueries();
    preparedStatements();
  }

  @Override
  public String target() {
    return "AmazonAthena";
  }

  @Override
  public Map<String, JsonOperation<?, ?>> operations() {
    return Map.copyOf(operations);
  }

  /**
   * Creates a workgroup whose queries write to that place and read no more than that, unless it is
   * there.
   */
  public void ensureWorkGroup(String name, String outputLocation, long scanLimit) {
    if (store.workGroup(name).isEmpty()) {
      store.put(
          WorkGroup.builder()
              .name(name)
              .state(WorkGroupState.ENABLED)
              .creationTime(now())
              .configuration(
                  WorkGroupConfiguration.builder()
                      .resultConfiguration(
                          ResultConfiguration.builder().outputLocation(outputLocation).build())
                      .enforceWorkGroupConfiguration(true)
                      .publishCloudWatchMetricsEnabled(false)
                      .requesterPaysEnabled(false)
                      .bytesScannedCutoffPerQuery(scanLimit)
                      .engineVersion(ENGINE)
                      .build())
              .build());
    }
  }

  /** Saves a statement in a workgroup, as a named query and prepared, or brings both up to date. */
  public void ensureQuery(
      String workGroup,
      String name,
      String statementName,
      String description,
      String database,
      String sql) {
    NamedQuery named =
        NamedQuery.builder()
            .namedQueryId(
                UUID.nameUUIDFromBytes((workGroup + "/" + name).getBytes(StandardCharsets.UTF_8))
                    .toString())
            .name(name)
            .description(description)
            .database(database)
            .queryString(sql)
            .workGroup(workGroup)
            .build();
    if (!store.namedQueries(workGroup).contains(named)) {
      store.put(named);
    }
    boolean same =
        store
            .prepared(workGroup, statementName)
            .filter(old -> sql.equals(old.queryStatement()))
            .filter(old -> description.equals(old.description()))
            .isPresent();
    if (!same) {
      store.put(prepared(workGroup, statementName, sql, description));
    }
  }

  /** Ends running statements; they are found failed when the lake is started again. */
  @Override
  public void close() {
    runner.close();
    store.close();
  }

  private <I extends SdkPojo, O extends SdkPojo> void on(
      String name, Supplier<? extends Buildable> request, Function<I, O> call) {
    operations.put(
        name,
        new JsonOperation<I, O>(
            request,
            input -> {
              try {
                return call.apply(input);
              } catch (ServiceException e) {
                // The catalog speaks Glue's language.
                throw switch (e.code()) {
                  case "EntityNotFoundException" ->
                      new ServiceException(
                          400,
                          "MetadataException",
                          "com.amazonaws.services.glue.model.EntityNotFoundException: "
                              + e.getMessage());
                  case "InvalidInputException" -> invalid(String.valueOf(e.getMessage()));
                  default -> e;
                };
              }
            }));
  }

  // Queries.

  private void queries() {
    on("StartQueryExecution", StartQueryExecutionRequest::builder, this::start);
    on(
        "GetQueryExecution",
        GetQueryExecutionRequest::builder,
        (GetQueryExecutionRequest request) ->
            GetQueryExecutionResponse.builder()
                .queryExecution(live(query(request.queryExecutionId())))
                .build());
    on(
        "BatchGetQueryExecution",
        BatchGetQueryExecutionRequest::builder,
        (BatchGetQueryExecutionRequest request) -> {
          List<QueryExecution> found = new ArrayList<>();
          List<UnprocessedQueryExecutionId> missing = new ArrayList<>();
          for (String id : request.queryExecutionIds()) {
            store
                .query(id)
                .ifPresentOrElse(
                    query -> found.add(live(query)),
                    () ->
                        missing.add(
                            UnprocessedQueryExecutionId.builder()
                                .queryExecutionId(id)
                                .errorCode("INVALID_QUERY_EXECUTION_ID")
                                .errorMessage("QueryExecution " + id + " was not found")
                                .build()));
          }
          return BatchGetQueryExecutionResponse.builder()
              .queryExecutions(found)
              .unprocessedQueryExecutionIds(missing)
              .build();
        });
    on("GetQueryResults", GetQueryResultsRequest::builder, this::results);
    on(
        "StopQueryExecution",
        StopQueryExecutionRequest::builder,
        (StopQueryExecutionRequest request) -> {
          runner.stop(query(request.queryExecutionId()));
          return StopQueryExecutionResponse.builder().build();
        });
    on(
        "ListQueryExecutions",
        ListQueryExecutionsRequest::builder,
        (ListQueryExecutionsRequest request) -> {
          Page<String> page =
              page(
                  store.queries(workGroup(request.workGroup()).name()).stream()
                      .map(query -> query.execution().queryExecutionId())
                      .toList(),
                  request.nextToken(),
                  request.maxResults(),
                  MOST_LISTED);
          return ListQueryExecutionsResponse.builder()
              .queryExecutionIds(page.items())
              .nextToken(page.next())
              .build();
        });
    on(
        "GetQueryRuntimeStatistics",
        GetQueryRuntimeStatisticsRequest::builder,
        (GetQueryRuntimeStatisticsRequest request) -> {
          QueryExecutionStatistics statistics =
              live(query(request.queryExecutionId())).statistics();
          return GetQueryRuntimeStatisticsResponse.builder()
              .queryRuntimeStatistics(
                  QueryRuntimeStatistics.builder()
                      .timeline(
                          QueryRuntimeStatisticsTimeline.builder()
                              .queryQueueTimeInMillis(statistics.queryQueueTimeInMillis())
                              .queryPlanningTimeInMillis(statistics.queryPlanningTimeInMillis())
                              .engineExecutionTimeInMillis(statistics.engineExecutionTimeInMillis())
                              .serviceProcessingTimeInMillis(
                                  statistics.serviceProcessingTimeInMillis())
                              .totalExecutionTimeInMillis(statistics.totalExecutionTimeInMillis())
                              .build())
                      .rows(
                          QueryRuntimeStatisticsRows.builder()
                              .inputBytes(statistics.dataScannedInBytes())
                              .build())
                      .build())
              .build();
        });
  }

  private StartQueryExecutionResponse start(StartQueryExecutionRequest request) {
    String sql = request.queryString();
    if (sql == null || sql.isBlank()) {
      throw invalid("QueryString is missing");
    }
    if (sql.getBytes(StandardCharsets.UTF_8).length > LONGEST_QUERY) {
      throw invalid(
          "1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member"
              + " must have length less than or equal to "
              + LONGEST_QUERY);
    }
    String token = request.clientRequestToken();
    if (token != null && (token.length() < 32 || token.length() > 128)) {
      throw invalid(
          "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint:"
              + " Member must have length "
              + (token.length() < 32
                  ? "greater than or equal to 32"
                  : "less than or equal to 128"));
    }
    WorkGroup group = workGroup(request.workGroup());
    if (group.state() == WorkGroupState.DISABLED) {
      throw invalid("WorkGroup " + group.name() + " is disabled");
    }
    checkText(sql, group);
    synchronized (store) {
      Optional<Query> earlier = token == null ? Optional.empty() : store.byToken(token);
      if (earlier.isPresent()) {
        if (!earlier.get().execution().query().equals(sql)) {
          throw refused("IDEMPOTENT_PARAMETER_MISMATCH", "Idempotent parameters do not match");
        }
        return started(earlier.get());
      }
      Query query = newQuery(request, group, token, sql);
      Optional<Query> reused = reused(request, query);
      store.put(reused.orElse(query));
      if (reused.isEmpty()) {
        runner.submit(query, cutoff(group));
      }
      return started(query);
    }
  }

  /** Athena makes no query of a text that it cannot read. */
  private void checkText(String sql, WorkGroup group) {
    try {
      Dialect.check(sql);
      if (Dialect.externalLocation(sql).isPresent() && enforced(group)) {
        throw invalid(
            "The Create Table As Select query failed because it was submitted with an"
                + " 'external_location' property to an Athena Workgroup that enforces a centralized"
                + " output location for all queries. Please remove the 'external_location' property"
                + " and resubmit the query.");
      }
      if (Ddl.parse(sql).isEmpty()) {
        String readable =
            Dialect.isForeign(sql)
                ? Dialect.translate(sql, "default", "s3://any/", "any").statements().getFirst()
                : sql.substring(0, new SqlReader(sql, false).end());
        String error = engine.syntax(readable, List.of()).error();
        if (error != null) {
          throw refused("MALFORMED_QUERY", error);
        }
      }
    } catch (SqlException e) {
      if (e.isMalformed()) {
        throw refused("MALFORMED_QUERY", String.valueOf(e.getMessage()));
      }
      // The query tells it.
    } catch (IOException e) {
      // So it does without an engine.
      LOG.log(System.Logger.Level.DEBUG, "The text was not checked", e);
    }
  }

  private static boolean enforced(WorkGroup group) {
    WorkGroupConfiguration configuration = group.configuration();
    return configuration != null
        && Boolean.TRUE.equals(configuration.enforceWorkGroupConfiguration())
        && configuration.resultConfiguration() != null
        && configuration.resultConfiguration().outputLocation() != null;
  }

  /** The query with the result of an earlier one of the same words, when that may be used. */
  private Optional<Query> reused(StartQueryExecutionRequest request, Query query) {
    ResultReuseByAgeConfiguration wish = reuse(request);
    if (wish == null || !Boolean.TRUE.equals(wish.enabled()) || query.kind() != Kind.CSV) {
      return Optional.empty();
    }
    int minutes = wish.maxAgeInMinutes() == null ? 60 : wish.maxAgeInMinutes();
    Instant oldest = now().minus(minutes, ChronoUnit.MINUTES);
    QueryExecution execution = query.execution();
    return store.queries(execution.workGroup()).stream()
        .filter(earlier -> earlier.state() == QueryExecutionState.SUCCEEDED)
        .filter(earlier -> sameWords(earlier.execution(), execution))
        .filter(earlier -> !earlier.execution().status().completionDateTime().isBefore(oldest))
        .filter(this::isStored)
        .findFirst()
        .map(earlier -> copy(query, earlier));
  }

  private static @Nullable ResultReuseByAgeConfiguration reuse(StartQueryExecutionRequest request) {
    return request.resultReuseConfiguration() == null
        ? null
        : request.resultReuseConfiguration().resultReuseByAgeConfiguration();
  }

  private static boolean sameWords(QueryExecution earlier, QueryExecution now) {
    return earlier.query().equals(now.query())
        && earlier.queryExecutionContext().equals(now.queryExecutionContext())
        && earlier.executionParameters().equals(now.executionParameters())
        && !earlier.substatementType().equals("EXECUTE")
        && !Boolean.TRUE.equals(
            earlier.statistics().resultReuseInformation().reusedPreviousResult());
  }

  private boolean isStored(Query query) {
    QueryRunner.Place place =
        QueryRunner.Place.of(query.execution().resultConfiguration().outputLocation());
    return objects.list(place.bucket(), place.key(), 1).contains(place.key());
  }

  private Query copy(Query query, Query earlier) {
    QueryExecution execution = query.execution();
    return new Query(
        execution.toBuilder()
            .resultConfiguration(earlier.execution().resultConfiguration())
            .status(
                execution.status().toBuilder()
                    .state(QueryExecutionState.SUCCEEDED)
                    .completionDateTime(now())
                    .build())
            .statistics(
                execution.statistics().toBuilder()
                    .resultReuseInformation(
                        ResultReuseInformation.builder().reusedPreviousResult(true).build())
                    .build())
            .build(),
        query.token(),
        earlier.columns(),
        query.kind(),
        null);
  }

  private static StartQueryExecutionResponse started(Query query) {
    return StartQueryExecutionResponse.builder()
        .queryExecutionId(query.execution().queryExecutionId())
        .build();
  }

  private static @Nullable Long cutoff(WorkGroup group) {
    return group.configuration() == null
        ? null
        : group.configuration().bytesScannedCutoffPerQuery();
  }

  private Query newQuery(
      StartQueryExecutionRequest request, WorkGroup group, @Nullable String token, String sql) {
    String id = UUID.randomUUID().toString();
    QueryExecutionContext context = request.queryExecutionContext();
    String database =
        context == null || context.database() == null || context.database().isBlank()
            ? null
            : context.database().toLowerCase(Locale.ROOT);
    String inCatalog = context == null || context.catalog() == null ? CATALOG : context.catalog();
    requireCatalog(inCatalog);
    String classified = sql;
    Optional<Dialect.Prepared> prepared = Optional.empty();
    try {
      prepared = Dialect.prepared(sql);
    } catch (SqlException e) {
      // Answered when the statement is run.
    }
    if (prepared.isPresent() && prepared.get().verb().equals("EXECUTE")) {
      classified =
          store
              .prepared(group.name(), prepared.get().name())
              .map(PreparedStatement::queryStatement)
              .orElse(sql);
    }
    Dialect.Classified type = Dialect.classify(classified);
    String subtype = classified.equals(sql) ? type.subtype() : "EXECUTE";
    String location = outputLocation(request.resultConfiguration(), group);
    Kind kind =
        type.rows()
            ? Kind.CSV
            : type.type() == Dialect.Type.DML || type.subtype().equals("CREATE_TABLE_AS_SELECT")
                ? Kind.UPDATE
                : Kind.TEXT;
    String file =
        switch (kind) {
          case CSV -> id + ".csv";
          case TEXT -> id + ".txt";
          case UPDATE ->
              switch (type.subtype()) {
                case "UPDATE", "DELETE", "MERGE" -> id + ".csv";
                case "CREATE_TABLE_AS_SELECT" ->
                    (Dialect.makesIceberg(classified) ? "" : "tables/") + id;
                default -> id;
              };
        };
    ResultReuseByAgeConfiguration reuse = reuse(request);
    Instant now = now();
    return new Query(
        QueryExecution.builder()
            .queryExecutionId(id)
            .query(sql)
            .statementType(
                subtype.equals("EXECUTE")
                    ? StatementType.DML
                    : StatementType.fromValue(type.type().name()))
            .substatementType(subtype)
            .resultConfiguration(
                ResultConfiguration.builder().outputLocation(location + file).build())
            .resultReuseConfiguration(
                ResultReuseConfiguration.builder()
                    .resultReuseByAgeConfiguration(
                        reuse == null
                            ? ResultReuseByAgeConfiguration.builder().enabled(false).build()
                            : reuse)
                    .build())
            .queryExecutionContext(
                QueryExecutionContext.builder()
                    .database(database)
                    .catalog(inCatalog.toLowerCase(Locale.ROOT))
                    .build())
            .status(
                QueryExecutionStatus.builder()
                    .state(QueryExecutionState.QUEUED)
                    .submissionDateTime(now)
                    .build())
            .statistics(
                QueryExecutionStatistics.builder()
                    .engineExecutionTimeInMillis(0L)
                    .dataScannedInBytes(0L)
                    .totalExecutionTimeInMillis(0L)
                    .queryQueueTimeInMillis(0L)
                    .resultReuseInformation(
                        ResultReuseInformation.builder().reusedPreviousResult(false).build())
                    .build())
            .workGroup(group.name())
            .engineVersion(ENGINE)
            .executionParameters(
                request.hasExecutionParameters() ? request.executionParameters() : null)
            .build(),
        token,
        List.of(),
        kind,
        null);
  }

  private String outputLocation(@Nullable ResultConfiguration own, WorkGroup group) {
    WorkGroupConfiguration configuration = group.configuration();
    ResultConfiguration shared = configuration == null ? null : configuration.resultConfiguration();
    boolean enforced =
        configuration != null && Boolean.TRUE.equals(configuration.enforceWorkGroupConfiguration());
    ResultConfiguration chosen =
        enforced || own == null || own.outputLocation() == null ? shared : own;
    check(own);
    String location = chosen == null ? null : chosen.outputLocation();
    if (location == null || location.isBlank()) {
      throw invalid(
          "No output location provided. An output location is required either through the"
              + " Workgroup result configuration setting or as an API input.");
    }
    return location.endsWith("/") ? location : location + "/";
  }

  private static void check(@Nullable ResultConfiguration results) {
    if (results == null) {
      return;
    }
    if (results.encryptionConfiguration() != null) {
      throw invalid("EncryptionConfiguration is not supported: the local lake does not encrypt");
    }
    if (results.aclConfiguration() != null) {
      throw invalid("AclConfiguration is not supported: the local lake has no access control");
    }
    if (results.expectedBucketOwner() != null
        && !results.expectedBucketOwner().equals(GlueCatalog.CATALOG_ID)) {
      throw invalid("The bucket's owner is " + GlueCatalog.CATALOG_ID);
    }
    String location = results.outputLocation();
    if (location != null && !location.matches("s3://[^/]+(/.*)?")) {
      throw invalid("outputLocation is not a valid S3 path: " + location);
    }
  }

  private Query query(@Nullable String id) {
    return store
        .query(id)
        .orElseThrow(
            () -> refused("QUERY_EXECUTION_NOT_FOUND", "QueryExecution " + id + " was not found"));
  }

  /** The execution with the time that it has taken so far. */
  private QueryExecution live(Query query) {
    QueryExecution execution = query.execution();
    if (query.ended()) {
      return execution;
    }
    long millis =
        ChronoUnit.MILLIS.between(execution.status().submissionDateTime(), clock.instant());
    return execution.toBuilder()
        .statistics(execution.statistics().toBuilder().totalExecutionTimeInMillis(millis).build())
        .build();
  }

  private GetQueryResultsResponse results(GetQueryResultsRequest request) {
    Query query = query(request.queryExecutionId());
    switch (query.state()) {
      case SUCCEEDED -> {}
      case FAILED ->
          throw refused(
              "INVALID_QUERY_EXECUTION_STATE",
              "Query did not finish successfully. Final query state: FAILED");
      case CANCELLED -> throw refused("RESULT_NOT_FOUND", "Could not find results");
      default ->
          throw refused(
              "INVALID_QUERY_EXECUTION_STATE",
              "Query has not yet finished. Current state: " + query.state());
    }
    if (request.queryResultType() == QueryResultType.DATA_MANIFEST) {
      throw invalid("DATA_MANIFEST is not supported by the local lake");
    }
    ResultSetMetadata metadata =
        ResultSetMetadata.builder()
            .columnInfo(query.columns().stream().map(AthenaService::columnInfo).toList())
            .build();
    if (query.kind() == Kind.UPDATE || query.columns().isEmpty()) {
      return GetQueryResultsResponse.builder()
          .updateCount(updateCount(query))
          .resultSet(ResultSet.builder().rows(List.of()).resultSetMetadata(metadata).build())
          .build();
    }
    byte[] content = content(query);
    int most = request.maxResults() == null ? MOST_ROWS : request.maxResults();
    if (most < 1 || most > MOST_ROWS) {
      throw invalid(
          most < 1
              ? "MaxResults is less than minimum allowed length 1"
              : "MaxResults is more than maximum allowed length " + MOST_ROWS);
    }
    int from = request.nextToken() == null ? 0 : offset(request.nextToken(), content.length);
    Csv.Rows rows =
        query.kind() == Kind.CSV ? Csv.read(content, from, most) : lines(content, from, most);
    return GetQueryResultsResponse.builder()
        .updateCount(updateCount(query))
        .resultSet(
            ResultSet.builder()
                .rows(rows.rows().stream().map(AthenaService::row).toList())
                .resultSetMetadata(metadata)
                .build())
        .nextToken(rows.next() < content.length ? token(rows.next()) : null)
        .build();
  }

  private byte[] content(Query query) {
    String location = query.execution().resultConfiguration().outputLocation();
    QueryRunner.Place place = QueryRunner.Place.of(location);
    return objects
        .get(place.bucket(), place.key())
        .orElseThrow(() ->
            refused(
                "RESULT_NOT_FOUND", "Could not find results: the object was deleted: " + location));
  }

  private static @Nullable Long updateCount(Query query) {
    if (query.kind() == Kind.UPDATE) {
      return query.updated() == null ? 0 : query.updated();
    }
    return switch (String.valueOf(query.execution().substatementType())) {
      case "EXPLAIN", "DESCRIBE_TABLE", "SHOW_CREATE_TABLE", "SHOW_CREATE_VIEW" -> null;
      default -> query.execution().statementType() == StatementType.DDL ? null : 0L;
    };
  }

  /** A line is one value, with tabs between its columns; Athena passes on what Hive prints. */
  private static Csv.Rows lines(byte[] content, int from, int most) {
    List<List<@Nullable String>> rows = new ArrayList<>();
    int at = from;
    while (at < content.length && rows.size() < most) {
      int end = at;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      List<@Nullable String> row = new ArrayList<>();
      row.add(new String(content, at, end - at, StandardCharsets.UTF_8));
      rows.add(row);
      at = Math.min(end + 1, content.length);
    }
    return new Csv.Rows(rows, at);
  }

  private static Row row(List<@Nullable String> values) {
    return Row.builder()
        .data(values.stream().map(value -> Datum.builder().varCharValue(value).build()).toList())
        .build();
  }

  private static ColumnInfo columnInfo(SqlEngine.Column column) {
    return ColumnInfo.builder()
        .catalogName("hive")
        .schemaName("")
        .tableName("")
        .name(column.name())
        .label(column.name())
        .type(column.type())
        .precision(column.precision())
        .scale(column.scale())
        .nullable(ColumnNullable.UNKNOWN)
        .caseSensitive(column.caseSensitive())
        .build();
  }

  // Workgroups.

  private void workGroups() {
    on(
        "CreateWorkGroup",
        CreateWorkGroupRequest::builder,
        (CreateWorkGroupRequest request) -> {
          String name = request.name();
          if (name == null || !name.matches("[a-zA-Z0-9._-]{1,128}")) {
            throw invalid("The name of a workgroup is 1 to 128 of [a-zA-Z0-9._-]: " + name);
          }
          if (request.hasTags() && !request.tags().isEmpty()) {
            throw invalid("Tags are not supported by the local lake");
          }
          if (store.workGroup(name).isPresent()) {
            throw invalid("WorkGroup " + name + " is already created");
          }
          WorkGroupConfiguration configuration =
              request.configuration() == null
                  ? WorkGroupConfiguration.builder().build()
                  : request.configuration();
          check(configuration.resultConfiguration());
          refuseUnsupported(configuration);
          store.put(
              WorkGroup.builder()
                  .name(name)
                  .description(request.description())
                  .state(WorkGroupState.ENABLED)
                  .creationTime(now())
                  .configuration(
                      configuration.toBuilder()
                          .enforceWorkGroupConfiguration(
                              !Boolean.FALSE.equals(configuration.enforceWorkGroupConfiguration()))
                          .engineVersion(ENGINE)
                          .build())
                  .build());
          return CreateWorkGroupResponse.builder().build();
        });
    on(
        "GetWorkGroup",
        GetWorkGroupRequest::builder,
        (GetWorkGroupRequest request) ->
            GetWorkGroupResponse.builder().workGroup(workGroup(request.workGroup())).build());
    on(
        "ListWorkGroups",
        ListWorkGroupsRequest::builder,
        (ListWorkGroupsRequest request) -> {
          Page<WorkGroup> page =
              page(store.workGroups(), request.nextToken(), request.maxResults(), MOST_LISTED);
          return ListWorkGroupsResponse.builder()
              .workGroups(
                  page.items().stream()
                      .map(group ->
                          WorkGroupSummary.builder()
                              .name(group.name())
                              .state(group.state())
                              .description(group.description())
                              .creationTime(group.creationTime())
                              .engineVersion(ENGINE)
                              .build())
                      .toList())
              .nextToken(page.next())
              .build();
        });
    on("UpdateWorkGroup", UpdateWorkGroupRequest::builder, this::updateWorkGroup);
    on(
        "DeleteWorkGroup",
        DeleteWorkGroupRequest::builder,
        (DeleteWorkGroupRequest request) -> {
          WorkGroup group = workGroup(request.workGroup());
          if (group.name().equals(PRIMARY)) {
            throw invalid("The primary workgroup cannot be deleted");
          }
          boolean used =
              !store.namedQueries(group.name()).isEmpty()
                  || !store.preparedStatements(group.name()).isEmpty();
          if (used && !Boolean.TRUE.equals(request.recursiveDeleteOption())) {
            throw invalid("WorkGroup " + group.name() + " is not empty");
          }
          store.dropWorkGroup(group.name());
          return DeleteWorkGroupResponse.builder().build();
        });
  }

  private static void refuseUnsupported(WorkGroupConfiguration configuration) {
    if (configuration.managedQueryResultsConfiguration() != null
        && Boolean.TRUE.equals(configuration.managedQueryResultsConfiguration().enabled())) {
      throw invalid("Managed query results are not supported by the local lake");
    }
    if (configuration.executionRole() != null || configuration.engineConfiguration() != null) {
      throw invalid("Athena for Apache Spark is not supported by the local lake");
    }
    EngineVersion version = configuration.engineVersion();
    if (version != null
        && version.selectedEngineVersion() != null
        && !version.selectedEngineVersion().equals("AUTO")
        && !version.selectedEngineVersion().equals("Athena engine version 3")) {
      throw invalid("The local lake has only Athena engine version 3");
    }
  }

  private UpdateWorkGroupResponse updateWorkGroup(UpdateWorkGroupRequest request) {
    WorkGroup group = workGroup(request.workGroup());
    WorkGroup.Builder changed = group.toBuilder();
    if (request.description() != null) {
      changed.description(request.description());
    }
    if (request.state() != null) {
      changed.state(request.state());
    }
    WorkGroupConfigurationUpdates updates = request.configurationUpdates();
    if (updates != null) {
      WorkGroupConfiguration.Builder configuration = group.configuration().toBuilder();
      if (updates.enforceWorkGroupConfiguration() != null) {
        configuration.enforceWorkGroupConfiguration(updates.enforceWorkGroupConfiguration());
      }
      if (updates.bytesScannedCutoffPerQuery() != null) {
        configuration.bytesScannedCutoffPerQuery(updates.bytesScannedCutoffPerQuery());
      }
      if (Boolean.TRUE.equals(updates.removeBytesScannedCutoffPerQuery())) {
        configuration.bytesScannedCutoffPerQuery(null);
      }
      ResultConfigurationUpdates results = updates.resultConfigurationUpdates();
      if (results != null) {
        if (results.encryptionConfiguration() != null || results.aclConfiguration() != null) {
          throw invalid("The local lake has neither encryption nor access control of results");
        }
        if (results.outputLocation() != null) {
          ResultConfiguration changedResults =
              ResultConfiguration.builder().outputLocation(results.outputLocation()).build();
          check(changedResults);
          configuration.resultConfiguration(changedResults);
        }
        if (Boolean.TRUE.equals(results.removeOutputLocation())) {
          configuration.resultConfiguration(ResultConfiguration.builder().build());
        }
      }
      changed.configuration(configuration.build());
    }
    store.put(changed.build());
    return UpdateWorkGroupResponse.builder().build();
  }

  private WorkGroup workGroup(@Nullable String name) {
    String wanted = name == null || name.isBlank() ? PRIMARY : name;
    return store.workGroup(wanted).orElseThrow(() -> invalid("WorkGroup is not found."));
  }

  // The catalog, as Athena shows it.

  private void metadata() {
    on(
        "ListDataCatalogs",
        ListDataCatalogsRequest::builder,
        (ListDataCatalogsRequest request) ->
            ListDataCatalogsResponse.builder()
                .dataCatalogsSummary(
                    DataCatalogSummary.builder()
                        .catalogName(CATALOG)
                        .type(DataCatalogType.GLUE)
                        .build())
                .build());
    on(
        "GetDataCatalog",
        GetDataCatalogRequest::builder,
        (GetDataCatalogRequest request) -> {
          requireCatalog(request.name());
          return GetDataCatalogResponse.builder()
              .dataCatalog(
                  DataCatalog.builder()
                      .name(CATALOG)
                      .type(DataCatalogType.GLUE)
                      .parameters(Map.of("catalog-id", GlueCatalog.CATALOG_ID))
                      .build())
              .build();
        });
    on(
        "ListDatabases",
        ListDatabasesRequest::builder,
        (ListDatabasesRequest request) -> {
          requireCatalog(request.catalogName());
          Page<Database> page =
              page(
                  catalog.databases().stream().map(AthenaService::database).toList(),
                  request.nextToken(),
                  request.maxResults(),
                  MOST_LISTED);
          return ListDatabasesResponse.builder()
              .databaseList(page.items())
              .nextToken(page.next())
              .build();
        });
    on(
        "GetDatabase",
        GetDatabaseRequest::builder,
        (GetDatabaseRequest request) -> {
          requireCatalog(request.catalogName());
          return GetDatabaseResponse.builder()
              .database(database(catalog.database(request.databaseName())))
              .build();
        });
    on(
        "ListTableMetadata",
        ListTableMetadataRequest::builder,
        (ListTableMetadataRequest request) -> {
          requireCatalog(request.catalogName());
          Pattern pattern = pattern(request.expression());
          Page<TableMetadata> page =
              page(
                  catalog.tables(request.databaseName()).stream()
                      .filter(table -> pattern.matcher(table.name()).matches())
                      .map(AthenaService::table)
                      .toList(),
                  request.nextToken(),
                  request.maxResults(),
                  MOST_LISTED);
          return ListTableMetadataResponse.builder()
              .tableMetadataList(page.items())
              .nextToken(page.next())
              .build();
        });
    on(
        "GetTableMetadata",
        GetTableMetadataRequest::builder,
        (GetTableMetadataRequest request) -> {
          requireCatalog(request.catalogName());
          return GetTableMetadataResponse.builder()
              .tableMetadata(table(catalog.table(request.databaseName(), request.tableName())))
              .build();
        });
  }

  private static void requireCatalog(@Nullable String name) {
    if (name == null || !name.equalsIgnoreCase(CATALOG)) {
      throw invalid("There is no data catalog " + name + "; the local lake has " + CATALOG);
    }
  }

  private static Database database(software.amazon.awssdk.services.glue.model.Database database) {
    return Database.builder()
        .name(database.name())
        .description(database.description())
        .parameters(database.hasParameters() ? database.parameters() : null)
        .build();
  }

  private static TableMetadata table(software.amazon.awssdk.services.glue.model.Table table) {
    Map<String, String> parameters = new LinkedHashMap<>(table.parameters());
    var storage = table.storageDescriptor();
    if (storage != null) {
      putIfSet(parameters, "location", storage.location());
      putIfSet(parameters, "inputformat", storage.inputFormat());
      putIfSet(parameters, "outputformat", storage.outputFormat());
      if (storage.serdeInfo() != null) {
        putIfSet(parameters, "serde.serialization.lib", storage.serdeInfo().serializationLibrary());
        storage
            .serdeInfo()
            .parameters()
            .forEach((key, value) -> parameters.put("serde.param." + key, value));
      }
    }
    return TableMetadata.builder()
        .name(table.name())
        .createTime(table.createTime())
        .lastAccessTime(table.lastAccessTime())
        .tableType(table.tableType())
        .columns(columns(GlueCatalog.columns(table)))
        .partitionKeys(columns(table.partitionKeys()))
        .parameters(parameters)
        .build();
  }

  private static void putIfSet(Map<String, String> map, String key, @Nullable String value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private static List<Column> columns(
      List<software.amazon.awssdk.services.glue.model.Column> columns) {
    return columns.stream()
        .map(column ->
            Column.builder()
                .name(column.name())
                .type(column.type())
                .comment(column.comment())
                .build())
        .toList();
  }

  private static Pattern pattern(@Nullable String expression) {
    try {
      return expression == null || expression.isEmpty()
          ? Pattern.compile(".*")
          : Pattern.compile(
              expression.replaceAll("(?<![.\\])}])\\*", ".*"), Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw invalid("Expression is not a regular expression: " + expression);
    }
  }

  // Saved and prepared statements.

  private void namedQueries() {
    on(
        "CreateNamedQuery",
        CreateNamedQueryRequest::builder,
        (CreateNamedQueryRequest request) -> {
          if (request.name() == null
              || request.database() == null
              || request.queryString() == null) {
            throw invalid("Name, Database and QueryString are needed");
          }
          String id = UUID.randomUUID().toString();
          store.put(
              NamedQuery.builder()
                  .namedQueryId(id)
                  .name(request.name())
                  .description(request.description())
                  .database(request.database())
                  .queryString(request.queryString())
                  .workGroup(workGroup(request.workGroup()).name())
                  .build());
          return CreateNamedQueryResponse.builder().namedQueryId(id).build();
        });
    on(
        "GetNamedQuery",
        GetNamedQueryRequest::builder,
        (GetNamedQueryRequest request) ->
            GetNamedQueryResponse.builder().namedQuery(named(request.namedQueryId())).build());
    on(
        "BatchGetNamedQuery",
        BatchGetNamedQueryRequest::builder,
        (BatchGetNamedQueryRequest request) -> {
          List<NamedQuery> found = new ArrayList<>();
          List<UnprocessedNamedQueryId> missing = new ArrayList<>();
          for (String id : request.namedQueryIds()) {
            store
                .named(id)
                .ifPresentOrElse(
                    found::add,
                    () ->
                        missing.add(
                            UnprocessedNamedQueryId.builder()
                                .namedQueryId(id)
                                .errorCode("INVALID_NAMED_QUERY_ID")
                                .errorMessage("NamedQuery " + id + " was not found")
                                .build()));
          }
          return BatchGetNamedQueryResponse.builder()
              .namedQueries(found)
              .unprocessedNamedQueryIds(missing)
              .build();
        });
    on(
        "ListNamedQueries",
        ListNamedQueriesRequest::builder,
        (ListNamedQueriesRequest request) -> {
          Page<String> page =
              page(
                  store.namedQueries(workGroup(request.workGroup()).name()).stream()
                      .map(NamedQuery::namedQueryId)
                      .toList(),
                  request.nextToken(),
                  request.maxResults(),
                  MOST_LISTED);
          return ListNamedQueriesResponse.builder()
              .namedQueryIds(page.items())
              .nextToken(page.next())
              .build();
        });
    on(
        "DeleteNamedQuery",
        DeleteNamedQueryRequest::builder,
        (DeleteNamedQueryRequest request) -> {
          store.dropNamed(named(request.namedQueryId()).namedQueryId());
          return DeleteNamedQueryResponse.builder().build();
        });
  }

  private NamedQuery named(@Nullable String id) {
    return store.named(id).orElseThrow(() -> invalid("NamedQuery " + id + " was not found"));
  }

  private void preparedStatements() {
    on(
        "CreatePreparedStatement",
        CreatePreparedStatementRequest::builder,
        (CreatePreparedStatementRequest request) -> {
          String group = workGroup(request.workGroup()).name();
          if (request.statementName() == null || request.queryStatement() == null) {
            throw invalid("StatementName and QueryStatement are needed");
          }
          if (store.prepared(group, request.statementName()).isPresent()) {
            throw invalid(
                "PreparedStatement " + request.statementName() + " already exists in " + group);
          }
          store.put(
              prepared(
                  group, request.statementName(), request.queryStatement(), request.description()));
          return CreatePreparedStatementResponse.builder().build();
        });
    on(
        "UpdatePreparedStatement",
        UpdatePreparedStatementRequest::builder,
        (UpdatePreparedStatementRequest request) -> {
          PreparedStatement old = prepared(request.workGroup(), request.statementName());
          store.put(
              prepared(
                  old.workGroupName(),
                  old.statementName(),
                  request.queryStatement(),
                  request.description()));
          return UpdatePreparedStatementResponse.builder().build();
        });
    on(
        "GetPreparedStatement",
        GetPreparedStatementRequest::builder,
        (GetPreparedStatementRequest request) ->
            GetPreparedStatementResponse.builder()
                .preparedStatement(prepared(request.workGroup(), request.statementName()))
                .build());
    on(
        "ListPreparedStatements",
        ListPreparedStatementsRequest::builder,
        (ListPreparedStatementsRequest request) -> {
          Page<PreparedStatement> page =
              page(
                  store.preparedStatements(workGroup(request.workGroup()).name()),
                  request.nextToken(),
                  request.maxResults(),
                  MOST_LISTED);
          return ListPreparedStatementsResponse.builder()
              .preparedStatements(
                  page.items().stream()
                      .map(statement ->
                          PreparedStatementSummary.builder()
                              .statementName(statement.statementName())
                              .lastModifiedTime(statement.lastModifiedTime())
                              .build())
                      .toList())
              .nextToken(page.next())
              .build();
        });
    on(
        "DeletePreparedStatement",
        DeletePreparedStatementRequest::builder,
        (DeletePreparedStatementRequest request) -> {
          PreparedStatement old = prepared(request.workGroup(), request.statementName());
          store.dropPrepared(old.workGroupName(), old.statementName());
          return DeletePreparedStatementResponse.builder().build();
        });
  }

  private PreparedStatement prepared(@Nullable String workGroup, @Nullable String name) {
    String group = workGroup(workGroup).name();
    return store
        .prepared(group, String.valueOf(name))
        .orElseThrow(() ->
            new ServiceException(
                400,
                "ResourceNotFoundException",
                "PreparedStatement " + name + " was not found in workGroup " + group));
  }

  private PreparedStatement prepared(
      String group, String name, @Nullable String sql, @Nullable String description) {
    return PreparedStatement.builder()
        .workGroupName(group)
        .statementName(name)
        .queryStatement(sql)
        .description(description)
        .lastModifiedTime(now())
        .build();
  }

  // Common.

  static QueryExecution ended(
      QueryExecution execution, QueryExecutionState state, @Nullable String reason, Instant now) {
    return execution.toBuilder()
        .status(
            execution.status().toBuilder()
                .state(state)
                .stateChangeReason(reason)
                .completionDateTime(now)
                .build())
        .build();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  static ServiceException invalid(String message) {
    return refused("INVALID_INPUT", message);
  }

  /** A refusal with Athena's own code beside the one of the protocol. */
  private static ServiceException refused(String code, String message) {
    return new ServiceException(
        400,
        "InvalidRequestException",
        message,
        Map.of("AthenaErrorCode", code, "ErrorCode", code));
  }

  private record Page<T>(List<T> items, @Nullable String next) {}

  private static <T> Page<T> page(
      List<T> items, @Nullable String token, @Nullable Integer max, int most) {
    int size = max == null ? most : Math.clamp(max, 1, most);
    int from = token == null ? 0 : offset(token, items.size());
    int to = Math.min(items.size(), from + size);
    return new Page<>(items.subList(from, to), to < items.size() ? token(to) : null);
  }

  private static String token(int offset) {
    return Base64.getUrlEncoder()
        .encodeToString(("at:" + offset).getBytes(StandardCharsets.US_ASCII));
  }

  private static int offset(String token, int most) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
      if (text.startsWith("at:")) {
        return Math.clamp(Long.parseLong(text.substring(3)), 0, most);
      }
    } catch (IllegalArgumentException e) {
      // Answered below.
    }
    throw invalid("Malformed nextPageToken " + token);
  }
}
