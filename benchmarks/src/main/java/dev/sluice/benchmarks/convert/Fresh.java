package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Cpu;
import dev.sluice.benchmarks.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@link Once} in fresh JVMs. */
final class Fresh {
  /** What such a JVM is started with: what fits a function with 1 GB, as the launcher sets it. */
  static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-Xmx768m");

  private static final long MOST_MINUTES = 20;

  private final List<String> options;

  private Fresh(List<String> options) {
    this.options = options;
  }

  static Fresh plain() {
    return new Fresh(OPTIONS);
  }

  /** With the quick compiler only, as Lambda starts Java. */
  static Fresh quickCompilerOnly() {
    List<String> all = new ArrayList<>(OPTIONS);
    all.add("-XX:TieredStopAtLevel=1");
    return new Fresh(all);
  }

  /**
   * As the launcher starts {@code convert} for inputs below 1 GB: with the quick compiler, and
   * parsed classes kept in {@code archive}, which the first run writes.
   */
  static Fresh launched(Path archive) {
    List<String> all = new ArrayList<>(quickCompilerOnly().options);
    all.add("-XX:+AutoCreateSharedArchive");
    all.add("-XX:SharedArchiveFile=" + archive);
    all.add("-Xlog:disable");
    all.add("-Xlog:all=off:stderr");
    return new Fresh(all);
  }

  /** CPU as the process tells it, wall time as it is seen from here. */
  Cpu run(String peer, Path declaration, Path input, Path out, String codec)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Once.class.getName());
    command.add(peer);
    command.add(declaration.toString());
    command.add(input.toString());
    command.add(out.toString());
    command.add(codec);
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new Failure(
            "Cannot measure a fresh process: it failed, see above: " + peer + " " + input);
      }
      double wall = (System.nanoTime() - start) / 1e9;
      String last = output.substring(output.lastIndexOf('\n') + 1);
      return new Cpu(Double.parseDouble(last), wall);
    } finally {
      process.destroyForcibly();
    }
  }
}
