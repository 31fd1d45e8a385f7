package dev.sluice.cli;

import dev.sluice.model.registry.Registry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice sql}. */
@Command(
    name = "sql",
    mixinStandardHelpOptions = true,
    description = {
      "Query the lake through the Athena API.",
      "",
      "With a statement or -f FILE: runs it and ends. Without, on a terminal: a console with history,"
          + " statements end with ; and \\? explains more. Without, in a pipe: runs the statements on"
          + " standard input.",
      "",
      "The datasets bring questions along, SQL files with a title and parameters: --queries lists"
          + " them, --query runs one. Values of parameters never become part of the statement."
    },
    footer = {
      "",
      "Exit codes: 0 all statements succeeded, 1 one failed (the rest is not run), 2 usage.",
      "",
      "  ./sluice sql \"SELECT location, avg(temperature) FROM silver.sensors GROUP BY 1\"",
      "  ./sluice sql --format csv -f report.sql > answer.csv",
      "  ./sluice sql --queries",
      "  ./sluice sql --query clickstream/funnel --param from=2024-03-01 --param to=2024-03-07"
    })
final class SqlCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "STATEMENT",
      description = "One or more statements, with ; between them.")
  private @Nullable String statement;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Run the statements in this file.")
  private @Nullable Path file;

  @Option(
      names = "--query",
      paramLabel = "NAME",
      description = "Run a declared query: dataset/name, or ops/name.")
  private @Nullable String query;

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A parameter of --query; what is not given has its default.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--queries",
      description = "List the declared queries with their parameters; with --query, describe it.")
  private boolean queries;

  @Option(
      names = "--datasets",
      paramLabel = "DIR",
      description = "The declarations (default: ./datasets, else those of the checkout).")
  private @Nullable Path datasets;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "table, csv or json: one object a line (default: ${DEFAULT-VALUE}).")
  private ResultFormat format = ResultFormat.TABLE;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description =
          "Where the Athena API answers (default: AWS_ENDPOINT_URL, else " + Aws.LOCAL + ").")
  private String endpoint = "";

  @Option(
      names = "--workgroup",
      paramLabel = "NAME",
      description =
          "The workgroup of Athena to ask in, whose place of results and scan limit hold (default:"
              + " ${DEFAULT-VALUE}, the lake's own).")
  private String workgroup = Registry.WORKGROUP;

  SqlCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<String> given = new ArrayList<>();
    if (statement != null) {
      given.add("a statement");
    }
    if (file != null) {
      given.add("-f " + file);
    }
    if (query != null) {
      given.add("--query " + query);
    }
    if (given.size() > 1) {
      throw Failure.usage("Cannot run both " + String.join(" and ", given) + ": give one of them.");
    }
    if (query == null && !parameters.isEmpty()) {
      throw Failure.usage("Cannot use --param: there is no --query that it belongs to.");
    }
    if (queries) {
      new Questions(console, datasets).print(query);
      return Main.OK;
    }
    try (Athena athena = new Athena(Aws.of(endpoint, console.environment()), workgroup)) {
      SqlRunner runner = new SqlRunner(console, athena, format);
      if (query != null) {
        return runner.named(new Questions(console, datasets).get(query), parameters)
            ? Main.OK
            : Main.FAILED;
      }
      if (statement != null) {
        return runner.script(statement);
      }
      if (file != null) {
        return runner.script(Files.readString(file));
      }
      if (console.inTerminal() && console.outTerminal()) {
        return new SqlConsole(console, athena, runner).run();
      }
      String script = new String(console.in().readAllBytes(), StandardCharsets.UTF_8);
      if (Statements.split(script).isEmpty()) {
        throw new Failure(
            "Cannot run anything: there is no statement on standard input. Give one as an"
                + " argument, or start ./sluice sql on a terminal.");
      }
      return runner.script(script);
    }
  }
}
