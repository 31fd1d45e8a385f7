package dev.sluice.athena;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.airlift.units.Duration;
import io.trino.client.ClientCapabilities;
import io.trino.client.ErrorLocation;
import io.trino.client.ProtocolHeaders;
import io.trino.client.direct.DirectTrinoClient;
import io.trino.dispatcher.DispatchManager;
import io.trino.dispatcher.DispatchQuery;
import io.trino.execution.ExecutionFailureInfo;
import io.trino.execution.QueryInfo;
import io.trino.execution.QueryManagerConfig;
import io.trino.execution.QueryState;
import io.trino.execution.QueryStats;
import io.trino.operator.DirectExchangeClientSupplier;
import io.trino.server.BasicQueryInfo;
import io.trino.server.SessionContext;
import io.trino.server.testing.TestingTrinoServer;
import io.trino.spi.Page;
import io.trino.spi.QueryId;
import io.trino.spi.block.BlockEncodingSerde;
import io.trino.spi.resourcegroups.QueryType;
import io.trino.spi.security.Identity;
import io.trino.spi.security.SelectedRole;
import io.trino.spi.session.ResourceEstimates;
import io.trino.spi.type.Type;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs statements, writing each result as lines of JSON while it comes. */
final class Statements {
  private static final String USER = "athena";
  private static final Set<String> CAPABILITIES =
      Arrays.stream(ClientCapabilities.values())
          .map(ClientCapabilities::toString)
          .collect(Collectors.toUnmodifiableSet());

  private final JsonFactory json = new JsonFactory();
  private final DispatchManager dispatcher;
  private final DirectTrinoClient client;

  /** Ids whose cancelling was asked for, of statements that are under way. */
  private final Map<String, Boolean> running = new ConcurrentHashMap<>();

  Statements(TestingTrinoServer server) {
    this.dispatcher = server.getDispatchManager();
    this.client =
        new DirectTrinoClient(
            dispatcher,
            server.getQueryManager(),
            instance(server, QueryManagerConfig.class),
            instance(server, DirectExchangeClientSupplier.class),
            instance(server, BlockEncodingSerde.class));
  }

  private static <T> T instance(TestingTrinoServer server, Class<T> type) {
    return server.getInstance(com.google.inject.Key.get(type));
  }

  /**
   * Runs one statement to its end. The lines are: {@code {"columns": [{"name", "type", "precision",
   * "scale"}]}} once, when there is a result; one array of texts and nulls per row; {@code {"end":
   * {...}}} last, with {@code state} {@code FINISHED}, {@code FAILED} or {@code CANCELLED}.
   */
  void run(Statement statement, OutputStream out) throws IOException {
    if (running.putIfAbsent(statement.id(), false) != null) {
      throw new IllegalArgumentException(
          "Cannot run the statement: its id is in use: " + statement.id());
    }
    try (JsonGenerator lines = json.createGenerator(out)) {
      lines.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
      Listener listener = new Listener(lines);
      DispatchQuery query = client.execute(session(statement), statement.sql(), listener);
      QueryInfo info = query.getFullQueryInfo();
      listener.columns();
      end(lines, info, running.getOrDefault(statement.id(), false));
      lines.writeRaw('\n');
    } finally {
      running.remove(statement.id());
    }
  }

  /** Ends a statement that is under way; false when there is none of this id. */
  boolean cancel(String id) {
    if (running.computeIfPresent(id, (key, value) -> true) == null) {
      return false;
    }
    // A statement is known to Trino a moment after it was accepted here.
    for (int attempt = 0; attempt < 50 && running.containsKey(id); attempt++) {
      Optional<QueryId> query =
          dispatcher.getQueries().stream()
              .filter(info -> info.getSession().getClientInfo().equals(Optional.of(id)))
              .map(BasicQueryInfo::getQueryId)
              .findFirst();
      if (query.isPresent()) {
        dispatcher.cancelQuery(query.get());
        return true;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }
    return true;
  }

  private static SessionContext session(Statement statement) {
    Identity identity = Identity.ofUser(USER);
    Map<String, String> system = new LinkedHashMap<>();
    Map<String, Map<String, String>> catalogs = new LinkedHashMap<>();
    statement
        .properties()
        .forEach((name, value) -> {
          int dot = name.indexOf('.');
          if (dot < 0) {
            system.put(name, value);
          } else {
            catalogs
                .computeIfAbsent(name.substring(0, dot), key -> new LinkedHashMap<>())
                .put(name.substring(dot + 1), value);
          }
        });
    return new SessionContext(
        ProtocolHeaders.TRINO_HEADERS,
        Optional.of(statement.catalog()),
        Optional.ofNullable(statement.schema()),
        Optional.empty(),
        Optional.of(identity),
        identity,
        identity,
        new SelectedRole(SelectedRole.Type.ALL, Optional.empty()),
        Optional.of("sluice"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("UTC"),
        Optional.of("en-US"),
        Set.of(),
        CAPABILITIES,
        new ResourceEstimates(Optional.empty(), Optional.empty(), Optional.empty()),
        system,
        catalogs,
        statement.prepared(),
        Optional.empty(),
        false,
        Optional.of(statement.id()),
        Optional.empty());
  }

  private static void end(JsonGenerator lines, QueryInfo info, boolean cancelled)
      throws IOException {
    lines.writeStartObject();
    lines.writeObjectFieldStart("end");
    ExecutionFailureInfo failure = info.getFailureInfo();
    boolean failed = info.getState() == QueryState.FAILED || failure != null;
    lines.writeStringField(
        "state", cancelled && failed ? "CANCELLED" : failed ? "FAILED" : "FINISHED");
    lines.writeStringField("queryId", info.getQueryId().toString());
    text(lines, "queryType", info.getQueryType().map(QueryType::name).orElse(null));
    text(lines, "updateType", info.getUpdateType());
    if (failure != null) {
      lines.writeObjectFieldStart("error");
      if (failure.errorCode() != null) {
        lines.writeStringField("name", failure.errorCode().getName());
        lines.writeStringField("type", failure.errorCode().getType().name());
        lines.writeNumberField("code", failure.errorCode().getCode());
      }
      text(lines, "message", failure.message());
      ErrorLocation location = failure.errorLocation();
      if (location != null) {
        lines.writeNumberField("line", location.getLineNumber());
        lines.writeNumberField("column", location.getColumnNumber());
      }
      lines.writeEndObject();
    }
    QueryStats stats = info.getQueryStats();
    lines.writeObjectFieldStart("statistics");
    lines.writeNumberField("scannedBytes", stats.getPhysicalInputDataSize().toBytes());
    lines.writeNumberField("scannedRows", stats.getPhysicalInputPositions());
    lines.writeNumberField("outputBytes", stats.getOutputDataSize().toBytes());
    lines.writeNumberField("outputRows", stats.getOutputPositions());
    lines.writeNumberField("writtenBytes", stats.getPhysicalWrittenDataSize().toBytes());
    lines.writeNumberField("writtenRows", stats.getWrittenPositions());
    lines.writeNumberField("queuedMillis", millis(stats.getQueuedTime()));
    lines.writeNumberField(
        "planningMillis", millis(stats.getAnalysisTime()) + millis(stats.getPlanningTime()));
    lines.writeNumberField("executionMillis", millis(stats.getExecutionTime()));
    lines.writeNumberField("elapsedMillis", millis(stats.getElapsedTime()));
    lines.writeNumberField("peakMemoryBytes", stats.getPeakTotalMemoryReservation().toBytes());
    lines.writeEndObject();
    lines.writeEndObject();
    lines.writeEndObject();
  }

  private static long millis(Duration duration) {
    return Math.round(duration.toMillis());
  }

  private static void text(JsonGenerator lines, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      lines.writeStringField(name, value);
    }
  }

  private static final class Listener implements DirectTrinoClient.QueryResultsListener {
    private final JsonGenerator lines;
    private List<String> names = List.of();
    private List<Type> types = List.of();
    private boolean written;

    Listener(JsonGenerator lines) {
      this.lines = lines;
    }

    @Override
    public synchronized void setOutputColumns(List<String> names, List<Type> types) {
      this.names = List.copyOf(names);
      this.types = List.copyOf(types);
    }

    @Override
    public synchronized void consumeOutputPage(Page page) {
      try {
        columns();
        for (int row = 0; row < page.getPositionCount(); row++) {
          lines.writeStartArray();
          for (int column = 0; column < types.size(); column++) {
            String text = Cells.text(types.get(column), page.getBlock(column), row);
            if (text == null) {
              lines.writeNull();
            } else {
              lines.writeString(text);
            }
          }
          lines.writeEndArray();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    synchronized void columns() throws IOException {
      if (written || names.isEmpty()) {
        return;
      }
      written = true;
      lines.writeStartObject();
      lines.writeArrayFieldStart("columns");
      for (int i = 0; i < names.size(); i++) {
        Cells.Column column = Cells.column(names.get(i), types.get(i));
        lines.writeStartObject();
        lines.writeStringField("name", column.name());
        lines.writeStringField("type", column.type());
        lines.writeNumberField("precision", column.precision());
        lines.writeNumberField("scale", column.scale());
        lines.writeEndObject();
      }
      lines.writeEndArray();
      lines.writeEndObject();
    }
  }

  /**
   * One statement to run.
   *
   * @param id the caller's id, free at the moment
   * @param sql one statement in Trino's dialect
   * @param catalog what names without a catalog refer to
   * @param schema what names without a schema refer to, or null
   * @param properties session properties; those of a catalog are named {@code catalog.property}
   * @param prepared prepared statements by name
   */
  record Statement(
      String id,
      String sql,
      String catalog,
      @Nullable String schema,
      Map<String, String> properties,
      Map<String, String> prepared) {}
}
