package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Measures the resident memory of this process and all its descendants together, on Linux. Pages
 * that processes share are counted once for each, so the truth is a little below.
 */
final class Memory implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final Duration INTERVAL = Duration.ofMillis(500);

  private final Thread sampler;
  private volatile long peak;
  private volatile int processes;

  private Memory() {
    sampler = Thread.ofVirtual().name("memory").unstarted(this::sample);
  }

  static Memory watch() {
    Memory memory = new Memory();
    if (Files.isReadable(PROC.resolve("self/statm"))) {
      memory.sampler.start();
    }
    return memory;
  }

  /** The most bytes seen at one time; empty where the system does not tell. */
  OptionalLong peak() {
    return peak == 0 ? OptionalLong.empty() : OptionalLong.of(peak);
  }

  /** The most processes seen at one time. */
  int processes() {
    return processes;
  }

  private void sample() {
    try {
      while (!Thread.interrupted()) {
        long[] all =
            Stream.concat(Stream.of(ProcessHandle.current()), ProcessHandle.current().descendants())
                .mapToLong(process -> resident(process.pid()))
                .filter(bytes -> bytes > 0)
                .toArray();
        peak = Math.max(peak, LongStream.of(all).sum());
        processes = Math.max(processes, all.length);
        Thread.sleep(INTERVAL);
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }

  private static long resident(long pid) {
    try {
      String status = Files.readString(PROC.resolve(Long.toString(pid)).resolve("status"));
      return status
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      // It has ended in between.
      return 0;
    }
  }

  @Override
  public void close() {
    sampler.interrupt();
  }
}
