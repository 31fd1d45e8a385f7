package dev.sluice.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders of files that come and go. */
public final class Folders {
  private Folders() {}

  /** Deletes {@code folder} with all in it, if it is there, and makes it anew. */
  public static Path fresh(Path folder) throws IOException {
    delete(folder);
    return Files.createDirectories(folder);
  }

  /** Deletes {@code folder} with all in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      List<Path> all;
      try (Stream<Path> tree = Files.walk(folder)) {
        all = tree.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path each : all) {
        Files.delete(each);
      }
    }
  }

  /** All regular files below {@code folder}, sorted. */
  public static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** Bytes of all files below {@code folder}. */
  public static long bytes(Path folder) throws IOException {
    long total = 0;
    for (Path file : files(folder)) {
      total += Files.size(file);
    }
    return total;
  }
}
