package dev.sluice.benchmarks.convert;

import dev.sluice.convert.Conversion;
import dev.sluice.convert.ConvertOptions;
import dev.sluice.convert.Converter;
import dev.sluice.convert.Progress;
import dev.sluice.convert.Source;
import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One conversion of generated text in a process of its own; its last line of output is the most
 * memory that was resident, in KiB.
 */
final class MemoryOnce {
  private static final int PIPE = 1 << 20;

  private MemoryOnce() {}

  /** Arguments: the declaration's folder, output, bytes of input, threads. */
  public static void main(String[] args) throws Exception {
    Path out = Path.of(args[1]);
    long bytes = Long.parseLong(args[2]);
    AtomicLong generated = new AtomicLong();
    PipedInputStream in = new PipedInputStream(PIPE);
    PipedOutputStream text = new PipedOutputStream(in);
    Thread generator =
        new Thread(() -> {
          try {
            generated.set(StandardInput.CLICKS.write(text, 42, Long.MAX_VALUE, bytes));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    generator.setDaemon(true);
    generator.start();
    ConvertOptions options = ConvertOptions.defaults().withThreads(Integer.parseInt(args[3]));
    Conversion done =
        new Converter(DatasetLoader.load(Path.of(args[0])), options)
            .convert(
                new Source("generated", "", "memory", () -> in),
                out,
                out.resolveSibling("quarantine"),
                Progress.NONE);
    generator.join();
    if (done.written() != generated.get()) {
      throw new IllegalStateException(done.written() + " records of " + generated.get());
    }
    System.out.println(
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .map(line -> line.replaceAll("[^0-9]", ""))
            .findFirst()
            .orElse("0"));
  }
}
