package dev.sluice.benchmarks;

import dev.sluice.benchmarks.convert.ConvertCommand;
import dev.sluice.benchmarks.convert.MemoryCommand;
import dev.sluice.benchmarks.convert.ThreadsCommand;
import dev.sluice.benchmarks.formats.FormatsCommand;
import dev.sluice.benchmarks.jobs.JobsCommand;
import dev.sluice.benchmarks.micro.MicroCommand;
import dev.sluice.benchmarks.reliability.ReliabilityCommand;
import dev.sluice.benchmarks.start.StartCommand;
import dev.sluice.model.SluiceException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * {@code sluice bench}. Exit codes: 0 measured; 1 it failed, or an answer was wrong; 2 the command
 * line makes no sense.
 */
@Command(
    name = "sluice bench",
    mixinStandardHelpOptions = true,
    description = "Measure, each time behind a correctness gate.")
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  private Main(CommandSpec none) {
    spec = none;
  }

  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    Path root = Path.of(System.getProperty("sluice.root", ".")).toAbsolutePath().normalize();
    System.exit(run(new Place(out, err, root, root.resolve("benchmarks/target/bench")), args));
  }

  /** Runs one command line and answers the exit code. */
  static int run(Place place, String... args) {
    Main main = new Main(CommandSpec.create());
    CommandLine line =
        new CommandLine(main)
            .addSubcommand(new ConvertCommand(place))
            .addSubcommand(new ThreadsCommand(place))
            .addSubcommand(new MemoryCommand(place))
            .addSubcommand(new FormatsCommand(place))
            .addSubcommand(new MicroCommand(place))
            .addSubcommand(new JobsCommand(place))
            .addSubcommand(new StartCommand(place))
            .addSubcommand(new ReliabilityCommand(place));
    line.setOut(new PrintWriter(place.out(), true));
    line.setErr(new PrintWriter(place.err(), true));
    line.setUsageHelpWidth(100);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, result) -> {
      if (main.verbose) {
        e.printStackTrace(place.err());
      }
      boolean known = e instanceof Failure || e instanceof SluiceException;
      place.err().println("sluice: " + (known ? e.getMessage() : "Cannot measure: " + e));
      return 1;
    });
    return line.execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Say what to measure.");
  }
}
