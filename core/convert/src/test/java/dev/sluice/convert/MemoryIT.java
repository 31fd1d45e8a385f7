package dev.sluice.convert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final int HEAP = 192;

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
    convert(256L << 20, 300, 2, HEAP + 128);
  }

  @Test
  void hostileSourcesAreConvertedInAHeapOf192() throws Exception {
    Path log = folder.resolve("log");

    int exit = java(HostileConversion.class, 192, log);

    assertThat(exit).as(Files.readString(log)).isZero();
    assertThat(Files.readAllLines(log).stream().filter(line -> line.contains("={")))
        .containsExactly(
            "emptyRecordsOfManyColumns={WRITTEN=30000}",
            "emptyElementsOfManyColumns={TOO_MANY_VALUES=1, WRITTEN=50004}",
            "manyKeys={TOO_MANY_FIELDS=2, WRITTEN=2}",
            "longStrings={RECORD_TOO_LARGE=1, STRING_TOO_LONG=1, WRITTEN=3}",
            "deepAndLong={NUMBER_TOO_LONG=1, RECORD_TOO_LARGE=1, TOO_DEEP=2, WRITTEN=1}",
            "neverClosed={MALFORMED_JSON=1, RECORD_TOO_LARGE=1, WRITTEN=0}",
            "nothingButBadLines={MALFORMED_JSON=1000000, WRITTEN=0}",
            "spaces={WRITTEN=1}",
            "noLineFeed={WRITTEN=300000}",
            "emptyLines.csv={WRITTEN=1}",
            "nothingButBadRows.csv={MALFORMED_CSV=1000000, WRITTEN=0}",
            "largeCell.csv={RECORD_TOO_LARGE=1, WRITTEN=1}");
  }

  private void convert(long bytes, int partitions) throws Exception {
    convert(bytes, partitions, 1, HEAP);
  }

  private void convert(long bytes, int partitions, int threads, int heap) throws Exception {
    Path log = folder.resolve("log");
    int exit =
        java(
            GeneratedConversion.class,
            heap,
            log,
            String.valueOf(bytes),
            String.valueOf(partitions),
            String.valueOf(threads));
    Map<String, Long> figures = figures(log);
    assertThat(exit).as(Files.readString(log)).isZero();
    System.out.println(bytes + " bytes, " + partitions + " partitions: " + figures);
    assertThat(figures.get("bytes")).isGreaterThanOrEqualTo(bytes);
    assertThat(figures.get("written"))
        .isEqualTo(figures.get("generated"))
        .isEqualTo(figures.get("sum"));
    assertThat(figures.get("files")).isGreaterThanOrEqualTo(partitions);
  }

  /** Runs a program on the folder and waits for its end. */
  private int java(Class<?> program, int heap, Path log, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                folder.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
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
