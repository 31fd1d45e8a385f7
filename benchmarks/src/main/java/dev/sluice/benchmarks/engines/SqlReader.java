package dev.sluice.benchmarks.engines;

import dev.sluice.model.schema.RecordType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An engine that reads Parquet files and answers SQL. */
public interface SqlReader extends AutoCloseable {
  /** The engine's name, for people. */
  String name();

  /** What the engine says of itself. */
  String version();

  /** Makes a table of all Parquet files below {@code folder}, without partition columns. */
  void table(String table, RecordType schema, Path folder) throws IOException;

  /**
   * Runs a query.
   *
   * @return a list for each row, in which every value is text or null
   */
  List<List<@Nullable Object>> rows(String sql) throws IOException;

  /**
   * All values of a table.
   *
   * @return a list for each row: the file's absolute path, then each column as {@link Values} reads
   *     it
   */
  List<List<@Nullable Object>> values(String table, RecordType schema) throws IOException;

  @Override
  void close() throws IOException;
}
