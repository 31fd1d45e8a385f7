package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The SQL console on a terminal. */
final class SqlConsole {
  private final Console console;
  private final Athena athena;
  private final SqlCommand.SqlRunner runner;

  SqlConsole(Console console, Athena athena, SqlCommand.SqlRunner runner) {
    this.console = console;
    this.athena = athena;
    this.runner = runner;
  }

  int run() throws IOException {
    athena.databases();
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      return run(terminal, Path.of(System.getProperty("user.home"), ".sluice_history"));
    }
  }

  /** Reads and runs statements until {@code \q} or the end of input. */
  int run(Terminal terminal, Path history) {
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("sluice")
            .parser(new UntilSemicolon())
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ")
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
    console
        .out()
        .println("Statements end with ; and \\? lists the commands. \\d shows the tables.");
    while (true) {
      String text;
      try {
        text = reader.readLine("sluice> ");
      } catch (UserInterruptException e) {
        continue;
      } catch (EndOfFileException e) {
        return Main.OK;
      }
      for (String statement : Statements.split(text)) {
        if (statement.matches("\\\\q\\s*")) {
          return Main.OK;
        }
        interruptible(terminal, statement);
      }
    }
  }

  // Ctrl-C stops the query, not the console.
  private void interruptible(Terminal terminal, String statement) {
    Thread worker = Thread.currentThread();
    Terminal.SignalHandler before =
        terminal.handle(Terminal.Signal.INT, signal -> worker.interrupt());
    try {
      runner.one(statement);
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
      Thread.interrupted();
    }
  }

  /** Keeps asking for lines while a statement is open. */
  private static final class UntilSemicolon extends DefaultParser {
    UntilSemicolon() {
      setEscapeChars(null);
      setQuoteChars(new char[0]);
    }

    @Override
    public org.jline.reader.ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == Parser.ParseContext.ACCEPT_LINE && Statements.open(line)) {
        throw new EOFError(-1, cursor, "the statement is open");
      }
      return super.parse(line, cursor, context);
    }
  }
}
