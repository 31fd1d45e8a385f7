package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.DuckDb;
import dev.sluice.convert.Codec;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One conversion in a process of its own; its last line of output is the CPU-seconds it took.
 *
 * <p>Ours counts everything since the process began, the start of the JVM included. DuckDB's counts
 * the {@code COPY} statement alone: it needs no JVM, and neither this one's start nor the unpacking
 * of its library is held against it.
 */
final class Once {
  private Once() {}

  /** Arguments: {@code ours} or {@code duckdb}, the declaration's folder, input, output, codec. */
  public static void main(String[] args) throws Exception {
    Dataset dataset = DatasetLoader.load(Path.of(args[1]));
    Path input = Path.of(args[2]);
    Path out = Path.of(args[3]);
    Codec codec = Codec.valueOf(args[4]);
    double seconds;
    if (args[0].equals("ours")) {
      Peer.ours(dataset, codec).convert(input, out);
      seconds =
          ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
    } else {
      try (DuckDb duck = new DuckDb(1)) {
        var system =
            (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        Peer peer = Peer.duckDb(duck, dataset, codec);
        long before = system.getProcessCpuTime();
        peer.convert(input, out);
        seconds = (system.getProcessCpuTime() - before) / 1e9;
      }
    }
    System.out.println(seconds);
  }
}
