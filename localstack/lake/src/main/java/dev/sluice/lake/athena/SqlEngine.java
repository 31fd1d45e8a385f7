package dev.sluice.lake.athena;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs SQL. */
public interface SqlEngine extends AutoCloseable {

  /**
   * Runs one statement to its end, handing over the result while it comes.
   *
   * @throws IOException when the engine could not be started or was lost; the message says so
   */
  End run(Statement statement, Sink sink) throws IOException;

  /**
   * Tells what a statement's text is without running it.
   *
   * @param values what is to take the places of its question marks
   * @throws IOException when the engine could not be started or was lost; the message says so
   */
  Syntax syntax(String sql, List<String> values) throws IOException;

  /** Ends a statement that is under way; nothing happens when there is none of this id. */
  void cancel(String id);

  /** A word on its state: {@code stopped}, {@code starting}, {@code ready} or {@code failed}. */
  String state();

  @Override
  void close();

  /**
   * One statement in the engine's dialect.
   *
   * @param id free at the moment
   * @param schema the database that names without one refer to
   * @param properties session properties, a catalog's named {@code catalog.property}
   * @param prepared prepared statements by name
   */
  record Statement(
      String id,
      String sql,
      String catalog,
      String schema,
      Map<String, String> properties,
      Map<String, String> prepared) {}

  /**
   * A column of a result.
   *
   * @param type Athena's name of the type, without parameters
   * @param precision digits, characters or fraction digits, 0 where that means nothing
   * @param scale digits after the point of a decimal
   */
  record Column(String name, String type, int precision, int scale) {
    boolean caseSensitive() {
      return type.equals("varchar") || type.equals("char");
    }
  }

  /**
   * A statement's text.
   *
   * @param error the place and the reason when it is no statement, or null
   * @param parameters how many question marks it has
   * @param expressions whether each value is an expression without names of columns
   */
  record Syntax(@Nullable String error, int parameters, List<Boolean> expressions) {
    public Syntax {
      expressions = List.copyOf(expressions);
    }
  }

  /** Where a result goes. */
  interface Sink {
    /** Called once, before the first row, when the statement has a result. */
    void columns(List<Column> columns);

    /** One row, as Athena writes its values. */
    void row(List<@Nullable String> values);
  }

  /**
   * How a statement ended.
   *
   * @param queryId the engine's id of it
   * @param state {@code FINISHED}, {@code FAILED} or {@code CANCELLED}
   * @param updateType what was changed, for instance {@code INSERT}; null for queries
   * @param error why it failed, or null
   */
  record End(
      String queryId,
      String state,
      @Nullable String updateType,
      @Nullable Failure error,
      Statistics statistics) {}

  /**
   * Why a statement failed.
   *
   * @param name Trino's error name, for instance {@code COLUMN_NOT_FOUND}
   * @param type {@code USER_ERROR}, {@code INTERNAL_ERROR}, {@code EXTERNAL} or {@code
   *     INSUFFICIENT_RESOURCES}
   */
  record Failure(String name, String type, String message) {}

  /** What a statement read and how long it took, in bytes, rows and milliseconds. */
  record Statistics(
      long scannedBytes,
      long scannedRows,
      long outputBytes,
      long outputRows,
      long queuedMillis,
      long planningMillis,
      long executionMillis) {
    static final Statistics NONE = new Statistics(0, 0, 0, 0, 0, 0, 0);

    Statistics plus(Statistics other) {
      return new Statistics(
          scannedBytes + other.scannedBytes,
          scannedRows + other.scannedRows,
          outputBytes + other.outputBytes,
          outputRows + other.outputRows,
          queuedMillis + other.queuedMillis,
          planningMillis + other.planningMillis,
          executionMillis + other.executionMillis);
    }
  }
}
