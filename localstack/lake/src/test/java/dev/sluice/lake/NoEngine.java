package dev.sluice.lake;

import dev.sluice.lake.athena.SqlEngine;
import java.io.IOException;
import java.util.List;

/** Stands for the SQL engine in tests that ask no questions. */
final class NoEngine implements SqlEngine {
  @Override
  public End run(Statement statement, Sink sink) throws IOException {
    throw new IOException("no engine");
  }

  @Override
  public Syntax syntax(String sql, List<String> values) throws IOException {
    throw new IOException("no engine");
  }

  @Override
  public void cancel(String id) {}

  @Override
  public String state() {
    return "stopped";
  }

  @Override
  public void close() {}
}
