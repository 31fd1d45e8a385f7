package dev.sluice.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command reads and writes, so that tests can stand in for the terminal.
 *
 * @param in standard input
 * @param out standard output, for results; UTF-8
 * @param err standard error, for progress and complaints; UTF-8
 * @param inTerminal whether a person types into {@code in}
 * @param outTerminal whether a person reads {@code out}
 * @param errTerminal whether a person reads {@code err}
 * @param environment the environment variables
 * @param root the folder of the Sluice checkout, with {@code datasets/} and the built jars
 */
public record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean outTerminal,
    boolean errTerminal,
    Map<String, String> environment,
    Path root) {
  public Console {
    environment = Map.copyOf(environment);
  }

  /**
   * The process's own. The launcher says which of the three are terminals ({@code
   * -Dsluice.terminals}) and where the checkout is ({@code -Dsluice.root}).
   */
  static Console system() {
    String terminals = System.getProperty("sluice.terminals", "");
    return new Console(
        System.in,
        new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, UTF_8),
        new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, UTF_8),
        terminals.contains("0"),
        terminals.contains("1"),
        terminals.contains("2"),
        System.getenv(),
        Path.of(System.getProperty("sluice.root", ".")).toAbsolutePath().normalize());
  }

  private static final java.nio.charset.Charset UTF_8 = StandardCharsets.UTF_8;

  /** Whether results may be coloured: on a terminal, unless {@code NO_COLOR} is set. */
  boolean colours() {
    return outTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }

  /** {@code text} in green, where colours are wanted. */
  String good(String text) {
    return colours() ? "\033[32m" + text + "\033[0m" : text;
  }

  /** {@code text} in red, where colours are wanted. */
  String bad(String text) {
    return colours() ? "\033[31m" + text + "\033[0m" : text;
  }

  /** {@code text} in bold, where colours are wanted. */
  String strong(String text) {
    return colours() ? "\033[1m" + text + "\033[0m" : text;
  }

  /** {@code text} dimmed, where colours are wanted. */
  String faint(String text) {
    return colours() ? "\033[2m" + text + "\033[0m" : text;
  }

  /** Shows a line that the next status replaces; only on a terminal. An empty one clears it. */
  void status(String line) {
    if (errTerminal) {
      err.print("\r\033[K" + line);
      err.flush();
    }
  }
}
