package dev.sluice.lake.athena;

import dev.sluice.lake.athena.SqlLexer.Token;
import dev.sluice.lake.athena.SqlReader.Name;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns Athena's words into Trino's where the two differ. */
final class Dialect {
  /** What kind of statement it is, in Athena's words. */
  enum Type {
    DML,
    DDL,
    UTILITY
  }

  /**
   * What a statement is.
   *
   * @param subtype Athena's finer name, for instance {@code CREATE_TABLE_AS_SELECT}
   * @param rows whether it answers rows under a header, as queries do
   */
  record Classified(Type type, String subtype, boolean rows) {}

  /**
   * Statements for the engine, run one after the other.
   *
   * @param target what is written, or null
   */
  record Translated(
      List<String> statements, Map<String, String> sessionProperties, @Nullable Target target) {}

  /**
   * What a statement writes.
   *
   * @param location where to, as the statement says, or null
   */
  record Target(Kind kind, String database, String table, @Nullable String location) {
    enum Kind {
      CREATE,
      INSERT,
      UNLOAD
    }
  }

  private Dialect() {}

  /** Tells what a statement is from its first words, also when the rest is malformed. */
  static Classified classify(String sql) {
    try {
      return classify(() -> new SqlReader(sql, Ddl.MAYBE.matcher(sql).lookingAt()));
    } catch (SqlException e) {
      return new Classified(Type.DML, "UNKNOWN", true);
    }
  }

  private static Classified classify(Supplier<SqlReader> reader) {
    SqlReader in = reader.get();
    Token first = in.peek();
    while (first != null && first.symbol("(")) {
      in.take();
      first = in.peek();
    }
    if (first == null) {
      return new Classified(Type.DML, "UNKNOWN", true);
    }
    return switch (first.upper()) {
      case "SELECT", "WITH", "VALUES", "TABLE" -> new Classified(Type.DML, "SELECT", true);
      case "EXECUTE", "EXPLAIN" -> new Classified(Type.DML, first.upper(), true);
      case "INSERT", "UPDATE", "DELETE", "MERGE", "UNLOAD" ->
          new Classified(Type.DML, first.upper(), false);
      case "DESCRIBE", "DESC" -> new Classified(Type.UTILITY, "DESCRIBE_TABLE", false);
      case "SHOW" -> new Classified(Type.UTILITY, "SHOW" + second(in, "CREATE"), false);
      case "PREPARE", "DEALLOCATE" -> new Classified(Type.UTILITY, first.upper(), false);
      case "CREATE", "DROP", "ALTER", "MSCK" -> {
        boolean table = in.ahead("create", "table");
        String subtype = first.upper() + second(in, "ALTER");
        yield new Classified(
            Type.DDL,
            table && asPosition(reader.get()).isPresent() ? "CREATE_TABLE_AS_SELECT" : subtype,
            false);
      }
      default -> new Classified(Type.DDL, first.upper(), false);
    };
  }

  /** What the statement is about, and for one kind also what is done to it. */
  private static String second(SqlReader in, String withThird) {
    Token first = in.take();
    boolean replace = in.words("or", "replace");
    boolean external = !replace && in.words("external");
    Token second = in.peek();
    if (second == null || second.kind() != SqlLexer.Kind.WORD) {
      return "";
    }
    in.take();
    String what = second.upper().equals("SCHEMA") ? "DATABASE" : second.upper();
    what = what.equals("SCHEMAS") ? "DATABASES" : what;
    if (second.word(withThird) && in.peek() != null) {
      return "_" + what + "_" + in.take().upper();
    }
    if (first.word(withThird) && second.word("table") && !external) {
      try {
        in.name();
        Token verb = in.done() ? null : in.take();
        if (verb != null && verb.kind() == SqlLexer.Kind.WORD) {
          in.words("if", "not", "exists");
          in.words("if", "exists");
          Token object = in.peek();
          return "_TABLE_"
              + verb.upper()
              + (object != null && object.word("partition") ? "_PARTITION" : "");
        }
      } catch (SqlException e) {
        // The name is told to be wrong when the statement is read.
      }
    }
    return "_" + what;
  }

  private static Optional<Integer> asPosition(SqlReader in) {
    while (!in.done()) {
      if (in.symbol("(")) {
        in.skipToClosing();
      } else if (in.words("as")) {
        return Optional.of(in.taken());
      } else {
        in.take();
      }
    }
    return Optional.empty();
  }

  /** First words of statements that Athena has not; only those with these second words. */
  private static final Map<String, Set<String>> NOT_OF_ATHENA =
      Map.ofEntries(
          Map.entry("USE", Set.of()),
          Map.entry("START", Set.of()),
          Map.entry("COMMIT", Set.of()),
          Map.entry("ROLLBACK", Set.of()),
          Map.entry("SET", Set.of()),
          Map.entry("RESET", Set.of()),
          Map.entry("GRANT", Set.of()),
          Map.entry("REVOKE", Set.of()),
          Map.entry("DENY", Set.of()),
          Map.entry("CALL", Set.of()),
          Map.entry("ANALYZE", Set.of()),
          Map.entry("REFRESH", Set.of()),
          Map.entry("COMMENT", Set.of()),
          Map.entry("TRUNCATE", Set.of()),
          Map.entry("EXPORT", Set.of()),
          Map.entry("IMPORT", Set.of()),
          Map.entry("LOCK", Set.of()),
          Map.entry("UNLOCK", Set.of()),
          Map.entry("RELOAD", Set.of()),
          Map.entry("DFS", Set.of()),
          Map.entry("CREATE", Set.of("INDEX", "ROLE", "TEMPORARY", "MATERIALIZED", "CATALOG")),
          Map.entry("DROP", Set.of("INDEX", "ROLE", "TEMPORARY", "MATERIALIZED", "CATALOG")),
          Map.entry("ALTER", Set.of("INDEX", "ROLE", "MATERIALIZED", "VIEW")),
          Map.entry("DESCRIBE", Set.of("DATABASE", "SCHEMA", "INPUT", "OUTPUT")),
          Map.entry(
              "SHOW",
              Set.of(
                  "COMPACTIONS",
                  "CURRENT",
                  "GRANT",
                  "GRANTS",
                  "INDEX",
                  "INDEXES",
                  "LOCKS",
                  "PRINCIPALS",
                  "ROLE",
                  "ROLES",
                  "SESSION",
                  "STATS",
                  "TRANSACTIONS")));

  /** What may be done to a table; anything else Athena has not. */
  private static final Set<String> ALTER_TABLE =
      Set.of("ADD", "CHANGE", "DROP", "PARTITION", "REPLACE", "SET");

  /** Schemas of the engine's own catalog, which Athena keeps to itself. */
  private static final Set<String> SYSTEM = Set.of("runtime", "metadata", "jdbc");

  /**
   * Checks that Athena takes a statement of this kind.
   *
   * @throws SqlException when it does not, or when the text cannot be read
   */
  static void check(String sql) {
    boolean hive = Ddl.MAYBE.matcher(sql).lookingAt();
    SqlReader in = new SqlReader(sql, hive);
    Token first = in.peek();
    if (first == null) {
      throw SqlException.malformed("Empty sql statement: " + sql.strip());
    }
    in.take();
    Token second = in.peek();
    Set<String> refused = NOT_OF_ATHENA.get(first.upper());
    if (refused != null
        && (refused.isEmpty() || (second != null && refused.contains(second.upper())))) {
      throw SqlException.notOfThisType();
    }
    if (first.word("alter") && in.words("table")) {
      in.name();
      Token verb = in.peek();
      if (verb != null && !ALTER_TABLE.contains(verb.upper())) {
        throw SqlException.notOfThisType();
      }
    }
    if (first.word("create") && in.words("table") && !Ddl.ofIceberg(sql)) {
      in.words("if", "not", "exists");
      in.name();
      if (in.ahead("like")) {
        throw SqlException.notOfThisType();
      }
      if (asPosition(in).isEmpty()) {
        throw SqlException.malformed("External keyword required for table type HIVE");
      }
    }
    system(new SqlReader(sql, hive));
    Ddl.parse(sql);
  }

  private static void system(SqlReader in) {
    Token before = null;
    while (!in.done()) {
      Token token = in.take();
      if (token.text().equalsIgnoreCase("system")
          && (before == null || !before.symbol("."))
          && in.symbol(".")) {
        Token schema = in.peek();
        if (schema != null && SYSTEM.contains(schema.text().toLowerCase(Locale.ROOT))) {
          throw SqlException.notOfThisType();
        }
      }
      before = token;
    }
  }

  /** Whether the engine cannot read the statement before it is translated. */
  static boolean isForeign(String sql) {
    SqlReader in = new SqlReader(sql, false);
    if (in.words("prepare")) {
      in.spelled();
      in.words("from");
    }
    return in.ahead("unload") || in.ahead("optimize") || in.ahead("vacuum");
  }

  /** Tables that hold the result of an {@code UNLOAD} until it is written begin so. */
  static final String UNLOADED = "sluice_unload_";

  /**
   * Translates a statement that the engine runs.
   *
   * @param database what names without a database refer to
   * @param defaultLocation where a table goes whose statement names no place, ending in a slash
   * @param id the query's id
   */
  static Translated translate(
      String sql, @Nullable String database, String defaultLocation, String id) {
    SqlReader in = new SqlReader(sql, false);
    String plain = sql.substring(0, in.end());
    if (in.words("unload")) {
      return unload(plain, in, id);
    }
    if (in.words("optimize")) {
      String table = iceberg(in.name(), database);
      in.expectWords("rewrite", "data", "using", "bin_pack");
      if (!in.done() && !in.ahead("where")) {
        throw in.wrong("WHERE is expected");
      }
      return statement("ALTER TABLE " + table + " EXECUTE optimize " + in.rest());
    }
    if (in.words("vacuum")) {
      String table = iceberg(in.name(), database);
      in.expectEnd();
      return new Translated(
          List.of(
              "ALTER TABLE " + table + " EXECUTE expire_snapshots(retention_threshold => '5d')",
              "ALTER TABLE " + table + " EXECUTE remove_orphan_files(retention_threshold => '5d')"),
          Map.of(),
          null);
    }
    if (in.ahead("create", "table")) {
      return createTableAs(plain, in, database, defaultLocation);
    }
    if (in.words("insert", "into")) {
      Name table = in.name();
      return new Translated(
          List.of(plain.strip()),
          ONE_WRITER,
          new Target(
              Target.Kind.INSERT,
              table.database() == null ? String.valueOf(database) : table.database(),
              table.table(),
              null));
    }
    return statement(plain);
  }

  // The limit of a hundred partitions is one of each writer.
  private static final Map<String, String> ONE_WRITER =
      Map.of("task_max_writer_count", "1", "task_min_writer_count", "1", "scale_writers", "false");

  private static Translated statement(String sql) {
    return new Translated(List.of(sql.strip()), Map.of(), null);
  }

  /** {@code UNLOAD (query) TO 's3://...' WITH (format = ...)}, as a table that is then dropped. */
  private static Translated unload(String sql, SqlReader in, String id) {
    in.expectSymbol("(");
    final int from = in.taken();
    final int to = in.skipToClosing();
    in.expectWords("to");
    final String location = in.string();
    Map<String, String> properties = new LinkedHashMap<>();
    if (in.words("with")) {
      properties.putAll(with(sql, in));
    }
    in.expectEnd();
    String format = text(properties.get("format"));
    if (format == null) {
      throw SqlException.refused("INVALID_TABLE_PROPERTY", "UNLOAD needs the property format");
    }
    if (!UNLOAD_FORMATS.contains(format.toUpperCase(Locale.ROOT))) {
      throw SqlException.notSupported("UNLOAD does not write the format " + format);
    }
    rename(properties, "compression", "write_compression");
    if (properties.containsKey("external_location") || properties.containsKey("bucketed_by")) {
      throw SqlException.refused(
          "INVALID_TABLE_PROPERTY",
          "UNLOAD has the properties format, compression, compression_level, field_delimiter and"
              + " partitioned_by");
    }
    Map<String, String> trino = new LinkedHashMap<>();
    Map<String, String> session = new LinkedHashMap<>(ONE_WRITER);
    hiveProperties(properties, trino, session, location);
    String table = UNLOADED + id.replace('-', '_');
    return new Translated(
        List.of(
            "CREATE TABLE awsdatacatalog."
                + quoted(UNLOAD_DATABASE)
                + "."
                + quoted(table)
                + " WITH ("
                + listed(trino)
                + ") AS "
                + sql.substring(from, to).strip()),
        session,
        new Target(Target.Kind.UNLOAD, UNLOAD_DATABASE, table, location));
  }

  private static final String UNLOAD_DATABASE = "default";
  private static final Set<String> UNLOAD_FORMATS =
      Set.of("PARQUET", "ORC", "AVRO", "JSON", "TEXTFILE");

  private static void rename(Map<String, String> properties, String from, String to) {
    String value = properties.remove(from);
    if (value != null) {
      properties.put(to, value);
    }
  }

  private static String listed(Map<String, String> properties) {
    return properties.entrySet().stream()
        .map(property -> property.getKey() + " = " + property.getValue())
        .collect(Collectors.joining(", "));
  }

  /** {@code (name = expression, ...)}, the expressions as they are written. */
  private static Map<String, String> with(String sql, SqlReader in) {
    Map<String, String> properties = new LinkedHashMap<>();
    in.expectSymbol("(");
    do {
      String key = in.identifier();
      in.expectSymbol("=");
      int start = in.position();
      int end = start;
      while (!in.done() && !in.aheadSymbol(",") && !in.aheadSymbol(")")) {
        Token token = in.take();
        if (token.symbol("[") || token.symbol("(")) {
          in.skipToClosing();
        }
        end = in.taken();
      }
      properties.put(key, sql.substring(start, end));
    } while (in.symbol(","));
    in.expectSymbol(")");
    return properties;
  }

  static String iceberg(Name name, @Nullable String database) {
    String in = name.database() == null ? database : name.database();
    if (in == null) {
      throw SqlException.refused(
          "MISSING_SCHEMA_NAME", "Name the database, or set one in the query's context.");
    }
    return "iceberg." + quoted(in) + "." + quoted(name.table());
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /** {@code CREATE TABLE t WITH (Athena's properties) AS SELECT}. */
  private static Translated createTableAs(
      String sql, SqlReader in, @Nullable String database, String defaultLocation) {
    in.expectWords("create", "table");
    in.words("if", "not", "exists");
    final int nameStart = in.position();
    if (in.ahead("iceberg")) {
      return statement(sql);
    }
    final Name name = in.name();
    final int nameEnd = in.taken();
    Map<String, String> properties = new LinkedHashMap<>();
    if (in.words("comment")) {
      in.string();
    }
    final int beforeWith = in.taken();
    int afterWith = beforeWith;
    if (in.words("with")) {
      properties.putAll(with(sql, in));
      afterWith = in.taken();
    }
    if (!in.ahead("as")) {
      return statement(sql);
    }
    Map<String, String> session = new LinkedHashMap<>(ONE_WRITER);
    Map<String, String> trino = new LinkedHashMap<>();
    boolean iceberg = isIceberg(text(properties.remove("table_type")));
    boolean external = !"false".equalsIgnoreCase(text(properties.remove("is_external")));
    if (iceberg) {
      if (external) {
        throw SqlException.refused(
            "INVALID_TABLE_PROPERTY",
            "A table of the type ICEBERG is not external: add is_external = false");
      }
      properties.putIfAbsent("location", literal(defaultLocation));
      icebergProperties(properties, trino);
    } else {
      hiveProperties(properties, trino, session, defaultLocation);
    }
    String target = iceberg ? iceberg(name, database) : sql.substring(nameStart, nameEnd);
    String rewritten =
        sql.substring(0, nameStart)
            + target
            + sql.substring(nameEnd, beforeWith)
            + " WITH ("
            + listed(trino)
            + ")"
            + sql.substring(afterWith);
    return new Translated(
        List.of(rewritten.strip()),
        session,
        new Target(
            Target.Kind.CREATE,
            name.database() == null ? String.valueOf(database) : name.database(),
            name.table(),
            text(trino.get(iceberg ? "location" : "external_location"))));
  }

  private static boolean isIceberg(@Nullable String type) {
    if (type == null || type.equalsIgnoreCase("HIVE")) {
      return false;
    }
    if (type.equalsIgnoreCase("ICEBERG")) {
      return true;
    }
    throw SqlException.refused(
        "INVALID_TABLE_PROPERTY", "table_type is HIVE or ICEBERG, not " + type);
  }

  /** Whether a table of a query's result is one of Iceberg. */
  static boolean makesIceberg(String sql) {
    try {
      return properties(sql)
          .map(properties -> text(properties.get("table_type")))
          .filter("ICEBERG"::equalsIgnoreCase)
          .isPresent();
    } catch (SqlException e) {
      return false;
    }
  }

  /** The place that a table of a query's result goes to by its own words, if any. */
  static Optional<String> externalLocation(String sql) {
    return properties(sql).map(properties -> text(properties.get("external_location")));
  }

  private static Optional<Map<String, String>> properties(String sql) {
    SqlReader in = new SqlReader(sql, false);
    if (!in.words("create", "table")) {
      return Optional.empty();
    }
    in.words("if", "not", "exists");
    in.name();
    if (in.words("comment")) {
      in.string();
    }
    return in.words("with") ? Optional.of(with(sql, in)) : Optional.empty();
  }

  private static void hiveProperties(
      Map<String, String> athena,
      Map<String, String> trino,
      Map<String, String> session,
      String defaultLocation) {
    String format = text(athena.remove("format"));
    format = format == null ? "PARQUET" : format.toUpperCase(Locale.ROOT);
    trino.put("format", literal(format));
    String location = athena.remove("external_location");
    trino.put("external_location", location == null ? literal(defaultLocation) : location);
    for (String key : List.of("partitioned_by", "bucketed_by", "bucket_count")) {
      move(athena, key, trino, key);
    }
    String delimiter = athena.remove("field_delimiter");
    if (delimiter != null) {
      trino.put(format.equals("CSV") ? "csv_separator" : "textfile_field_separator", delimiter);
    } else if (format.equals("TEXTFILE")) {
      trino.put("textfile_field_separator", "U&'\\0001'");
    }
    compression(athena).ifPresent(codec -> session.put("awsdatacatalog.compression_codec", codec));
    leftOver(athena);
  }

  private static void icebergProperties(Map<String, String> athena, Map<String, String> trino) {
    move(athena, "format", trino, "format");
    move(athena, "location", trino, "location");
    move(athena, "partitioning", trino, "partitioning");
    compression(athena).ifPresent(codec -> trino.put("compression_codec", literal(codec)));
    // What steers Athena's own upkeep has no meaning for the answer.
    athena.keySet().removeIf(key -> key.startsWith("vacuum_") || key.startsWith("optimize_"));
    leftOver(athena);
  }

  private static Optional<String> compression(Map<String, String> athena) {
    String level = athena.remove("compression_level");
    if (level != null && !level.matches("\\d+")) {
      throw SqlException.refused("INVALID_TABLE_PROPERTY", "compression_level is not a number");
    }
    Optional<String> chosen = Optional.empty();
    for (String key : List.of("write_compression", "parquet_compression", "orc_compression")) {
      String codec = text(athena.remove(key));
      if (codec != null) {
        chosen = Optional.of(codec(codec.toUpperCase(Locale.ROOT)));
      }
    }
    return chosen;
  }

  /** The engine has one name for the same codec in all formats. */
  static String codec(String athena) {
    return switch (athena) {
      case "ZLIB", "DEFLATE" -> "GZIP";
      case "UNCOMPRESSED" -> "NONE";
      case "NONE", "GZIP", "SNAPPY", "ZSTD", "LZ4" -> athena;
      default -> throw SqlException.notSupported("The local lake does not compress with " + athena);
    };
  }

  private static void move(
      Map<String, String> from, String key, Map<String, String> to, String newKey) {
    String value = from.remove(key);
    if (value != null) {
      to.put(newKey, value);
    }
  }

  private static void leftOver(Map<String, String> properties) {
    if (!properties.isEmpty()) {
      throw SqlException.refused(
          "INVALID_TABLE_PROPERTY",
          "Athena has no table property "
              + String.join(", ", new TreeSet<>(properties.keySet()))
              + ", or the local lake does not support it");
    }
  }

  private static @Nullable String text(@Nullable String literal) {
    return literal != null && literal.startsWith("'") && literal.endsWith("'")
        ? literal.substring(1, literal.length() - 1).replace("''", "'")
        : literal;
  }

  /** The words that make a prepared statement: {@code PREPARE}, {@code EXECUTE}, and so on. */
  record Prepared(String verb, String name, String rest) {}

  /** Reads {@code PREPARE n FROM ...}, {@code EXECUTE n ...}, {@code DEALLOCATE PREPARE n}. */
  static Optional<Prepared> prepared(String sql) {
    SqlReader in;
    try {
      in = new SqlReader(sql, false);
    } catch (SqlException e) {
      return Optional.empty();
    }
    if (in.words("prepare")) {
      String name = in.spelled();
      in.expectWords("from");
      return Optional.of(new Prepared("PREPARE", name, in.rest()));
    }
    if (!in.ahead("execute", "immediate") && in.words("execute")) {
      return Optional.of(new Prepared("EXECUTE", in.spelled(), in.rest()));
    }
    if (in.words("deallocate", "prepare")) {
      return Optional.of(new Prepared("DEALLOCATE", in.spelled(), in.rest()));
    }
    return Optional.empty();
  }
}
