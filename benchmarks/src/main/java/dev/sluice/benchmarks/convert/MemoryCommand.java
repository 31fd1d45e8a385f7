package dev.sluice.benchmarks.convert;

import dev.sluice.benchmarks.Failure;
import dev.sluice.benchmarks.Folders;
import dev.sluice.benchmarks.Machine;
import dev.sluice.benchmarks.NumbersFile;
import dev.sluice.benchmarks.Place;
import dev.sluice.benchmarks.Shipped;
import dev.sluice.benchmarks.Text;
import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sluice bench memory}. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = {
      "Measure the smallest heap in which the converter works, with default settings, for small and"
          + " large inputs, few and many partitions.",
      "Each try is a process of its own that must count every record it was given."
    })
public final class MemoryCommand implements Callable<Integer> {
  private static final int STEP = 8;
  private static final int LEAST = 32;
  private static final int MOST = 512;
  private static final long MEGABYTE = 1_000_000;
  private static final long MOST_MINUTES = 60;

  private final Place place;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      split = ",",
      defaultValue = "100,2000",
      description = "Sizes of the input. Default: 100,2000.")
  private long[] megabytes = {};

  @Option(
      names = "--partitions",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2000",
      description = "Numbers of partitions. Default: 1,2000.")
  private int[] partitions = {};

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads. Default: 1,2.")
  private int[] threads = {};

  @Option(
      names = "--date",
      paramLabel = "DATE",
      defaultValue = "",
      description = "Written into the report as it is.")
  private String date = "";

  @Option(names = "--no-write", description = "Do not write docs/numbers.md.")
  private boolean noWrite;

  public MemoryCommand(Place place) {
    this.place = place;
  }

  @Override
  public Integer call() throws Exception {
    List<String> lines = new ArrayList<>();
    lines.add("## Memory of the converter");
    lines.add("");
    lines.add(
        "Written by `./sluice bench memory`"
            + (date.isEmpty() ? "; no date was given." : " on " + date + "."));
    lines.add("");
    lines.addAll(Machine.look().lines());
    lines.add(
        "- The smallest heap (`-Xmx`, in steps of "
            + STEP
            + " MiB, serial collector) in which the input is converted, with default settings, and"
            + " the most memory that the process then had resident: heap, classes, compiled code,"
            + " buffers of the file system's. Input is generated while it is read.");
    lines.add("- Gate: as many records in the files as were generated.");
    lines.add("");
    lines.add("| input | partitions | threads | smallest heap | resident |");
    lines.add("|---|---|---|---|---|");
    Path work = Folders.fresh(place.work().resolve("memory"));
    try {
      for (int thread : threads) {
        for (int partition : partitions) {
          int heap = LEAST;
          for (long size : megabytes) {
            // A larger input needs as much at least.
            Try smallest = smallest(work, size, partition, thread, heap);
            heap = smallest.heap();
            lines.add(
                "| "
                    + Text.bytes(size * MEGABYTE)
                    + " | "
                    + Text.count(partition)
                    + " | "
                    + thread
                    + " | **"
                    + heap
                    + " MiB** | "
                    + smallest.resident() / 1024
                    + " MiB |");
          }
        }
      }
    } finally {
      Folders.delete(work);
    }
    if (!noWrite) {
      NumbersFile.write(place.root().resolve("docs/numbers.md"), "bench memory", lines);
    }
    lines.forEach(place.out()::println);
    return 0;
  }

  /**
   * A conversion that succeeded.
   *
   * @param resident the most, in KiB
   */
  private record Try(int heap, long resident) {}

  private Try smallest(Path work, long size, int partitions, int threads, int from)
      throws IOException, InterruptedException {
    for (int heap = from; heap <= MOST; heap += STEP) {
      place.progress(
          size + " MB, " + partitions + " partitions, " + threads + " threads: " + heap + " MiB");
      long resident = resident(work, size, partitions, threads, heap);
      if (resident >= 0) {
        return new Try(heap, resident);
      }
    }
    throw new Failure("Cannot convert in a heap of " + MOST + " MiB: " + size + " MB");
  }

  /** The most resident memory in KiB, or -1 when the heap was too small. */
  private long resident(Path work, long size, int partitions, int threads, int heap)
      throws IOException, InterruptedException {
    Path folder = Folders.fresh(work.resolve("run"));
    Shipped.dataset(StandardInput.CLICKS.dataset(), folder);
    Path declaration = folder.resolve(StandardInput.CLICKS.dataset());
    Files.writeString(
        declaration.resolve(DatasetLoader.FILE),
        "name: clicks\nschema: schema.avsc\n"
            + (partitions == 1 ? "" : "partition: [\"bucket(" + partitions + ", user_id)\"]\n"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryOnce.class.getName(),
                declaration.toString(),
                folder.resolve("out").toString(),
                String.valueOf(size * MEGABYTE),
                String.valueOf(threads))
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
        throw new Failure("Cannot measure memory: it took more than " + MOST_MINUTES + " minutes");
      }
      if (process.exitValue() != 0) {
        if (output.contains("OutOfMemoryError")) {
          return -1;
        }
        throw new Failure("Cannot measure memory: the conversion failed: " + output.strip());
      }
      return Long.parseLong(output.strip().lines().reduce((a, b) -> b).orElseThrow());
    } finally {
      process.destroyForcibly();
    }
  }
}
