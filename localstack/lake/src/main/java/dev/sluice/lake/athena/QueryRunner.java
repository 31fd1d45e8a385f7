package dev.sluice.lake.athena;

import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.athena.AthenaStore.Kind;
import dev.sluice.lake.athena.AthenaStore.Query;
import dev.sluice.lake.glue.GlueCatalog;
import dev.sluice.model.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.AthenaError;
import software.amazon.awssdk.services.athena.model.PreparedStatement;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.glue.model.Partition;

/** Runs queries in the background, some at once, the others in the order they came. */
final class QueryRunner implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(QueryRunner.class.getName());
  private static final String PARAMETERIZED = "sluice_parameterized";

  private final GlueCatalog catalog;
  private final Objects objects;
  private final SqlEngine engine;
  private final AthenaStore store;
  private final AthenaSettings settings;
  private final Clock clock;
  private final DdlRunner ddl;
  private final Semaphore slots;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private boolean closed;

  QueryRunner(
      GlueCatalog catalog,
      Objects objects,
      SqlEngine engine,
      AthenaStore store,
      AthenaSettings settings,
      Clock clock) {
    this.catalog = catalog;
    this.objects = objects;
    this.engine = engine;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.ddl = new DdlRunner(catalog);
    this.slots = new Semaphore(settings.concurrency(), true);
  }

  /** A bucket and a key or prefix. */
  record Place(String bucket, String key) {
    static Place of(String location) {
      String path = location.substring("s3://".length());
      int slash = path.indexOf('/');
      return slash < 0
          ? new Place(path, "")
          : new Place(path.substring(0, slash), path.substring(slash + 1));
    }
  }

  /** Runs a query that is in the store, queued. */
  void submit(Query query, @Nullable Long cutoff) {
    threads.execute(() -> run(query.execution().queryExecutionId(), cutoff));
  }

  /** Ends a query; nothing happens when it has ended. */
  void stop(Query query) {
    String id = query.execution().queryExecutionId();
    if (end(id, QueryExecutionState.CANCELLED, "Query cancelled by user", null, null)) {
      threads.execute(() -> engine.cancel(id));
    }
  }

  /** What is under way ends without a word; the next start finds it unfinished, and says so. */
  @Override
  public void close() {
    synchronized (store) {
      closed = true;
    }
    threads.shutdownNow();
  }

  private void run(String id, @Nullable Long cutoff) {
    try {
      slots.acquire();
    } catch (InterruptedException e) {
      return;
    }
    try {
      Optional<Query> query = begin(id);
      if (query.isPresent()) {
        new Run(query.get(), cutoff).run();
      }
    } finally {
      slots.release();
    }
  }

  private Optional<Query> begin(String id) {
    synchronized (store) {
      Query query = store.query(id).orElseThrow();
      if (closed || query.ended()) {
        return Optional.empty();
      }
      QueryExecution execution = query.execution();
      Query running =
          query.with(
              execution.toBuilder()
                  .status(execution.status().toBuilder().state(QueryExecutionState.RUNNING).build())
                  .statistics(
                      execution.statistics().toBuilder()
                          .queryQueueTimeInMillis(
                              ChronoUnit.MILLIS.between(
                                  execution.status().submissionDateTime(), now()))
                          .build())
                  .build());
      store.remember(running);
      return Optional.of(running);
    }
  }

  /** Records how a query ended; false when it had ended before. */
  private boolean end(
      String id,
      QueryExecutionState state,
      @Nullable String reason,
      @Nullable AthenaError error,
      @Nullable Result result) {
    synchronized (store) {
      Query query = store.query(id).orElseThrow();
      if (closed || query.ended()) {
        return false;
      }
      QueryExecution execution = AthenaService.ended(query.execution(), state, reason, now());
      SqlEngine.Statistics statistics =
          result == null ? SqlEngine.Statistics.NONE : result.statistics;
      long total =
          ChronoUnit.MILLIS.between(
              execution.status().submissionDateTime(), execution.status().completionDateTime());
      long queued = execution.statistics().queryQueueTimeInMillis();
      execution =
          execution.toBuilder()
              .status(execution.status().toBuilder().athenaError(error).build())
              .statistics(
                  execution.statistics().toBuilder()
                      .dataScannedInBytes(statistics.scannedBytes())
                      .engineExecutionTimeInMillis(statistics.executionMillis())
                      .queryPlanningTimeInMillis(statistics.planningMillis())
                      .serviceProcessingTimeInMillis(
                          Math.max(0, total - queued - statistics.executionMillis()))
                      .totalExecutionTimeInMillis(total)
                      .build())
              .build();
      store.put(
          new Query(
              execution,
              query.token(),
              result == null ? List.of() : result.columns,
              query.kind(),
              result == null ? null : result.updated));
      return true;
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** What a statement has answered so far. */
  private static final class Result implements SqlEngine.Sink {
    private final Kind kind;
    private final int limit;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private List<SqlEngine.Column> columns = List.of();
    private @Nullable Long updated;
    private SqlEngine.Statistics statistics = SqlEngine.Statistics.NONE;

    Result(Kind kind, int limit) {
      this.kind = kind;
      this.limit = limit;
    }

    @Override
    public void columns(List<SqlEngine.Column> columns) {
      this.columns = columns;
      if (kind == Kind.CSV) {
        Csv.write(columns.stream().map(SqlEngine.Column::name).toList(), content);
      }
    }

    @Override
    public void row(List<@Nullable String> values) {
      switch (kind) {
        case CSV -> Csv.write(values, content);
        case TEXT -> {
          StringBuilder line = new StringBuilder();
          for (int i = 0; i < values.size(); i++) {
            line.append(i == 0 ? "" : "\t").append(values.get(i) == null ? "" : values.get(i));
          }
          content.writeBytes(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        }
        case UPDATE -> {
          String count = values.isEmpty() ? null : values.getFirst();
          if (count != null && count.matches("\\d+")) {
            updated = (updated == null ? 0 : updated) + Long.parseLong(count);
          }
        }
      }
      if (content.size() > limit) {
        throw SqlException.refused(
            "RESULT_TOO_LARGE",
            "The result is larger than "
                + (limit >> 20)
                + " MiB, the most that the local lake keeps. Write it to a table with CREATE TABLE"
                + " AS, or ask for less.");
      }
    }
  }

  /** Rows of a statement for which only its effect counts. */
  private static final SqlEngine.Sink NOWHERE =
      new SqlEngine.Sink() {
        @Override
        public void columns(List<SqlEngine.Column> columns) {}

        @Override
        public void row(List<@Nullable String> values) {}
      };

  /** One query under way. */
  private final class Run {
    private final Query query;
    private final QueryExecution execution;
    private final String id;
    private final String database;
    private final String group;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final @Nullable Long cutoff;
    private final Result result;

    Run(Query query, @Nullable Long cutoff) {
      this.query = query;
      this.execution = query.execution();
      this.id = execution.queryExecutionId();
      String named = execution.queryExecutionContext().database();
      this.database = named == null ? "default" : named;
      this.group = execution.workGroup();
      this.cutoff = cutoff;
      this.result = new Result(query.kind(), settings.maxResultBytes());
      if (cutoff != null) {
        properties.put("query_max_scan_physical_bytes", cutoff + "B");
      }
    }

    void run() {
      try {
        execute();
        if (query.kind() != Kind.UPDATE) {
          write();
        }
        end(id, QueryExecutionState.SUCCEEDED, null, null, result);
      } catch (SqlException e) {
        fail(e.code() + ": " + e.getMessage(), 2, false);
        engine.cancel(id);
      } catch (EngineFailure e) {
        boolean user = e.failure.type().equals("USER_ERROR");
        fail(
            e.failure.name() + ": " + e.failure.message(),
            user ? 2 : 1,
            e.failure.type().equals("INSUFFICIENT_RESOURCES"));
      } catch (IOException e) {
        fail(String.valueOf(e.getMessage()), 1, true);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "Query " + id + " failed", e);
        fail(
            "INTERNAL_ERROR: an error in the local lake, its log has the details under " + id,
            1,
            false);
      }
    }

    private void fail(String reason, int category, boolean retryable) {
      end(
          id,
          QueryExecutionState.FAILED,
          reason,
          AthenaError.builder()
              .errorCategory(category)
              .retryable(retryable)
              .errorMessage(reason)
              .build(),
          // Nothing of the result counts, only what was read for it.
          partial());
    }

    private Result partial() {
      Result nothing = new Result(query.kind(), 0);
      nothing.statistics = result.statistics;
      return nothing;
    }

    private void execute() throws IOException {
      String sql = execution.query();
      Map<String, String> prepared = new LinkedHashMap<>();
      Optional<Dialect.Prepared> words = Dialect.prepared(sql);
      if (words.isPresent()) {
        switch (words.get().verb()) {
          case "PREPARE" -> {
            prepare(words.get());
            return;
          }
          case "DEALLOCATE" -> {
            saved(words.get().name());
            store.dropPrepared(group, words.get().name());
            return;
          }
          default -> prepared.put(words.get().name(), saved(words.get().name()).queryStatement());
        }
      }
      Optional<Ddl> statement = Ddl.parse(sql);
      if (statement.isPresent()) {
        runDdl(statement.get());
        return;
      }
      Place place = Place.of(execution.resultConfiguration().outputLocation());
      String folder = place.key().substring(0, place.key().lastIndexOf('/') + 1);
      String tables = "s3://" + place.bucket() + "/" + folder + "tables/" + id + "/";
      Dialect.Translated translated = Dialect.translate(sql, database, tables);
      properties.putAll(translated.sessionProperties());
      List<String> statements = translated.statements();
      if (execution.hasExecutionParameters() && !execution.executionParameters().isEmpty()) {
        if (!prepared.isEmpty()) {
          // EXECUTE name, with the values beside it.
          statements = List.of(sql.strip().replaceAll(";\\s*$", "") + " USING " + parameters());
        } else {
          prepared.put(PARAMETERIZED, statements.getFirst());
          statements = List.of("EXECUTE " + PARAMETERIZED + " USING " + parameters());
        }
      }
      for (int i = 0; i < statements.size(); i++) {
        engine(statements.get(i), prepared, i + 1 < statements.size() ? NOWHERE : result);
      }
    }

    private String parameters() {
      return String.join(", ", execution.executionParameters());
    }

    private void prepare(Dialect.Prepared words) {
      store.put(
          PreparedStatement.builder()
              .workGroupName(group)
              .statementName(words.name())
              .queryStatement(words.rest())
              .lastModifiedTime(now())
              .build());
    }

    private PreparedStatement saved(String name) {
      return store
          .prepared(group, name)
          .orElseThrow(() ->
              SqlException.refused(
                  "NOT_FOUND", "Prepared statement not found: " + name + " in " + group));
    }

    private void runDdl(Ddl statement) throws IOException {
      Set<List<String>> before = new LinkedHashSet<>();
      if (statement instanceof Ddl.Repair repair) {
        partitions(repair).forEach(partition -> before.add(partition.values()));
      }
      switch (ddl.run(statement, database)) {
        case DdlRunner.Answer answer -> {
          if (!answer.columns().isEmpty()) {
            result.columns(
                answer.columns().stream()
                    .map(name -> new SqlEngine.Column(name, "string", 0, 0))
                    .toList());
            answer.rows().forEach(row -> result.row(new ArrayList<>(row)));
          }
        }
        case DdlRunner.ForEngine rest -> {
          for (String sql : rest.statements()) {
            engine(sql, Map.of(), NOWHERE);
          }
        }
      }
      if (statement instanceof Ddl.Repair repair) {
        repaired(repair, before);
      }
    }

    private List<Partition> partitions(Ddl.Repair repair) {
      String in = repair.table().database() == null ? database : repair.table().database();
      return catalog.findTable(in, repair.table().table()).isEmpty()
          ? List.of()
          : catalog.partitions(in, repair.table().table());
    }

    private void repaired(Ddl.Repair repair, Set<List<String>> before) {
      String in = repair.table().database() == null ? database : repair.table().database();
      var table = catalog.table(in, repair.table().table());
      List<String> added = new ArrayList<>();
      for (Partition partition : partitions(repair)) {
        if (!before.contains(partition.values())) {
          added.add(DdlRunner.name(table, partition.values()));
        }
      }
      if (added.isEmpty()) {
        return;
      }
      result.columns(List.of(new SqlEngine.Column("result", "string", 0, 0)));
      StringBuilder missing = new StringBuilder("Partitions not in metastore:");
      added.forEach(name -> missing.append(' ').append(table.name()).append(':').append(name));
      List<@Nullable String> first = new ArrayList<>();
      first.add(missing.toString());
      result.row(first);
      for (String name : added) {
        List<@Nullable String> row = new ArrayList<>();
        row.add("Repair: Added partition to metastore " + table.name() + ":" + name);
        result.row(row);
      }
    }

    private void engine(String sql, Map<String, String> prepared, SqlEngine.Sink sink)
        throws IOException {
      SqlEngine.End end =
          engine.run(
              new SqlEngine.Statement(
                  id,
                  sql,
                  execution.queryExecutionContext().catalog().toLowerCase(Locale.ROOT),
                  database,
                  properties,
                  prepared),
              sink);
      result.statistics = result.statistics.plus(end.statistics());
      if (end.error() != null) {
        throw new EngineFailure(end.error());
      }
      // The engine looks only now and then; a short statement is over before.
      if (cutoff != null && result.statistics.scannedBytes() > cutoff) {
        throw SqlException.refused(
            "EXCEEDED_SCAN_LIMIT",
            "Bytes scanned limit was exceeded: the workgroup allows " + cutoff + " bytes");
      }
      if (!end.state().equals("FINISHED")) {
        throw new EngineFailure(
            new SqlEngine.Failure("USER_CANCELED", "USER_ERROR", "The statement was cancelled"));
      }
    }

    private void write() {
      Place place = Place.of(execution.resultConfiguration().outputLocation());
      boolean csv = query.kind() == Kind.CSV;
      try {
        objects.put(
            place.bucket(),
            place.key(),
            result.content.toByteArray(),
            csv ? "application/octet-stream" : "text/plain");
        List<Map<String, Object>> columns = new ArrayList<>();
        for (SqlEngine.Column column : result.columns) {
          columns.add(
              Map.of(
                  "name", column.name(),
                  "type", column.type(),
                  "precision", column.precision(),
                  "scale", column.scale()));
        }
        objects.put(
            place.bucket(),
            place.key() + ".metadata",
            Json.write(Map.of("columns", columns)).getBytes(StandardCharsets.UTF_8),
            "application/octet-stream");
      } catch (ServiceException e) {
        throw SqlException.refused(
            "INVALID_OUTPUT_LOCATION",
            "Unable to write the result to s3://"
                + place.bucket()
                + "/"
                + place.key()
                + ": "
                + e.getMessage());
      }
    }
  }

  private static final class EngineFailure extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final transient SqlEngine.Failure failure;

    EngineFailure(SqlEngine.Failure failure) {
      super(failure.message(), null, false, false);
      this.failure = failure;
    }
  }
}
