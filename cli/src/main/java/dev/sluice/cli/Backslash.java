package dev.sluice.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** The commands of the SQL console that start with a backslash. */
final class Backslash {
  /** All commands, for completion. */
  static final List<String> COMMANDS =
      List.of(
          "\\?",
          "\\chart",
          "\\d",
          "\\dt",
          "\\dv",
          "\\export",
          "\\format",
          "\\help",
          "\\l",
          "\\plan",
          "\\q",
          "\\timing",
          "\\use");

  static final String HELP =
      """
      SELECT ... ;        run a statement; it may span lines and ends with ;
      \\d                  all tables
      \\d TABLE            the columns of a table: silver.sensors, or sensors
      \\dt [PATTERN]       tables, \\dv views: gold.*, or *day*
      \\l                  databases; \\use DATABASE: the one that plain names refer to
      \\plan [STATEMENT]   how Athena would run it; without one, the last statement
      \\timing [on|off]    tell where the time of each query goes
      \\chart [on|off]     bars of the last result of a label and a number; on: of each
      \\export FILE        write the last result to FILE: .csv, .json, .ndjson or .txt
      \\format FORMAT      how results are shown: table, csv, json
      \\help, \\?           this help; \\help sql: a few statements to begin with
      \\q                  leave (also Ctrl-D)
      Tab completes names and words, Ctrl-R searches earlier statements,
      Ctrl-C stops a query, or forgets the line.
      """;

  static final String LESSONS =
      """
      What is there, and how much:
        SELECT count(*), min(day), max(day) FROM silver.sensors;
      Read some days: a condition on a partition column keeps Athena from reading the others,
      and the line below each result tells what was read and what that costs on AWS:
        SELECT location, avg(temperature) FROM silver.sensors
        WHERE day BETWEEN '2024-01-01' AND '2024-01-07' GROUP BY 1 ORDER BY 2 DESC;
      The fields of a nested column, and the elements of a list:
        SELECT metadata.device_model, tag FROM silver.sensors
        CROSS JOIN UNNEST(metadata.tags) AS t (tag) LIMIT 10;
      What could not be loaded, and why:
        SELECT dataset, reason, count(*) FROM ops.quarantine GROUP BY 1, 2;
      Keep a result as a table, or as files:
        CREATE TABLE silver.mine WITH (format = 'PARQUET') AS SELECT ...;
        UNLOAD (SELECT ...) TO 's3://sluice-lake/mine/' WITH (format = 'JSON');
      Then \\d shows the columns of your own tables; ./sluice sql --queries lists declared questions.
      """;

  private final Console console;
  private final Athena athena;
  private final SqlRunner runner;

  Backslash(Console console, Athena athena, SqlRunner runner) {
    this.console = console;
    this.athena = athena;
    this.runner = runner;
  }

  void run(String line) {
    String[] words = line.replaceFirst(";\\s*$", "").strip().split("\\s+", 2);
    String argument = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "\\d" -> {
        if (argument.isEmpty()) {
          tables("*", false);
        } else {
          table(argument);
        }
      }
      case "\\dt" -> tables(argument.isEmpty() ? "*" : argument, false);
      case "\\dv" -> tables(argument.isEmpty() ? "*" : argument, true);
      case "\\l" -> databases();
      case "\\use" -> use(argument);
      case "\\plan" -> plan(argument);
      case "\\timing" -> {
        toggle(argument, runner.timing(), runner::timing);
        say("Timing is " + (runner.timing() ? "on." : "off."));
      }
      case "\\chart" -> chart(argument);
      case "\\export" -> export(argument);
      case "\\format" -> format(argument);
      case "\\?", "\\help" -> help(argument);
      default ->
          throw new Failure(
              "There is no command " + words[0] + ". \\? lists the commands there are.");
    }
  }

  private void say(String line) {
    console.out().println(line);
  }

  private void help(String topic) {
    switch (topic.toLowerCase(Locale.ROOT)) {
      case "" -> console.out().print(HELP);
      case "sql" -> console.out().print(LESSONS);
      default -> throw new Failure("There is no help on " + topic + ", but on sql: \\help sql");
    }
  }

  private static void toggle(String argument, boolean now, Consumer<Boolean> set) {
    switch (argument.toLowerCase(Locale.ROOT)) {
      case "" -> set.accept(!now);
      case "on" -> set.accept(true);
      case "off" -> set.accept(false);
      default -> throw new Failure("Cannot switch to " + argument + ": say on or off.");
    }
  }

  private void format(String name) {
    try {
      runner.format(ResultFormat.valueOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new Failure("There is no such format: " + name + ". There are table, csv and json.", e);
    }
  }

  private void databases() {
    Table table = new Table("database", "");
    for (String database : athena.databases()) {
      table.row(database, database.equals(athena.database()) ? "plain names refer to it" : "");
    }
    table.lines().forEach(console.out()::println);
  }

  private void use(String database) {
    if (!athena.databases().contains(database)) {
      throw new Failure(
          "There is no database "
              + database
              + ". There are: "
              + String.join(", ", athena.databases()));
    }
    athena.use(database);
    say("Plain names refer to " + database + ".");
  }

  private void plan(String statement) {
    String of = statement.isEmpty() ? runner.statement() : statement;
    if (of == null) {
      throw new Failure("There is no statement yet: give one, \\plan SELECT ...");
    }
    Athena.Answer plan = athena.query("EXPLAIN " + of);
    plan.rows().forEach(row -> say(String.valueOf(row.getFirst()).stripTrailing()));
  }

  private void chart(String argument) {
    if (!argument.isEmpty()) {
      toggle(argument, runner.charts(), runner::charts);
      say("Charts are " + (runner.charts() ? "on." : "off."));
      return;
    }
    BarChart chart =
        BarChart.of(runner.answer())
            .orElseThrow(() ->
                new Failure(
                    "Cannot draw the last result: a chart is of two columns, the second of"
                        + " numbers, and of 1 to 100 rows."));
    chart.lines(runner.width(), console.colours()).forEach(console.out()::println);
  }

  private void export(String name) {
    if (name.isEmpty()) {
      throw new Failure("Where to? \\export FILE, for instance \\export answer.csv");
    }
    Athena.Answer answer = runner.answer();
    String lower = name.toLowerCase(Locale.ROOT);
    ResultFormat format =
        lower.endsWith(".csv")
            ? ResultFormat.CSV
            : lower.matches(".*\\.(json|ndjson|jsonl)")
                ? ResultFormat.JSON
                : lower.endsWith(".txt") ? ResultFormat.TABLE : null;
    if (format == null) {
      throw new Failure(
          "Cannot tell the format of "
              + name
              + " by its ending: there are .csv, .json, .ndjson and .txt.");
    }
    Path file;
    try {
      file = Path.of(name);
      if (Files.exists(file)) {
        throw new Failure("Cannot export: the file is there already: " + file + ". Name another.");
      }
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        format.print(answer, out);
        if (out.checkError()) {
          throw new IOException("not all could be written");
        }
      }
    } catch (InvalidPathException | IOException e) {
      throw new Failure("Cannot export to " + name + ": " + e.getMessage(), e);
    }
    say(Units.count(answer.rows().size()) + " rows are in " + file + ".");
  }

  /** Tables by a pattern with {@code *}, of one database when it has a dot. */
  private void tables(String pattern, boolean views) {
    int dot = pattern.indexOf('.');
    String inDatabase = dot < 0 ? "*" : pattern.substring(0, dot);
    String named = pattern.substring(dot + 1);
    Table table = new Table(views ? "view" : "table", ">columns", "partitioned by");
    for (String database : athena.databases()) {
      if (!matches(database, inDatabase)) {
        continue;
      }
      for (TableMetadata each : athena.tables(database)) {
        boolean view = "VIRTUAL_VIEW".equals(each.tableType());
        if (matches(each.name(), named) && (view == views || pattern.equals("*") && !views)) {
          table.row(
              database + "." + each.name(),
              Units.count(each.columns().size()),
              String.join(", ", each.partitionKeys().stream().map(Column::name).toList()));
        }
      }
    }
    table.lines().forEach(console.out()::println);
  }

  private static boolean matches(String name, String pattern) {
    StringBuilder regex = new StringBuilder();
    for (String part : pattern.toLowerCase(Locale.ROOT).split("((?<=\\*)|(?=\\*))")) {
      regex.append(part.equals("*") ? ".*" : java.util.regex.Pattern.quote(part));
    }
    return name.toLowerCase(Locale.ROOT).matches(regex.toString());
  }

  private void table(String name) {
    String[] parts = name.split("\\.", 2);
    TableMetadata found =
        parts.length == 2
            ? athena.table(parts[0], parts[1])
            : athena.table(athena.database(), parts[0]);
    Table table = new Table("column", "type", "description");
    found.columns().forEach(c -> table.row(c.name(), text(c.type()), text(c.comment())));
    found
        .partitionKeys()
        .forEach(
            c -> table.row(c.name(), text(c.type()), ("partition. " + text(c.comment())).strip()));
    table.lines().forEach(console.out()::println);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
