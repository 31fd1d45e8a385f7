package dev.sluice.cli;

import dev.sluice.model.dataset.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the declarations that a command names. */
final class DatasetFolders {
  private DatasetFolders() {}

  /**
   * Loads a dataset.
   *
   * @param named a folder with a {@code dataset.yaml}, or the name of one in {@code ./datasets} or
   *     in the checkout's {@code datasets}
   */
  static Dataset load(Console console, String named) {
    throw new Failure("Cannot load a dataset: " + find(console, named));
  }

  private static Path find(Console console, String named) {
    Path folder = Path.of(named);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    return console.root().resolve("datasets").resolve(named);
  }
}
