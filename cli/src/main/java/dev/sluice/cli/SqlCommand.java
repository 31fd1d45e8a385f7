package dev.sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
          + " standard input."
    },
    footer = {
      "",
      "Exit codes: 0 all statements succeeded, 1 one failed (the rest is not run), 2 usage.",
      "",
      "  ./sluice sql \"SELECT location, avg(temperature) FROM silver.sensors GROUP BY 1\"",
      "  ./sluice sql --format csv -f datasets/sensors/queries/average_by_location.sql > answer.csv"
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

  SqlCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (statement != null && file != null) {
      throw Failure.usage("Cannot run both a statement and -f " + file + ": give one of them.");
    }
    try (Athena athena = new Athena(Aws.of(endpoint, console.environment()))) {
      SqlRunner runner = new SqlRunner(console, athena, format);
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

  /** Runs statements one after the other. */
  static final class SqlRunner {
    private final Console console;
    private final Athena athena;
    private ResultFormat format;

    SqlRunner(Console console, Athena athena, ResultFormat format) {
      this.console = console;
      this.athena = athena;
      this.format = format;
    }

    void format(ResultFormat other) {
      format = other;
    }

    int script(String text) {
      List<String> statements = Statements.split(text);
      if (statements.isEmpty()) {
        throw new Failure("Cannot run anything: there is no statement in the text.");
      }
      for (String each : statements) {
        if (!one(each)) {
          return Main.FAILED;
        }
      }
      return Main.OK;
    }

    /** Whether it succeeded; if not, Athena's message is on standard error. */
    boolean one(String each) {
      long start = System.nanoTime();
      try {
        if (each.startsWith("\\")) {
          new Backslash(console, athena, this).run(each);
          return true;
        }
        Athena.Answer answer = athena.query(each);
        format.print(answer, console);
        if (format == ResultFormat.TABLE) {
          console
              .err()
              .println(
                  console.faint(
                      Units.count(answer.rows().size())
                          + (answer.rows().size() == 1 ? " row, " : " rows, ")
                          + Units.duration(java.time.Duration.ofNanos(System.nanoTime() - start))
                          + ", "
                          + Units.bytes(answer.bytesScanned())
                          + " scanned"));
        }
        return true;
      } catch (Failure e) {
        console.out().flush();
        console.err().println(console.bad(String.valueOf(e.getMessage())));
        return false;
      }
    }
  }
}
