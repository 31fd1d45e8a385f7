package dev.sluice.model.query;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A statement to run.
 *
 * @param sql one statement, with {@code ?} for parameters
 * @param literals an SQL literal for each {@code ?}, in order
 * @param database what names without a database refer to
 * @param token 32 to 128 characters that tell a repeated request from a new one
 * @param reuse how old a result of the same statement may be to be given again; zero for never
 */
public record RunRequest(
    String sql, List<String> literals, String database, Optional<String> token, Duration reuse) {
  public RunRequest {
    literals = List.copyOf(literals);
  }
}
