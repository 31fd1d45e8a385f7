package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The SQL console on a terminal. */
final class SqlConsole {
  private final Console console;
  private final Athena athena;
  private final SqlRunner runner;

  SqlConsole(Console console, Athena athena, SqlRunner runner) {
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
    CatalogNames names = new CatalogNames(athena);
    SqlCompletion completion = new SqlCompletion(names);
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("sluice")
            .parser(new UntilSemicolon())
            .completer((line, parsed, candidates) -> complete(completion, parsed, candidates))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ")
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .build();
    console
        .out()
        .println(
            "Statements end with ; and \\? lists the commands. \\d shows the tables, Tab completes.");
    while (true) {
      String text;
      try {
        text = reader.readLine("sluice> ");
      } catch (UserInterruptException e) {
        continue;
      } catch (EndOfFileException e) {
        return Main.OK;
      }
      runner.width(terminal.getSize().getColumns());
      for (String statement : Statements.split(text)) {
        if (statement.matches("\\\\q(uit)?\\s*")) {
          return Main.OK;
        }
        interruptible(terminal, statement);
        if (!statement.toLowerCase(Locale.ROOT).startsWith("select")) {
          names.forget();
        }
      }
    }
  }

  private static void complete(
      SqlCompletion completion, ParsedLine line, List<Candidate> candidates) {
    for (SqlCompletion.Proposal each : completion.proposals(line.line(), line.cursor())) {
      candidates.add(
          new Candidate(each.text(), each.text(), each.kind(), null, null, null, !each.open()));
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

  /** Keeps asking for lines while a statement is open, and finds the word to complete. */
  private static final class UntilSemicolon extends DefaultParser {
    UntilSemicolon() {
      setEscapeChars(null);
      setQuoteChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == Parser.ParseContext.ACCEPT_LINE && Statements.open(line)) {
        throw new EOFError(-1, cursor, "the statement is open");
      }
      if (context == Parser.ParseContext.COMPLETE) {
        return new Word(line, cursor, SqlCompletion.word(line, cursor));
      }
      return super.parse(line, cursor, context);
    }
  }

  /** The word before the cursor; a part of what stands between blanks, unlike in a shell. */
  private record Word(String line, int cursor, String word) implements ParsedLine {
    @Override
    public int wordCursor() {
      return word.length();
    }

    @Override
    public int wordIndex() {
      return 0;
    }

    @Override
    public List<String> words() {
      return List.of(word);
    }
  }
}
