package dev.sluice.lake.athena;

import dev.sluice.lake.json.SdkJson;
import dev.sluice.lake.store.Journal;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.NamedQuery;
import software.amazon.awssdk.services.athena.model.PreparedStatement;
import software.amazon.awssdk.services.athena.model.QueryExecution;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import software.amazon.awssdk.services.athena.model.WorkGroup;

/**
 * What the Athena API remembers, in memory and in a journal: queries, workgroups, saved and
 * prepared statements. Safe for use by many threads.
 */
final class AthenaStore implements AutoCloseable {
  private static final int MOST_QUERIES = 10_000;
  private static final long COMPACT_FROM = 4 << 20;

  private final Journal journal;
  // In the order of submission.
  private final LinkedHashMap<String, Query> queries = new LinkedHashMap<>();
  private final Map<String, String> tokens = new LinkedHashMap<>();
  private final TreeMap<String, WorkGroup> workGroups = new TreeMap<>();
  private final LinkedHashMap<String, NamedQuery> named = new LinkedHashMap<>();
  private final TreeMap<String, PreparedStatement> prepared = new TreeMap<>();

  /**
   * A query and what is needed to answer its results.
   *
   * @param token the client's, or null
   * @param columns of the result; empty while it runs and for statements that answer nothing
   * @param kind how the result is kept
   * @param updated how many rows were written, or null for statements that write none
   */
  record Query(
      QueryExecution execution,
      @Nullable String token,
      List<SqlEngine.Column> columns,
      Kind kind,
      @Nullable Long updated) {

    Query {
      columns = List.copyOf(columns);
    }

    QueryExecutionState state() {
      return execution.status().state();
    }

    boolean ended() {
      return state() != QueryExecutionState.QUEUED && state() != QueryExecutionState.RUNNING;
    }

    Query with(QueryExecution execution) {
      return new Query(execution, token, columns, kind, updated);
    }
  }

  /** How a result is kept. */
  enum Kind {
    /** Rows under a header, as CSV. */
    CSV,
    /** Lines of text, columns divided by tabs. */
    TEXT,
    /** Only a count. */
    UPDATE
  }

  AthenaStore(Path folder, Instant now) {
    journal = Journal.open(folder.resolve("athena.journal"), Journal.Sync.NEVER, this::replay);
    for (Query query : List.copyOf(queries.values())) {
      if (!query.ended()) {
        put(
            query.with(
                AthenaService.ended(
                    query.execution(),
                    QueryExecutionState.FAILED,
                    "The local lake was stopped while the query ran. Run it again.",
                    now)));
      }
    }
    if (journal.size() > COMPACT_FROM) {
      journal.compact(this::snapshot);
    }
  }

  @Override
  public synchronized void close() {
    journal.close();
  }

  synchronized Optional<Query> query(@Nullable String id) {
    return Optional.ofNullable(id == null ? null : queries.get(id));
  }

  synchronized Optional<Query> byToken(String token) {
    return Optional.ofNullable(tokens.get(token)).map(queries::get);
  }

  /** The newest first. */
  synchronized List<Query> queries(String workGroup) {
    List<Query> found = new ArrayList<>();
    for (Query query : queries.values()) {
      if (query.execution().workGroup().equals(workGroup)) {
        found.add(query);
      }
    }
    return found.reversed();
  }

  synchronized void put(Query query) {
    write(tree(query));
  }

  /** Changes what is asked for while a query runs; such a change need not survive. */
  synchronized void remember(Query query) {
    queries.put(query.execution().queryExecutionId(), query);
  }

  synchronized Optional<WorkGroup> workGroup(String name) {
    return Optional.ofNullable(workGroups.get(name));
  }

  synchronized List<WorkGroup> workGroups() {
    return List.copyOf(workGroups.values());
  }

  synchronized void put(WorkGroup workGroup) {
    write(Map.of("op", "workGroup", "value", SdkJson.toTree(workGroup)));
  }

  synchronized void dropWorkGroup(String name) {
    write(Map.of("op", "dropWorkGroup", "name", name));
  }

  synchronized Optional<NamedQuery> named(@Nullable String id) {
    return Optional.ofNullable(id == null ? null : named.get(id));
  }

  synchronized List<NamedQuery> namedQueries(String workGroup) {
    return named.values().stream().filter(query -> query.workGroup().equals(workGroup)).toList();
  }

  synchronized void put(NamedQuery query) {
    write(Map.of("op", "named", "value", SdkJson.toTree(query)));
  }

  synchronized void dropNamed(String id) {
    write(Map.of("op", "dropNamed", "name", id));
  }

  synchronized Optional<PreparedStatement> prepared(String workGroup, String name) {
    return Optional.ofNullable(prepared.get(key(workGroup, name)));
  }

  synchronized List<PreparedStatement> preparedStatements(String workGroup) {
    return prepared.values().stream()
        .filter(statement -> statement.workGroupName().equals(workGroup))
        .toList();
  }

  synchronized void put(PreparedStatement statement) {
    write(Map.of("op", "prepared", "value", SdkJson.toTree(statement)));
  }

  synchronized void dropPrepared(String workGroup, String name) {
    write(Map.of("op", "dropPrepared", "name", key(workGroup, name)));
  }

  private static String key(String workGroup, String name) {
    return workGroup + "\0" + name;
  }

  private static Map<String, @Nullable Object> tree(Query query) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("op", "query");
    tree.put("value", SdkJson.toTree(query.execution()));
    tree.put("token", query.token());
    tree.put("kind", query.kind().name());
    tree.put("updated", query.updated());
    List<Map<String, Object>> columns = new ArrayList<>();
    for (SqlEngine.Column column : query.columns()) {
      columns.add(
          Map.of(
              "name", column.name(),
              "type", column.type(),
              "precision", column.precision(),
              "scale", column.scale()));
    }
    tree.put("columns", columns);
    return tree;
  }

  private static Query query(Map<String, ?> tree) {
    List<SqlEngine.Column> columns = new ArrayList<>();
    for (Object column : (List<?>) Objects.requireNonNull(tree.get("columns"))) {
      Map<?, ?> map = (Map<?, ?>) column;
      columns.add(
          new SqlEngine.Column(
              String.valueOf(map.get("name")),
              String.valueOf(map.get("type")),
              ((Number) Objects.requireNonNull(map.get("precision"))).intValue(),
              ((Number) Objects.requireNonNull(map.get("scale"))).intValue()));
    }
    return new Query(
        (QueryExecution) SdkJson.fromTree(tree.get("value"), QueryExecution::builder),
        tree.get("token") instanceof String token ? token : null,
        columns,
        Kind.valueOf(String.valueOf(tree.get("kind"))),
        tree.get("updated") instanceof Number updated ? updated.longValue() : null);
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
    queries.values().forEach(query -> each.accept(tree(query)));
    workGroups
        .values()
        .forEach(w -> each.accept(Map.of("op", "workGroup", "value", SdkJson.toTree(w))));
    named.values().forEach(q -> each.accept(Map.of("op", "named", "value", SdkJson.toTree(q))));
    prepared
        .values()
        .forEach(s -> each.accept(Map.of("op", "prepared", "value", SdkJson.toTree(s))));
  }

  private void apply(Map<String, ?> change) {
    String name = String.valueOf(change.get("name"));
    Object value = change.get("value");
    String operation = String.valueOf(change.get("op"));
    switch (operation) {
      case "query" -> {
        Query query = query(change);
        String id = query.execution().queryExecutionId();
        queries.put(id, query);
        if (query.token() != null) {
          tokens.put(query.token(), id);
        }
        if (queries.size() > MOST_QUERIES) {
          Query oldest = Objects.requireNonNull(queries.pollFirstEntry()).getValue();
          if (oldest.token() != null) {
            tokens.remove(oldest.token());
          }
        }
      }
      case "workGroup" -> {
        WorkGroup group = (WorkGroup) SdkJson.fromTree(value, WorkGroup::builder);
        workGroups.put(group.name(), group);
      }
      case "dropWorkGroup" -> {
        workGroups.remove(name);
        named.values().removeIf(query -> query.workGroup().equals(name));
        prepared.values().removeIf(statement -> statement.workGroupName().equals(name));
      }
      case "named" -> {
        NamedQuery query = (NamedQuery) SdkJson.fromTree(value, NamedQuery::builder);
        named.put(query.namedQueryId(), query);
      }
      case "dropNamed" -> named.remove(name);
      case "prepared" -> {
        PreparedStatement statement =
            (PreparedStatement) SdkJson.fromTree(value, PreparedStatement::builder);
        prepared.put(key(statement.workGroupName(), statement.statementName()), statement);
      }
      case "dropPrepared" -> prepared.remove(name);
      default ->
          throw new IllegalStateException(
              "Cannot read Athena's journal: it was written by a newer version: " + operation);
    }
  }
}
