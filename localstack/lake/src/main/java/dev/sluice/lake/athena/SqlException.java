package dev.sluice.lake.athena;

/** A statement that cannot be run; the message goes to the user as the query's reason. */
final class SqlException extends RuntimeException {
  /** The code of what Athena answers in Hive's words. */
  static final String HIVE = "FAILED";

  /** The code of a result that could not be written. */
  static final String OUTPUT = "INVALID_OUTPUT_LOCATION";

  private static final long serialVersionUID = 1;
  private static final String MALFORMED = "MALFORMED_QUERY";
  private static final String SYNTAX = "SYNTAX_ERROR";

  private final String code;

  private SqlException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** A statement that has another form than expected, with the place where. */
  static SqlException at(String sql, int position, String why) {
    String before = sql.substring(0, Math.min(position, sql.length()));
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    return new SqlException(SYNTAX, "line " + line + ":" + column + ": " + why);
  }

  /** A statement that Athena does not take at all. */
  static SqlException malformed(String message) {
    return new SqlException(MALFORMED, message);
  }

  /** A kind of statement that Athena has not. */
  static SqlException notOfThisType() {
    return malformed("Queries of this type are not supported");
  }

  /** What Athena can do and the local lake cannot. */
  static SqlException notSupported(String message) {
    return new SqlException("NOT_SUPPORTED", message);
  }

  /** What the catalog or the settings do not allow. */
  static SqlException refused(String code, String message) {
    return new SqlException(code, message);
  }

  /** DDL that is wrong by what the catalog holds, in Hive's words. */
  static SqlException semantic(String message) {
    return new SqlException(HIVE, "SemanticException " + message);
  }

  /** DDL that the catalog refused, in Hive's words. */
  static SqlException task(String message) {
    return new SqlException(
        HIVE,
        "Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. " + message);
  }

  String code() {
    return code;
  }

  /** Whether the text itself is wrong, which is told before a query is made of it. */
  boolean isMalformed() {
    return code.equals(MALFORMED) || code.equals(SYNTAX);
  }

  /** The reason of the query's failure. */
  String reason() {
    return code + ": " + getMessage();
  }
}
