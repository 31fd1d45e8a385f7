package dev.sluice.lake.athena;

import dev.sluice.lake.athena.SqlLexer.Token;
import dev.sluice.lake.athena.SqlReader.Name;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns Athena's words into Trino's where the two differ. */
final class Dialect {
  private static final Pattern STORAGE = Pattern.compile("[a-z0-9_]+");

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

  /** Statements for the engine, run one after the other. */
  record Translated(List<String> statements, Map<String, String> sessionProperties) {}

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
      case "EXECUTE" -> new Classified(Type.DML, "EXECUTE", true);
      case "INSERT", "UPDATE", "DELETE", "MERGE", "UNLOAD" ->
          new Classified(Type.DML, first.upper(), false);
      case "DESCRIBE", "DESC" -> new Classified(Type.UTILITY, "DESCRIBE", false);
      case "EXPLAIN" -> new Classified(Type.UTILITY, "EXPLAIN", false);
      case "SHOW" -> new Classified(Type.UTILITY, "SHOW" + second(in), false);
      case "CREATE", "DROP", "ALTER", "MSCK" -> {
        boolean table = in.ahead("create", "table");
        String subtype = first.upper() + second(in);
        yield new Classified(
            Type.DDL,
            table && asPosition(reader.get()).isPresent() ? "CREATE_TABLE_AS_SELECT" : subtype,
            false);
      }
      default -> new Classified(Type.DDL, first.upper(), false);
    };
  }

  private static String second(SqlReader in) {
    in.take();
    Token second = in.peek();
    if (second != null && second.word("external")) {
      in.take();
      second = in.peek();
    }
    return second == null || second.kind() != SqlLexer.Kind.WORD ? "" : "_" + second.upper();
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

  /**
   * Translates a statement that the engine runs.
   *
   * @param database what names without a database refer to
   * @param defaultLocation where a table goes whose statement names no place, ending in a slash
   */
  static Translated translate(String sql, @Nullable String database, String defaultLocation) {
    SqlReader in = new SqlReader(sql, false);
    String plain = sql.substring(0, in.end());
    if (in.words("unload")) {
      throw SqlException.notSupported(
          "Cannot run UNLOAD: the local lake does not support it. Use CREATE TABLE ... WITH"
              + " (format = ..., external_location = ...) AS SELECT ...");
    }
    if (in.words("optimize")) {
      String table = iceberg(in.name(), database);
      in.expectWords("rewrite", "data", "using", "bin_pack");
      return statement("ALTER TABLE " + table + " EXECUTE optimize " + in.rest());
    }
    if (in.words("vacuum")) {
      String table = iceberg(in.name(), database);
      in.expectEnd();
      return new Translated(
          List.of(
              "ALTER TABLE " + table + " EXECUTE expire_snapshots(retention_threshold => '5d')",
              "ALTER TABLE " + table + " EXECUTE remove_orphan_files(retention_threshold => '5d')"),
          Map.of());
    }
    if (in.ahead("create", "table")) {
      return createTableAs(plain, in, database, defaultLocation);
    }
    return statement(plain);
  }

  private static Translated statement(String sql) {
    return new Translated(List.of(sql.strip()), Map.of());
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
    Name name;
    boolean otherCatalog = in.ahead("iceberg");
    if (otherCatalog) {
      return statement(sql);
    }
    name = in.name();
    final int nameEnd = in.taken();
    Map<String, String> properties = new LinkedHashMap<>();
    if (in.words("comment")) {
      in.string();
    }
    final int beforeWith = in.taken();
    int afterWith = beforeWith;
    if (in.words("with")) {
      in.expectSymbol("(");
      do {
        String key = in.identifier();
        in.expectSymbol("=");
        int start = in.position();
        int end = start;
        while (!in.done() && !ahead(in, ",") && !ahead(in, ")")) {
          Token token = in.take();
          if (token.symbol("[") || token.symbol("(")) {
            in.skipToClosing();
          }
          end = in.taken();
        }
        properties.put(key, sql.substring(start, end));
      } while (in.symbol(","));
      in.expectSymbol(")");
      afterWith = in.taken();
    }
    if (!in.ahead("as")) {
      return statement(sql);
    }
    Map<String, String> session = new LinkedHashMap<>();
    Map<String, String> trino = new LinkedHashMap<>();
    boolean iceberg = "ICEBERG".equalsIgnoreCase(text(properties.remove("table_type")));
    properties.remove("is_external");
    if (iceberg) {
      icebergProperties(properties, trino, session);
    } else {
      hiveProperties(properties, trino, session, defaultLocation);
    }
    StringBuilder with = new StringBuilder();
    trino.forEach((key, value) ->
        with.append(with.isEmpty() ? "" : ", ").append(key).append(" = ").append(value));
    String target = iceberg ? iceberg(name, database) : sql.substring(nameStart, nameEnd);
    String rewritten =
        sql.substring(0, nameStart)
            + target
            + sql.substring(nameEnd, beforeWith)
            + (with.isEmpty() ? "" : " WITH (" + with + ")")
            + sql.substring(afterWith);
    return new Translated(List.of(rewritten.strip()), session);
  }

  private static boolean ahead(SqlReader in, String symbol) {
    Token token = in.peek();
    return token != null && token.symbol(symbol);
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
    compression(athena, session, "awsdatacatalog.compression_codec");
    leftOver(athena);
  }

  private static void icebergProperties(
      Map<String, String> athena, Map<String, String> trino, Map<String, String> session) {
    move(athena, "format", trino, "format");
    move(athena, "location", trino, "location");
    move(athena, "partitioning", trino, "partitioning");
    compression(athena, session, "iceberg.compression_codec");
    // What steers Athena's own upkeep has no meaning for the answer.
    athena.keySet().removeIf(key -> key.startsWith("vacuum_") || key.startsWith("optimize_"));
    leftOver(athena);
  }

  private static void compression(
      Map<String, String> athena, Map<String, String> session, String property) {
    String level = athena.remove("compression_level");
    for (String key : List.of("write_compression", "parquet_compression", "orc_compression")) {
      String codec = text(athena.remove(key));
      if (codec != null) {
        if (!STORAGE.matcher(codec.toLowerCase(Locale.ROOT)).matches()) {
          throw SqlException.refused("INVALID_TABLE_PROPERTY", "Unknown compression: " + codec);
        }
        session.put(property, codec.toUpperCase(Locale.ROOT));
      }
    }
    if (level != null && !level.matches("\\d+")) {
      throw SqlException.refused("INVALID_TABLE_PROPERTY", "compression_level is not a number");
    }
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
      String name = in.identifier();
      in.expectWords("from");
      return Optional.of(new Prepared("PREPARE", name, in.rest()));
    }
    if (!in.ahead("execute", "immediate") && in.words("execute")) {
      return Optional.of(new Prepared("EXECUTE", in.identifier(), in.rest()));
    }
    if (in.words("deallocate", "prepare")) {
      return Optional.of(new Prepared("DEALLOCATE", in.identifier(), in.rest()));
    }
    return Optional.empty();
  }
}
