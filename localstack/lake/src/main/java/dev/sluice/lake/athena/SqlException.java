package dev.sluice.lake.athena;

/** A statement that cannot be run; the message goes to the user as the query's reason. */
final class SqlException extends RuntimeException {
  private static final long serialVersionUID = 1;

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
    return new SqlException("SYNTAX_ERROR", "line " + line + ":" + column + ": " + why);
  }

  /** What Athena can do and the local lake cannot. */
  static SqlException notSupported(String message) {
    return new SqlException("NOT_SUPPORTED", message);
  }

  /** What the catalog or the settings do not allow. */
  static SqlException refused(String code, String message) {
    return new SqlException(code, message);
  }

  String code() {
    return code;
  }
}
