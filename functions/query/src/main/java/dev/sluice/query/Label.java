package dev.sluice.query;

import dev.sluice.model.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The comment before every statement that this function starts. Athena keeps it with the run, so
 * nothing else has to be kept anywhere; runs without it were started by somebody else, and are not
 * shown.
 *
 * @param query name of the declared query; empty for a statement of the caller
 * @param maxScanBytes the most that it may read
 */
record Label(Optional<String> query, long maxScanBytes) {
  private static final String START = "-- sluice-api ";

  /** The statement with the label before it; the same label and statement give the same text. */
  String before(String sql) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    query.ifPresent(name -> json.put("query", name));
    json.put("maxScanBytes", maxScanBytes);
    return START + Json.write(json) + "\n" + sql;
  }

  /** The label of a statement that was run. */
  static Optional<Label> of(String sql) {
    int end = sql.indexOf('\n');
    if (!sql.startsWith(START) || end < 0) {
      return Optional.empty();
    }
    try {
      Map<String, @Nullable Object> json = Json.parseObject(sql.substring(START.length(), end));
      return json.get("maxScanBytes") instanceof Long most
          ? Optional.of(new Label(Optional.ofNullable((String) json.get("query")), most))
          : Optional.empty();
    } catch (IllegalArgumentException | ClassCastException e) {
      return Optional.empty();
    }
  }
}
