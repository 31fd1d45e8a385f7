package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.query.QueryRun;
import dev.sluice.model.query.QueryRuns;
import dev.sluice.model.query.ResultPage;
import dev.sluice.model.query.RunRequest;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * {@link QueryRuns} over Athena. Connects to nothing, and looks for no credentials, before its
 * first call. Safe for concurrent use.
 */
public final class AthenaRuns implements QueryRuns, AutoCloseable {
  private static final String CATALOG = "AwsDataCatalog";
  private static final int MOST_ROWS = 1_000;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final String REFUSED = "InvalidRequestException";
  private static final String DENIED = "AccessDeniedException";
  private static final String TOO_MANY = "TooManyRequestsException";

  private final JsonCalls athena;
  private final SdkHttpClient http;
  private final String workgroup;

  private AthenaRuns(JsonCalls athena, SdkHttpClient http, String workgroup) {
    this.athena = athena;
    this.http = http;
    this.workgroup = workgroup;
  }

  /** In that workgroup, with the credentials of the environment. */
  public static AthenaRuns in(String workgroup, AwsSettings settings, Clock clock) {
    return in(workgroup, settings, DefaultCredentialsProvider.builder().build(), clock);
  }

  /** With other credentials than those of the environment. */
  public static AthenaRuns in(
      String workgroup, AwsSettings settings, AwsCredentialsProvider credentials, Clock clock) {
    SdkHttpClient http = Connections.http();
    return new AthenaRuns(
        new JsonCalls(
            "athena",
            "AmazonAthena",
            "1.1",
            settings,
            credentials,
            http,
            Connections.ATTEMPTS,
            clock),
        http,
        workgroup);
  }

  @Override
  public String start(RunRequest request) {
    Map<String, @Nullable Object> input = new LinkedHashMap<>();
    input.put("QueryString", request.sql());
    input.put("WorkGroup", workgroup);
    input.put("QueryExecutionContext", Map.of("Catalog", CATALOG, "Database", request.database()));
    if (!request.literals().isEmpty()) {
      // Athena refuses an empty list.
      input.put("ExecutionParameters", request.literals());
    }
    request.token().ifPresent(token -> input.put("ClientRequestToken", token));
    if (!request.reuse().isZero()) {
      input.put(
          "ResultReuseConfiguration",
          Map.of(
              "ResultReuseByAgeConfiguration",
              Map.of("Enabled", true, "MaxAgeInMinutes", request.reuse().toMinutes())));
    }
    Object id =
        call("StartQueryExecution", "the workgroup " + workgroup, input).get("QueryExecutionId");
    if (id instanceof String text) {
      return text;
    }
    throw notUnderstood("start a query");
  }

  @Override
  public Optional<QueryRun> find(String id) {
    if (!ID.matcher(id).matches()) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> answer;
    try {
      answer =
          athena.call(
              "GetQueryExecution",
              "a run",
              Map.of("QueryExecutionId", id),
              // Of another workgroup's runs the role sees nothing, which is as if there were none.
              fault ->
                  fault.code().equals(DENIED)
                      ? refusal(new JsonCalls.Fault(REFUSED, ""))
                      : refusal(fault));
    } catch (SluiceException e) {
      if (e.code() == ErrorCode.REFUSED_QUERY) {
        return Optional.empty();
      }
      throw e;
    }
    if (!(answer.get("QueryExecution") instanceof Map<?, ?> execution)) {
      throw notUnderstood("look at a run");
    }
    return workgroup.equals(execution.get("WorkGroup"))
        ? Optional.of(run(id, execution))
        : Optional.empty();
  }

  private static QueryRun run(String id, Map<?, ?> execution) {
    Map<?, ?> status = map(execution.get("Status"));
    Map<?, ?> statistics = map(execution.get("Statistics"));
    QueryRun.State state;
    try {
      state = QueryRun.State.valueOf(String.valueOf(status.get("State")));
    } catch (IllegalArgumentException e) {
      throw notUnderstood("look at a run");
    }
    Optional<QueryRun.Failure> failure =
        state == QueryRun.State.FAILED ? Optional.of(failure(status)) : Optional.empty();
    return new QueryRun(
        id,
        String.valueOf(execution.get("Query")),
        state,
        failure,
        number(statistics.get("DataScannedInBytes")),
        Boolean.TRUE.equals(
            map(statistics.get("ResultReuseInformation")).get("ReusedPreviousResult")),
        Duration.ofMillis(number(statistics.get("QueryQueueTimeInMillis"))),
        Duration.ofMillis(number(statistics.get("EngineExecutionTimeInMillis"))),
        instant(status.get("SubmissionDateTime")).orElse(Instant.EPOCH),
        instant(status.get("CompletionDateTime")),
        // Only a query's first row repeats the headings; SHOW and DESCRIBE have none.
        "DML".equals(execution.get("StatementType")));
  }

  private static QueryRun.Failure failure(Map<?, ?> status) {
    Map<?, ?> error = map(status.get("AthenaError"));
    Object reason = status.get("StateChangeReason");
    return new QueryRun.Failure(
        reason == null ? "" : reason.toString(),
        switch ((int) number(error.get("ErrorCategory"))) {
          case 1 -> QueryRun.Blame.SYSTEM;
          case 2 -> QueryRun.Blame.USER;
          default -> QueryRun.Blame.OTHER;
        },
        Boolean.TRUE.equals(error.get("Retryable")));
  }

  @Override
  public ResultPage results(QueryRun run, int rows, Optional<String> token) {
    boolean heading = run.heading() && token.isEmpty();
    Map<String, @Nullable Object> input = new LinkedHashMap<>();
    input.put("QueryExecutionId", run.id());
    input.put("MaxResults", Math.min(MOST_ROWS, heading ? rows + 1 : rows));
    token.ifPresent(text -> input.put("NextToken", text));
    Map<String, @Nullable Object> answer = call("GetQueryResults", "a run", input);
    Map<?, ?> set = map(answer.get("ResultSet"));
    List<ResultPage.Column> columns = new ArrayList<>();
    for (Object each : list(map(set.get("ResultSetMetadata")).get("ColumnInfo"))) {
      Map<?, ?> column = map(each);
      columns.add(
          new ResultPage.Column(
              String.valueOf(column.get("Name")), String.valueOf(column.get("Type"))));
    }
    List<List<@Nullable String>> found = new ArrayList<>();
    for (Object each : list(set.get("Rows"))) {
      List<@Nullable String> row = new ArrayList<>();
      for (Object datum : list(map(each).get("Data"))) {
        Object value = map(datum).get("VarCharValue");
        row.add(value == null ? null : value.toString());
      }
      while (row.size() < columns.size()) {
        row.add(null);
      }
      found.add(row);
    }
    if (heading
        && !found.isEmpty()
        && found.get(0).equals(columns.stream().map(ResultPage.Column::name).toList())) {
      found.remove(0);
    }
    return new ResultPage(
        columns, found, Optional.ofNullable(answer.get("NextToken")).map(Object::toString));
  }

  @Override
  public void stop(String id) {
    call("StopQueryExecution", "a run", Map.of("QueryExecutionId", id));
  }

  private Map<String, @Nullable Object> call(
      String operation, String subject, Map<String, ? extends @Nullable Object> input) {
    return athena.call(operation, subject, input, AthenaRuns::refusal);
  }

  private static Optional<SluiceException> refusal(JsonCalls.Fault fault) {
    return switch (fault.code()) {
      case REFUSED ->
          Optional.of(
              new SluiceException(
                  ErrorCode.REFUSED_QUERY, "Cannot ask Athena: it refuses: " + fault.message()));
      case TOO_MANY ->
          Optional.of(
              new SluiceException(
                  ErrorCode.THROTTLED, "Cannot ask Athena: it has too much to do at present"));
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    http.close();
  }

  private static SluiceException notUnderstood(String what) {
    return new SluiceException(
        ErrorCode.UNAVAILABLE, "Cannot " + what + ": Athena's answer is not understood");
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** Seconds since 1970, with a fraction. */
  private static Optional<Instant> instant(@Nullable Object value) {
    return value instanceof Number number
        ? Optional.of(
            Instant.ofEpochMilli(new BigDecimal(number.toString()).movePointRight(3).longValue()))
        : Optional.empty();
  }
}
