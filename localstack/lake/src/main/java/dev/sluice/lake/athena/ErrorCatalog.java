package dev.sluice.lake.athena;

import java.util.Map;
import software.amazon.awssdk.services.athena.model.AthenaError;

/**
 * The numbers of Athena's error catalog. Those of errors that were seen on Athena are the ones
 * seen; any other error has the number of its kind.
 */
final class ErrorCatalog {
  private static final int SYSTEM = 1;
  private static final int USER = 2;
  private static final int RESOURCES_EXHAUSTED = 1;
  private static final int INTERNAL_SERVICE_ERROR = 100;
  private static final int ENGINE_ERROR = 200;
  private static final int ICEBERG_ERROR = 233;
  private static final int RESULT_NOT_WRITTEN = 401;
  private static final int USER_ERROR = 1000;
  private static final int DDL_TASK_FAILED = 1003;

  private static final Map<String, Integer> TYPES =
      Map.ofEntries(
          Map.entry("DIVISION_BY_ZERO", 1001),
          Map.entry("TYPE_MISMATCH", 1002),
          Map.entry("COLUMN_NOT_FOUND", 1006),
          Map.entry("SYNTAX_ERROR", 1006),
          Map.entry("INVALID_CAST_ARGUMENT", 1100),
          Map.entry("INVALID_PARAMETER_USAGE", 1100),
          Map.entry("INVALID_TABLE_PROPERTY", 1103),
          Map.entry("INVALID_FUNCTION_ARGUMENT", 1106),
          Map.entry("INVALID_VIEW", 1107),
          Map.entry("VIEW_IS_STALE", 1107),
          Map.entry("NOT_SUPPORTED", 1200),
          Map.entry("TABLE_NOT_FOUND", 1301),
          Map.entry("SCHEMA_NOT_FOUND", 1301),
          Map.entry("NOT_FOUND", 1300),
          Map.entry("FUNCTION_NOT_FOUND", 1303));

  private ErrorCatalog() {}

  /** An error of the engine. */
  static AthenaError of(SqlEngine.Failure failure, String reason) {
    boolean user = failure.type().equals("USER_ERROR");
    boolean exhausted = failure.type().equals("INSUFFICIENT_RESOURCES");
    int kind =
        exhausted
            ? RESOURCES_EXHAUSTED
            : user
                ? USER_ERROR
                : failure.name().startsWith("ICEBERG_") ? ICEBERG_ERROR : ENGINE_ERROR;
    return error(user ? USER : SYSTEM, TYPES.getOrDefault(failure.name(), kind), exhausted, reason);
  }

  /** A statement that was refused before the engine saw it. */
  static AthenaError of(SqlException refusal) {
    int kind =
        switch (refusal.code()) {
          case SqlException.HIVE -> DDL_TASK_FAILED;
          case SqlException.OUTPUT -> RESULT_NOT_WRITTEN;
          default -> TYPES.getOrDefault(refusal.code(), USER_ERROR);
        };
    return error(
        refusal.code().equals(SqlException.OUTPUT) ? SYSTEM : USER, kind, false, refusal.reason());
  }

  /** A failure of the lake itself. */
  static AthenaError internal(String reason, boolean retryable) {
    return error(SYSTEM, INTERNAL_SERVICE_ERROR, retryable, reason);
  }

  private static AthenaError error(int category, int type, boolean retryable, String reason) {
    return AthenaError.builder()
        .errorCategory(category)
        .errorType(type)
        .retryable(retryable)
        .errorMessage(reason)
        .build();
  }
}
