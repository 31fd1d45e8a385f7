package dev.sluice.books;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folder for files on their way, one per process; those of dead processes are removed. */
public final class Scratch {
  private static final String PREFIX = "sluice-ingest-";

  private Scratch() {}

  /** This process's folder below {@code parent}, empty. */
  public static Path prepare(Path parent) {
    long self = ProcessHandle.current().pid();
    try {
      Files.createDirectories(parent);
      List<Path> folders;
      try (Stream<Path> children = Files.list(parent)) {
        folders = children.filter(p -> String.valueOf(p.getFileName()).startsWith(PREFIX)).toList();
      }
      for (Path folder : folders) {
        String digits = String.valueOf(folder.getFileName()).substring(PREFIX.length());
        if (digits.matches("[0-9]{1,18}") && isOver(Long.parseLong(digits), self)) {
          deleteTree(folder);
        }
      }
      return Files.createDirectories(parent.resolve(PREFIX + self));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOver(long pid, long self) {
    return pid == self || ProcessHandle.of(pid).isEmpty();
  }

  static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
