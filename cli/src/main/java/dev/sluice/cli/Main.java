package dev.sluice.cli;

import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The {@code sluice} command. Exit codes: {@value #OK} all went well, {@value #FAILED} it failed or
 * an answer was wrong, {@value #USAGE} the command line makes no sense, {@value #QUARANTINED}
 * {@code convert} set records aside.
 */
@Command(name = "sluice", mixinStandardHelpOptions = true, versionProvider = VersionCommand.class)
public final class Main {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int QUARANTINED = 3;
  private static final int INTERRUPTED = 130;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(Console.system(), args));
  }

  /** Runs one command line and answers the exit code. Closes nothing of {@code console}. */
  public static int run(Console console, String... args) {
    if (args.length == 0 || (args.length == 1 && args[0].matches("help|-h|--help"))) {
      console.out().print(help());
      return OK;
    }
    Main main = new Main();
    CommandLine line = commands(main, console);
    line.setOut(new PrintWriter(console.out(), true));
    line.setErr(new PrintWriter(console.err(), true));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(console.colours() ? Ansi.ON : Ansi.OFF));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> main.explain(e, console));
    line.setParameterExceptionHandler((e, rest) -> {
      console.err().println("sluice: " + e.getMessage());
      CommandLine.UnmatchedArgumentException.printSuggestions(
          e, new PrintWriter(console.err(), true));
      String command = e.getCommandLine().getCommandSpec().qualifiedName(" ");
      console.err().println("Try: ./" + command + " --help");
      return USAGE;
    });
    int code = line.execute(args);
    console.out().flush();
    if (console.out().checkError() && code == OK) {
      console
          .err()
          .println("sluice: Cannot write all output: its reader went away, or the disk is full.");
      return FAILED;
    }
    return code;
  }

  static CommandLine commands(Console console) {
    return commands(new Main(), console);
  }

  private static CommandLine commands(Main main, Console console) {
    return new CommandLine(main)
        .addSubcommand(new DemoCommand(console))
        .addSubcommand(new UpCommand(console))
        .addSubcommand(new ConvertCommand(console))
        .addSubcommand(new SimulateCommand(console))
        .addSubcommand(new SqlCommand(console))
        .addSubcommand(new QuarantineCommand(console))
        .addSubcommand(new ReplayCommand(console))
        .addSubcommand(new AuditCommand(console))
        .addSubcommand(new ClockCommand(console))
        .addSubcommand(new JobsCommand(console))
        .addSubcommand(new RunCommand(console))
        .addSubcommand(new AcceptCommand(console))
        .addSubcommand(
            new CommandLine(new SchemaCommand()).addSubcommand(new SchemaPlanCommand(console)))
        .addSubcommand(new VersionCommand(console));
  }

  /** The text that teaches; the launcher prints the same file. */
  static String help() {
    try (InputStream in = Main.class.getResourceAsStream("help.txt")) {
      if (in == null) {
        throw new IllegalStateException("help.txt is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int explain(Throwable e, Console console) {
    if (Ending.isUnderway()) {
      return INTERRUPTED;
    }
    console.status("");
    if (verbose || !console.environment().getOrDefault("SLUICE_DEBUG", "").isEmpty()) {
      e.printStackTrace(console.err());
    }
    console.err().println("sluice: " + sentence(e));
    return e instanceof Failure failure ? failure.exitCode() : FAILED;
  }

  /** What went wrong, for people. */
  static String sentence(Throwable e) {
    return switch (e) {
      case SluiceException known -> String.valueOf(known.getMessage());
      case Failure known -> String.valueOf(known.getMessage());
      case UncheckedIOException wrapped when wrapped.getCause() != null ->
          sentence(wrapped.getCause());
      case NoSuchFileException file -> "Cannot read a file: it does not exist: " + file.getFile();
      case AccessDeniedException file ->
          "Cannot access a file: permission is denied: " + file.getFile();
      case FileSystemException file ->
          "Cannot access a file: " + reason(file.getReason()) + ": " + file.getFile();
      case IOException io -> "Cannot read or write: " + reason(io.getMessage());
      default ->
          "Cannot go on: a defect in Sluice: "
              + e
              + ". Run again with --verbose and report what it prints.";
    };
  }

  private static String reason(@Nullable String message) {
    return message == null ? "the system gives no reason" : message;
  }
}
