package dev.sluice.convert;

import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Converts a generated source of any size, for tests of memory in a JVM of their own. Arguments:
 * folder, bytes, partitions, threads. Prints what became of it as {@code key=value} lines.
 */
final class GeneratedConversion {
  private GeneratedConversion() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    long bytes = Long.parseLong(arguments[1]);
    int partitions = Integer.parseInt(arguments[2]);
    int threads = Integer.parseInt(arguments[3]);
    Dataset dataset =
        Declared.of(
            folder,
            """
            {"name": "id", "type": "long"},
            {"name": "part", "type": "string"},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "price", "type": "double"},
            {"name": "text", "type": "string"},
            {"name": "kind", "type": "string"},
            {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []}
            """,
            "partition: [part]");
    Generated source = new Generated(bytes, partitions);

    long began = System.nanoTime();
    Conversion conversion =
        new Converter(dataset, ConvertOptions.defaults().withThreads(threads))
            .convert(
                new Source("generated", "", "big", () -> source),
                folder.resolve("data"),
                folder.resolve("quarantine"),
                Progress.NONE);

    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        heap += pool.getPeakUsage().getUsed();
      }
    }
    System.out.println("bytes=" + conversion.bytesIn());
    System.out.println("generated=" + source.records);
    System.out.println("written=" + conversion.written());
    System.out.println("files=" + conversion.files().size());
    System.out.println("sum=" + conversion.files().stream().mapToLong(DataFile::rows).sum());
    System.out.println("peakHeapMiB=" + (heap >> 20));
    System.out.println("milliseconds=" + (System.nanoTime() - began) / 1_000_000);
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      List<String> lines = Files.readAllLines(status);
      lines.stream()
          .filter(l -> l.startsWith("VmHWM"))
          .forEach(l -> System.out.println("rssKiB=" + l.replaceAll("[^0-9]", "")));
    }
  }

  /** Records made up as they are read. */
  private static final class Generated extends InputStream {
    private final long wanted;
    private final int partitions;
    private final StringBuilder record = new StringBuilder();
    private byte[] current = new byte[0];
    private int at;
    private long given;
    private long random = 88172645463325252L;
    long records;

    Generated(long wanted, int partitions) {
      this.wanted = wanted;
      this.partitions = partitions;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("Read many bytes at a time");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      int n = 0;
      while (n < length) {
        if (at == current.length && !next()) {
          break;
        }
        int more = Math.min(length - n, current.length - at);
        System.arraycopy(current, at, bytes, offset + n, more);
        at += more;
        n += more;
      }
      return n == 0 ? -1 : n;
    }

    private boolean next() {
      if (given >= wanted) {
        return false;
      }
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
      long r = random >>> 1;
      record.setLength(0);
      record.append("{\"id\":").append(r).append(",\"part\":\"p").append(r % partitions);
      record.append("\",\"at\":\"2026-").append(10 + r % 3).append('-').append(10 + r % 18);
      record.append("T12:").append(10 + r % 50).append(":56.789Z\",\"price\":");
      record.append(r % 100_000 / 100.0).append(",\"text\":\"some words and ");
      record.append(Long.toHexString(random)).append("\",\"kind\":\"k").append(r % 20);
      record.append("\",\"tags\":[\"a\",\"b").append(r % 9).append("\"]}\n");
      current = record.toString().getBytes(StandardCharsets.US_ASCII);
      at = 0;
      given += current.length;
      records++;
      return true;
    }
  }
}
