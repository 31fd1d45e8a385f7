package dev.sluice.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/** The commands of the SQL console that start with a backslash. */
final class Backslash {
  static final String HELP =
      """
      SELECT ... ;        run a statement; it may span lines
      \\d                  all tables
      \\d TABLE            the columns of a table: silver.sensors, or sensors
      \\format FORMAT      how results are shown: table, csv, json
      \\?                  this help
      \\q                  leave (also Ctrl-D)
      Ctrl-C stops a query, or forgets the line.
      """;

  private final Console console;
  private final Athena athena;
  private final SqlCommand.SqlRunner runner;

  Backslash(Console console, Athena athena, SqlCommand.SqlRunner runner) {
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
          tables();
        } else {
          table(argument);
        }
      }
      case "\\format" -> format(argument);
      case "\\?" -> console.out().print(HELP);
      default ->
          throw new Failure(
              "There is no command " + words[0] + ". \\? lists the commands there are.");
    }
  }

  private void format(String name) {
    try {
      runner.format(ResultFormat.valueOf(name.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      throw new Failure("There is no such format: " + name + ". There are table, csv and json.", e);
    }
  }

  private void tables() {
    Table table = new Table("table", ">columns", "partitioned by");
    for (String database : athena.databases()) {
      for (TableMetadata each : athena.tables(database)) {
        table.row(
            database + "." + each.name(),
            Units.count(each.columns().size()),
            String.join(", ", each.partitionKeys().stream().map(Column::name).toList()));
      }
    }
    table.lines().forEach(console.out()::println);
  }

  private void table(String name) {
    String[] parts = name.split("\\.", 2);
    TableMetadata found =
        parts.length == 2 ? athena.table(parts[0], parts[1]) : athena.table("silver", parts[0]);
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
