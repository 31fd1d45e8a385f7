package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code sluice version}. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Show the version of Sluice and of Java.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final Console console;

  VersionCommand() {
    this(Console.system());
  }

  VersionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    for (String line : getVersion()) {
      console.out().println(line);
    }
    return Main.OK;
  }

  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {
      "sluice " + (version == null ? "(not packaged)" : version),
      "java " + Runtime.version() + " (" + System.getProperty("java.vm.vendor") + ")"
    };
  }
}
