package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Folders that a command makes for itself. */
final class Folders {
  private Folders() {}

  /** A new folder, which is deleted at the end. */
  static Path temporary(Ending ending, String prefix) throws IOException {
    Path folder = Files.createTempDirectory(prefix);
    ending.add(() -> delete(folder));
    return folder;
  }

  /** Deletes a folder with all that is in it, or does nothing when there is none. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
