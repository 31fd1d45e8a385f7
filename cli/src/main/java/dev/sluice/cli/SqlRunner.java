package dev.sluice.cli;

import dev.sluice.model.query.NamedQuery;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs statements and commands one after the other, and remembers what the next may refer to. */
final class SqlRunner {
  private final Console console;
  private final Athena athena;
  private ResultFormat format;
  private boolean timing;
  private boolean charts;
  private int width = 80;
  private @Nullable String statement;
  private Athena.@Nullable Answer answer;

  SqlRunner(Console console, Athena athena, ResultFormat format) {
    this.console = console;
    this.athena = athena;
    this.format = format;
  }

  void format(ResultFormat other) {
    format = other;
  }

  /** Whether the parts of each query's time are told. */
  boolean timing() {
    return timing;
  }

  void timing(boolean on) {
    timing = on;
  }

  /** Whether a chart follows each result that one can be drawn of. */
  boolean charts() {
    return charts;
  }

  void charts(boolean on) {
    charts = on;
  }

  /** How many columns the terminal has. */
  int width() {
    return width;
  }

  void width(int columns) {
    width = columns > 0 ? columns : 80;
  }

  /** The statement that ran last, or null. */
  @Nullable String statement() {
    return statement;
  }

  /**
   * The result of the last statement that had one.
   *
   * @throws Failure when there is none
   */
  Athena.Answer answer() {
    if (answer == null) {
      throw new Failure("There is no result yet: run a statement first.");
    }
    return answer;
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
    if (each.startsWith("\\")) {
      return told("", () -> new Backslash(console, athena, this).run(each));
    }
    return told(each, () -> run(each, List.of()));
  }

  /**
   * Runs a declared query, and tells whether it succeeded.
   *
   * @throws dev.sluice.model.SluiceException when a parameter is unknown, or a value not of its
   *     type
   */
  boolean named(NamedQuery query, java.util.Map<String, String> values) {
    List<String> literals = query.literals(values);
    return told(query.positionalSql(), () -> run(query.positionalSql(), literals));
  }

  private void run(String sql, List<String> literals) {
    long start = System.nanoTime();
    Athena.Answer given = athena.query(sql, literals);
    Duration whole = Duration.ofNanos(System.nanoTime() - start);
    statement = sql;
    if (!given.columns().isEmpty()) {
      answer = given;
    }
    format.print(given, console);
    if (format != ResultFormat.TABLE) {
      return;
    }
    if (charts) {
      BarChart.of(given)
          .ifPresent(
              chart -> chart.lines(width, console.colours()).forEach(console.out()::println));
    }
    console.out().flush();
    console.err().println(console.faint(summary(given, whole)));
    if (timing) {
      Athena.Times times = given.times();
      console
          .err()
          .println(
              console.faint(
                  "queued "
                      + Units.duration(times.queued())
                      + ", planned "
                      + Units.duration(times.planning())
                      + ", executed "
                      + Units.duration(times.engine())
                      + ", Athena's total "
                      + Units.duration(times.total())
                      + ", with the way there and back "
                      + Units.duration(whole)));
    }
  }

  private static String summary(Athena.Answer answer, Duration whole) {
    return Units.count(answer.rows().size())
        + (answer.rows().size() == 1 ? " row, " : " rows, ")
        + Units.duration(whole)
        + ", "
        + Units.bytes(answer.bytesScanned())
        + " scanned"
        + ScanPrice.of(answer.bytesScanned()).map(price -> ", " + price + " on AWS").orElse("");
  }

  private boolean told(String sql, Runnable work) {
    try {
      work.run();
      return true;
    } catch (Failure e) {
      console.out().flush();
      String message = String.valueOf(e.getMessage());
      console.err().println(console.bad(message));
      ErrorPlace.lines(sql, message).forEach(console.err()::println);
      return false;
    }
  }
}
