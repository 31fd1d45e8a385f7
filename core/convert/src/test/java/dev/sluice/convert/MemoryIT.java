package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large sources in small JVMs, with the default options: the same small heap whatever the size of
 * the source and the number of its partitions.
 */
class MemoryIT {
  private static final int HEAP = 96;

  @TempDir Path folder;

  @Test
  void aSourceOf64MegabytesIsConvertedInASmallHeap() throws Exception {
    convert(64L << 20, 1);
  }

  @Test
  void aSourceOf512MegabytesIsConvertedInTheSameHeap() throws Exception {
    convert(512L << 20, 30);
  }

  @Test
  void twoThousandPartitionsAreConvertedInTheSameHeap() throws Exception {
    convert(256L << 20, 2_000);
  }

  @Test
  @EnabledIfSystemProperty(named = "sluice.memory.large", matches = "true")
  void aSourceOf2GigabytesIsConvertedInTheSameHeap() throws Exception {
    convert(2L << 30, 2_000);
  }

  @Test
  void aSecondThreadTakesNotMuchMore() throws Exception {
    convert(256L << 20, 300, 2, HEAP + 64);
  }

  private void convert(long bytes, int partitions) throws Exception {
    convert(bytes, partitions, 1, HEAP);
  }

  private void convert(long bytes, int partitions, int threads, int heap) throws Exception {
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                GeneratedConversion.class.getName(),
                folder.toString(),
                String.valueOf(bytes),
                String.valueOf(partitions),
                String.valueOf(threads))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    Map<String, Long> figures = figures(log);
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    System.out.println(bytes + " bytes, " + partitions + " partitions: " + figures);
    assertThat(figures.get("bytes")).isGreaterThanOrEqualTo(bytes);
    assertThat(figures.get("written"))
        .isEqualTo(figures.get("generated"))
        .isEqualTo(figures.get("sum"));
    assertThat(figures.get("files")).isGreaterThanOrEqualTo(partitions);
  }

  private static Map<String, Long> figures(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return lines.stream()
        .filter(l -> l.matches("[A-Za-z]+=[0-9]+"))
        .collect(
            Collectors.toMap(
                l -> l.substring(0, l.indexOf('=')),
                l -> Long.parseLong(l.substring(l.indexOf('=') + 1))));
  }
}
