package dev.sluice.lake.athena;

import dev.sluice.lake.api.Objects;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.athena.AthenaStore.Kind;
import dev.sluice.lake.athena.AthenaStore.Query;
import dev.sluice.lake.glue.GlueCatalog;
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
import software.amazon.awssdk.services.glue.model.Database;
import software.amazon.awssdk.services.glue.model.Partition;
import software.amazon.awssdk.services.glue.model.Table;

/** Runs queries in the background, some at once, the others in the order they came. */
final class QueryRunner implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(QueryRunner.class.getName());
  private static final String PREPARED = "sluice_prepared";
  private static final String SCAN_LIMIT = "EXCEEDED_SCAN_LIMIT";
  private static final int MOST_FILES = 100_000;

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

  /** Forgets tables of unloads that a restart interrupted; their files stay, as on Athena. */
  void sweep() {
    for (Database database : catalog.databases()) {
      for (Table table : catalog.tables(database.name())) {
        if (table.name().startsWith(Dialect.UNLOADED)) {
          catalog.deleteTable(database.name(), table.name());
        }
      }
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
                      .dataManifestLocation(result == null ? null : result.manifest)
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
    private @Nullable String queryId;
    private @Nullable String updateType;
    private @Nullable String manifest;
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
          StringBuilder line = new StringBuilder(content.size() == 0 ? "" : "\n");
          for (int i = 0; i < values.size(); i++) {
            line.append(i == 0 ? "" : "\t").append(values.get(i) == null ? "" : values.get(i));
          }
          content.writeBytes(line.toString().getBytes(StandardCharsets.UTF_8));
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
        write();
        end(id, QueryExecutionState.SUCCEEDED, null, null, result);
      } catch (SqlException e) {
        engine.cancel(id);
        if (e.code().equals(SCAN_LIMIT)) {
          overLimit();
        } else {
          fail(e.reason(), ErrorCatalog.of(e));
        }
      } catch (EngineFailure e) {
        if (e.failure.name().equals(SCAN_LIMIT)) {
          overLimit();
        } else {
          String reason = e.failure.name() + ": " + e.failure.message();
          fail(reason, ErrorCatalog.of(e.failure, reason));
        }
      } catch (IOException e) {
        String reason = String.valueOf(e.getMessage());
        fail(reason, ErrorCatalog.internal(reason, true));
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "Query " + id + " failed", e);
        String reason =
            "INTERNAL_ERROR: an error in the local lake, its log has the details under " + id;
        fail(reason, ErrorCatalog.internal(reason, false));
      }
    }

    private void overLimit() {
      end(id, QueryExecutionState.CANCELLED, "Bytes scanned limit was exceeded", null, partial());
    }

    private void fail(String reason, AthenaError error) {
      if (query.kind() == Kind.TEXT && reason.startsWith(SqlException.HIVE)) {
        Place place = Place.of(execution.resultConfiguration().outputLocation());
        try {
          objects.put(
              place.bucket(),
              place.key(),
              reason.getBytes(StandardCharsets.UTF_8),
              "application/octet-stream");
        } catch (ServiceException e) {
          // The query tells it too.
          LOG.log(System.Logger.Level.DEBUG, "The reason was not written", e);
        }
      }
      // Nothing of the result counts, only what was read for it.
      end(id, QueryExecutionState.FAILED, reason, error, partial());
    }

    private Result partial() {
      Result nothing = new Result(query.kind(), 0);
      nothing.statistics = result.statistics;
      return nothing;
    }

    private void execute() throws IOException {
      String sql = execution.query();
      Optional<Dialect.Prepared> words = Dialect.prepared(sql);
      if (words.isPresent()) {
        switch (words.get().verb()) {
          case "PREPARE" -> {
            prepare(words.get());
            return;
          }
          case "DEALLOCATE" -> {
            store.dropPrepared(group, saved(words.get().name()).statementName());
            return;
          }
          default -> sql = saved(words.get().name()).queryStatement();
        }
      } else {
        Optional<Ddl> statement = Ddl.parse(sql);
        if (statement.isPresent()) {
          runDdl(statement.get());
          return;
        }
      }
      Place place = Place.of(execution.resultConfiguration().outputLocation());
      String folder = place.key().substring(0, place.key().lastIndexOf('/') + 1);
      String tables =
          "s3://" + place.bucket() + "/" + folder.replaceFirst("tables/$", "") + "tables/" + id;
      Dialect.Translated translated = Dialect.translate(sql, database, tables + "/", id);
      properties.putAll(translated.sessionProperties());
      Dialect.Target target = translated.target();
      if (target != null) {
        requireEmpty(target);
      }
      List<String> statements = translated.statements();
      List<String> values =
          execution.hasExecutionParameters() ? execution.executionParameters() : List.of();
      try {
        if (words.isPresent() && values.isEmpty()) {
          using(statements.getFirst(), words.get().rest());
        } else if (!values.isEmpty()) {
          withValues(statements.getFirst(), values);
        } else {
          for (int i = 0; i < statements.size(); i++) {
            engine(statements.get(i), Map.of(), i + 1 < statements.size() ? NOWHERE : result);
          }
        }
        if (target != null) {
          manifest(target);
        }
      } finally {
        if (target != null && target.kind() == Dialect.Target.Kind.UNLOAD) {
          forget(target);
        }
      }
    }

    /** Runs a statement with values for its question marks, {@code USING ...}. */
    private void using(String statement, String using) throws IOException {
      engine("EXECUTE " + PREPARED + " " + using, Map.of(PREPARED, statement), result);
    }

    /** A value that is no expression stands for its text. */
    private void withValues(String statement, List<String> values) throws IOException {
      SqlEngine.Syntax syntax = engine.syntax(statement, values);
      if (syntax.parameters() == 0) {
        engine(statement, Map.of(), result);
        return;
      }
      StringBuilder using = new StringBuilder("USING ");
      for (int i = 0; i < values.size(); i++) {
        boolean expression = i < syntax.expressions().size() && syntax.expressions().get(i);
        using
            .append(expression ? values.get(i) : Dialect.literal(values.get(i)))
            // A comment at the end of a value ends with its line.
            .append(i + 1 < values.size() ? "\n, " : "\n");
      }
      using(statement, using.toString());
    }

    /** What Athena writes a query's result to has to be empty before. */
    private void requireEmpty(Dialect.Target target) {
      String location = target.location();
      if (location == null
          || !location.startsWith("s3://")
          || catalog.findTable(target.database(), target.table()).isPresent()) {
        return;
      }
      Place place = Place.of(location);
      if (!objects.list(place.bucket(), folder(place.key()), 1).isEmpty()) {
        throw SqlException.refused(
            "HIVE_PATH_ALREADY_EXISTS",
            "Target directory for table '"
                + target.database()
                + "."
                + target.table()
                + "' already exists: "
                + location
                + ". You may need to manually clean the data at location '"
                + location
                + "' before retrying. Athena will not delete data in your account.");
      }
    }

    private static String folder(String key) {
      return key.isEmpty() || key.endsWith("/") ? key : key + "/";
    }

    /** Lists the files that the statement wrote, which have the engine's id in their names. */
    private void manifest(Dialect.Target target) {
      String location =
          target.kind() == Dialect.Target.Kind.UNLOAD
              ? target.location()
              : catalog
                  .findTable(target.database(), target.table())
                  .flatMap(GlueCatalog::location)
                  .orElse(null);
      String written = result.queryId;
      if (location == null || written == null || !location.matches("s3[an]?://.*")) {
        return;
      }
      Place from = Place.of("s3://" + location.substring(location.indexOf("://") + 3));
      StringBuilder lines = new StringBuilder();
      for (String key : objects.list(from.bucket(), folder(from.key()), MOST_FILES)) {
        if (key.contains(written)) {
          lines.append("s3://").append(from.bucket()).append('/').append(key).append('\n');
        }
      }
      Place place = Place.of(execution.resultConfiguration().outputLocation());
      String key = place.key() + "-manifest.csv";
      objects.put(
          place.bucket(),
          key,
          lines.toString().getBytes(StandardCharsets.UTF_8),
          "application/octet-stream");
      result.manifest = "s3://" + place.bucket() + "/" + key;
    }

    private void forget(Dialect.Target target) {
      if (catalog.findTable(target.database(), target.table()).isPresent()) {
        catalog.deleteTable(target.database(), target.table());
      }
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
          .or(() ->
              store.preparedStatements(group).stream()
                  .filter(statement -> statement.statementName().equalsIgnoreCase(name))
                  .findFirst())
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
      result.queryId = end.queryId();
      result.updateType = end.updateType();
      if (end.error() != null) {
        throw new EngineFailure(end.error());
      }
      // The engine looks only now and then; a short statement is over before.
      if (cutoff != null && result.statistics.scannedBytes() > cutoff) {
        throw SqlException.refused(SCAN_LIMIT, "The workgroup allows " + cutoff + " bytes");
      }
      if (!end.state().equals("FINISHED")) {
        throw new EngineFailure(
            new SqlEngine.Failure("USER_CANCELED", "USER_ERROR", "The statement was cancelled"));
      }
    }

    private void write() {
      Place place = Place.of(execution.resultConfiguration().outputLocation());
      try {
        if (query.kind() != Kind.UPDATE) {
          objects.put(
              place.bucket(),
              place.key(),
              result.content.toByteArray(),
              query.kind() == Kind.CSV ? "application/octet-stream" : "binary/octet-stream");
        }
        if (!result.columns.isEmpty()) {
          objects.put(
              place.bucket(),
              place.key() + ".metadata",
              ResultMetadata.of(
                  result.queryId == null ? id : result.queryId,
                  query.kind() == Kind.UPDATE ? result.updateType : null,
                  result.updated,
                  result.columns),
              "application/octet-stream");
        }
      } catch (ServiceException e) {
        throw SqlException.refused(
            SqlException.OUTPUT,
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
