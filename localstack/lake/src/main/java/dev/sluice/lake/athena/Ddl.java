package dev.sluice.lake.athena;

import dev.sluice.lake.athena.SqlLexer.Kind;
import dev.sluice.lake.athena.SqlLexer.Token;
import dev.sluice.lake.athena.SqlReader.Name;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The statements of Hive's DDL that Athena has and Trino has not, or answers otherwise. */
sealed interface Ddl {
  /**
   * How these statements begin. The rest is not read as Hive's, where a backslash escapes. Athena's
   * {@code CREATE TABLE} for Iceberg is told from Trino's by its table properties.
   */
  Pattern MAYBE =
      Pattern.compile(
          "(?:\\s|--[^\n]*\n|/\\*(?s:.*?)\\*/)*"
              + "(?:create\\s+(?:external|database|schema)\\b|drop\\s+(?:database|schema|table)\\b"
              + "|create\\s+table\\b(?=(?s:.*)\\btblproperties\\s*\\()"
              + "|(?:msck|alter|show|describe|desc)\\b)",
          Pattern.CASE_INSENSITIVE);

  /** Whether it is Athena's {@code CREATE TABLE} for Iceberg. */
  static boolean ofIceberg(String sql) {
    return MAYBE.matcher(sql).lookingAt();
  }

  record Column(String name, String type, @Nullable String comment) {}

  record Partition(Map<String, String> values, @Nullable String location) {}

  record CreateTable(
      Name name,
      boolean ifNotExists,
      boolean external,
      List<Column> columns,
      List<Column> partitionColumns,
      List<String> partitionTransforms,
      @Nullable String comment,
      @Nullable String serde,
      Map<String, String> serdeProperties,
      @Nullable String storedAs,
      @Nullable String inputFormat,
      @Nullable String outputFormat,
      @Nullable String location,
      Map<String, String> properties)
      implements Ddl {}

  record DropTable(Name name, boolean ifExists) implements Ddl {}

  record CreateDatabase(
      String name,
      boolean ifNotExists,
      @Nullable String comment,
      @Nullable String location,
      Map<String, String> properties)
      implements Ddl {}

  record DropDatabase(String name, boolean ifExists, boolean cascade) implements Ddl {}

  record AddPartitions(Name table, boolean ifNotExists, List<Partition> partitions)
      implements Ddl {}

  record DropPartitions(Name table, boolean ifExists, List<Map<String, String>> partitions)
      implements Ddl {}

  record AddColumns(Name table, List<Column> columns, boolean replace) implements Ddl {}

  record SetProperties(Name table, Map<String, String> properties) implements Ddl {}

  record SetLocation(Name table, String location) implements Ddl {}

  record SetDatabaseProperties(String name, Map<String, String> properties) implements Ddl {}

  record DropColumn(Name table, String column) implements Ddl {}

  record ChangeColumn(Name table, String column, Column changed) implements Ddl {}

  record Repair(Name table) implements Ddl {}

  record ShowDatabases(@Nullable String pattern) implements Ddl {}

  record ShowTables(@Nullable String database, @Nullable String pattern, boolean views)
      implements Ddl {}

  record ShowPartitions(Name table) implements Ddl {}

  record ShowColumns(Name table) implements Ddl {}

  record ShowCreateTable(Name table) implements Ddl {}

  record ShowProperties(Name table, @Nullable String key) implements Ddl {}

  record Describe(Name table) implements Ddl {}

  /**
   * Reads a statement of this kind; empty when it is another's to run.
   *
   * @throws SqlException when it is of this kind and malformed
   */
  static Optional<Ddl> parse(String sql) {
    if (!MAYBE.matcher(sql).lookingAt()) {
      return Optional.empty();
    }
    SqlReader in = new SqlReader(sql, true);
    Ddl ddl = null;
    if (in.words("create", "external", "table")) {
      ddl = createTable(in, true);
    } else if (in.ahead("create", "table")) {
      in.words("create", "table");
      ddl = createTable(in, false);
    } else if (in.words("create", "database") || in.words("create", "schema")) {
      ddl = createDatabase(in);
    } else if (in.words("drop", "database") || in.words("drop", "schema")) {
      boolean ifExists = in.words("if", "exists");
      String name = in.name().table();
      boolean cascade = in.words("cascade");
      in.words("restrict");
      ddl = new DropDatabase(name, ifExists, cascade);
    } else if (in.words("drop", "table")) {
      boolean ifExists = in.words("if", "exists");
      Name name = catalogName(in);
      if (name == null) {
        return Optional.empty();
      }
      ddl = new DropTable(name, ifExists);
    } else if (in.words("msck", "repair", "table")) {
      ddl = new Repair(in.name());
    } else if (in.ahead("alter", "table")) {
      ddl = alter(in);
    } else if (in.words("alter", "database") || in.words("alter", "schema")) {
      String name = in.name().table();
      in.expectWords("set", "dbproperties");
      ddl = new SetDatabaseProperties(name, in.properties());
    } else if (in.words("show")) {
      ddl = show(in);
    } else if (in.words("describe") || in.words("desc")) {
      if (in.ahead("input") || in.ahead("output")) {
        return Optional.empty();
      }
      if (!in.words("extended")) {
        in.words("formatted");
      }
      if (!in.words("table")) {
        in.words("view");
      }
      Name name = catalogName(in);
      if (name == null) {
        return Optional.empty();
      }
      ddl = new Describe(name);
    }
    if (ddl == null) {
      return Optional.empty();
    }
    in.expectEnd();
    return Optional.of(ddl);
  }

  /** The name, or null when it is one of another catalog, which is Trino's to answer. */
  private static @Nullable Name catalogName(SqlReader in) {
    Token first = in.peek();
    if (first != null && first.text().equalsIgnoreCase("iceberg")) {
      return null;
    }
    return in.name();
  }

  private static CreateTable createTable(SqlReader in, boolean external) {
    final boolean ifNotExists = in.words("if", "not", "exists");
    final Name name = in.name();
    List<Column> columns = new ArrayList<>();
    if (in.symbol("(")) {
      columns.addAll(columns(in));
    }
    List<Column> partitionColumns = new ArrayList<>();
    List<String> transforms = new ArrayList<>();
    String comment = null;
    String serde = null;
    Map<String, String> serdeProperties = new LinkedHashMap<>();
    String storedAs = null;
    String inputFormat = null;
    String outputFormat = null;
    String location = null;
    Map<String, String> properties = new LinkedHashMap<>();
    while (!in.done()) {
      if (in.words("comment")) {
        comment = in.string();
      } else if (in.words("partitioned", "by")) {
        in.expectSymbol("(");
        if (external) {
          partitionColumns.addAll(columns(in));
        } else {
          transforms.addAll(transforms(in));
        }
      } else if (in.words("row", "format", "serde")) {
        serde = in.string();
        if (in.words("with", "serdeproperties")) {
          serdeProperties.putAll(in.properties());
        }
      } else if (in.words("row", "format", "delimited")) {
        delimiters(in, serdeProperties);
      } else if (in.words("with", "serdeproperties")) {
        serdeProperties.putAll(in.properties());
      } else if (in.words("stored", "as", "inputformat")) {
        inputFormat = in.string();
        in.expectWords("outputformat");
        outputFormat = in.string();
      } else if (in.words("stored", "as")) {
        storedAs = in.identifier();
      } else if (in.words("location")) {
        location = in.string();
      } else if (in.words("tblproperties")) {
        properties.putAll(in.properties());
      } else if (in.ahead("clustered", "by")) {
        throw SqlException.notSupported(
            "Cannot create the table: the local lake does not support CLUSTERED BY in CREATE"
                + " EXTERNAL TABLE. Leave it out; it does not change any answer.");
      } else {
        throw in.wrong(
            "PARTITIONED BY, ROW FORMAT, STORED AS, LOCATION, COMMENT or TBLPROPERTIES is"
                + " expected");
      }
    }
    return new CreateTable(
        name,
        ifNotExists,
        external,
        columns,
        partitionColumns,
        transforms,
        comment,
        serde,
        serdeProperties,
        storedAs,
        inputFormat,
        outputFormat,
        location,
        properties);
  }

  private static List<Column> columns(SqlReader in) {
    List<Column> columns = new ArrayList<>();
    do {
      String name = in.identifier();
      String type = in.type();
      columns.add(new Column(name, type, in.words("comment") ? in.string() : null));
    } while (in.symbol(","));
    in.expectSymbol(")");
    return columns;
  }

  /** {@code day(ts)}, {@code bucket(16, id)}, as Trino spells them. */
  private static List<String> transforms(SqlReader in) {
    List<String> transforms = new ArrayList<>();
    do {
      String name = in.identifier();
      if (!in.symbol("(")) {
        transforms.add(name);
        continue;
      }
      List<String> arguments = new ArrayList<>();
      do {
        arguments.add(in.take().text().toLowerCase(Locale.ROOT));
      } while (in.symbol(","));
      in.expectSymbol(")");
      transforms.add(
          arguments.size() == 2
              // Athena puts the number first, Trino last.
              ? name + "(" + arguments.get(1) + ", " + arguments.get(0) + ")"
              : name + "(" + arguments.get(0) + ")");
    } while (in.symbol(","));
    in.expectSymbol(")");
    return transforms;
  }

  private static void delimiters(SqlReader in, Map<String, String> properties) {
    boolean more = true;
    while (more) {
      if (in.words("fields", "terminated", "by")) {
        String delimiter = in.string();
        properties.put("field.delim", delimiter);
        properties.put("serialization.format", delimiter);
        if (in.words("escaped", "by")) {
          properties.put("escape.delim", in.string());
        }
      } else if (in.words("escaped", "by")) {
        properties.put("escape.delim", in.string());
      } else if (in.words("collection", "items", "terminated", "by")) {
        // Hive's own spelling.
        properties.put("collection.delim", in.string());
      } else if (in.words("map", "keys", "terminated", "by")) {
        properties.put("mapkey.delim", in.string());
      } else if (in.words("lines", "terminated", "by")) {
        properties.put("line.delim", in.string());
      } else if (in.words("null", "defined", "as")) {
        properties.put("serialization.null.format", in.string());
      } else {
        more = false;
      }
    }
  }

  private static CreateDatabase createDatabase(SqlReader in) {
    final boolean ifNotExists = in.words("if", "not", "exists");
    final String name = in.name().table();
    String comment = null;
    String location = null;
    Map<String, String> properties = Map.of();
    while (!in.done()) {
      if (in.words("comment")) {
        comment = in.string();
      } else if (in.words("location")) {
        location = in.string();
      } else if (in.words("with", "dbproperties")) {
        properties = in.properties();
      } else if (in.words("with")) {
        // Trino's spelling: WITH (location = '...').
        in.expectSymbol("(");
        in.expectWords("location");
        in.expectSymbol("=");
        location = in.string();
        in.expectSymbol(")");
      } else {
        throw in.wrong("COMMENT, LOCATION or WITH DBPROPERTIES is expected");
      }
    }
    return new CreateDatabase(name, ifNotExists, comment, location, properties);
  }

  private static @Nullable Ddl alter(SqlReader in) {
    in.expectWords("alter", "table");
    Name name = catalogName(in);
    if (name == null) {
      return null;
    }
    if (in.words("add")) {
      if (in.words("columns")) {
        in.expectSymbol("(");
        return new AddColumns(name, columns(in), false);
      }
      boolean ifNotExists = in.words("if", "not", "exists");
      if (!in.ahead("partition")) {
        return skip(in);
      }
      List<Partition> partitions = new ArrayList<>();
      while (in.words("partition")) {
        Map<String, String> values = partition(in);
        partitions.add(new Partition(values, in.words("location") ? in.string() : null));
      }
      return new AddPartitions(name, ifNotExists, partitions);
    }
    if (in.words("drop")) {
      if (in.words("column")) {
        return new DropColumn(name, in.identifier());
      }
      boolean ifExists = in.words("if", "exists");
      if (!in.ahead("partition")) {
        return skip(in);
      }
      List<Map<String, String>> partitions = new ArrayList<>();
      do {
        in.expectWords("partition");
        partitions.add(partition(in));
      } while (in.symbol(","));
      return new DropPartitions(name, ifExists, partitions);
    }
    if (in.words("change")) {
      in.words("column");
      String column = in.identifier();
      return new ChangeColumn(
          name,
          column,
          new Column(in.identifier(), in.type(), in.words("comment") ? in.string() : null));
    }
    if (in.words("replace", "columns")) {
      in.expectSymbol("(");
      return new AddColumns(name, columns(in), true);
    }
    if (in.words("set", "tblproperties")) {
      return new SetProperties(name, in.properties());
    }
    if (in.words("set", "location")) {
      return new SetLocation(name, in.string());
    }
    if (in.ahead("partition")) {
      throw SqlException.notSupported(
          "Cannot alter a partition: the local lake does not support it. Drop the partition and"
              + " add it again.");
    }
    return skip(in);
  }

  /** The statement is Trino's to run. */
  private static @Nullable Ddl skip(SqlReader in) {
    while (!in.done()) {
      in.take();
    }
    return null;
  }

  private static Map<String, String> partition(SqlReader in) {
    Map<String, String> values = new LinkedHashMap<>();
    in.expectSymbol("(");
    do {
      String column = in.identifier();
      in.expectSymbol("=");
      Token value = in.take();
      if (value.word("date")) {
        value = in.take();
      }
      if (value.kind() == Kind.SYMBOL) {
        throw in.wrong("a value is expected for " + column);
      }
      values.put(column, value.text());
    } while (in.symbol(","));
    in.expectSymbol(")");
    return values;
  }

  private static @Nullable Ddl show(SqlReader in) {
    if (in.words("databases") || in.words("schemas")) {
      in.words("like");
      return in.done() || isString(in)
          ? new ShowDatabases(in.done() ? null : in.string())
          : skip(in);
    }
    boolean views = in.ahead("views");
    if (in.words("tables") || in.words("views")) {
      String database = null;
      if (in.words("in") || in.words("from")) {
        Token first = in.peek();
        if (first != null && first.text().equalsIgnoreCase("iceberg")) {
          return skip(in);
        }
        Name name = in.name();
        database = name.table();
      }
      in.words("like");
      return new ShowTables(database, in.done() ? null : in.string(), views);
    }
    if (in.words("partitions")) {
      return new ShowPartitions(in.name());
    }
    if (in.words("columns")) {
      if (!in.words("in")) {
        in.expectWords("from");
      }
      Name table = in.name();
      if (in.words("in") || in.words("from")) {
        table = new Name(in.identifier(), table.table());
      }
      return new ShowColumns(table);
    }
    if (in.words("create", "table")) {
      Name name = catalogName(in);
      return name == null ? skip(in) : new ShowCreateTable(name);
    }
    if (in.words("tblproperties")) {
      Name name = in.name();
      String key = null;
      if (in.symbol("(")) {
        key = in.string();
        in.expectSymbol(")");
      }
      return new ShowProperties(name, key);
    }
    return skip(in);
  }

  private static boolean isString(SqlReader in) {
    Token token = in.peek();
    return token != null && token.kind() == Kind.STRING;
  }
}
