package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.convert.Codec;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.DatasetLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that converts one input whenever it is told to, on one thread. Several of them share
 * nothing but the machine, so they show what its cores are worth together.
 */
final class Warm implements AutoCloseable {
  private static final String DONE = "done";

  private final Process process;
  private final BufferedReader answers;

  private Warm(Process process) {
    this.process = process;
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static Warm start(Path declaration, Path input, Path out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Fresh.OPTIONS);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Warm.class.getName());
    command.add(declaration.toString());
    command.add(input.toString());
    command.add(out.toString());
    return new Warm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Has them convert at the same time; answers the seconds until the last is done. */
  static double together(List<Warm> processes) throws IOException {
    long start = System.nanoTime();
    for (Warm each : processes) {
      each.process.getOutputStream().write('\n');
      each.process.getOutputStream().flush();
    }
    for (Warm each : processes) {
      if (!DONE.equals(each.answers.readLine())) {
        throw new Failure("Cannot measure processes side by side: one failed, see above");
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Arguments: the declaration's folder, input, output. Each line of input is one conversion. */
  public static void main(String[] args) throws Exception {
    Path input = Path.of(args[1]);
    Path out = Path.of(args[2]);
    ConvertOptions options = ConvertOptions.defaults().withCodec(Codec.SNAPPY);
    Converter converter = new Converter(DatasetLoader.load(Path.of(args[0])), options);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (lines.readLine() != null) {
      Folders.fresh(out);
      converter.convert(
          new Source(input.toString(), "", "warm", () -> Files.newInputStream(input)),
          out,
          out.resolveSibling(out.getFileName() + "-quarantine"),
          Progress.NONE);
      System.out.println(DONE);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
