package dev.sluice.cli;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
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
   * @throws Failure when there is no such folder
   * @throws dev.sluice.model.SluiceException when the declaration makes no sense
   */
  static Dataset load(Console console, String named) {
    Path folder = Path.of(named);
    if (!folder.isAbsolute() && folder.getNameCount() == 1 && !declared(folder)) {
      for (Path datasets : new Path[] {Path.of("datasets"), console.root().resolve("datasets")}) {
        if (declared(datasets.resolve(named))) {
          return DatasetLoader.load(datasets.resolve(named));
        }
      }
    }
    if (!Files.isDirectory(folder)) {
      throw Failure.usage(
          "Cannot load a dataset: there is neither such a folder nor such a name in datasets/: "
              + named);
    }
    return DatasetLoader.load(folder);
  }

  /** {@code ./datasets}, or that of the checkout when there is none here. */
  static Path root(Console console) {
    Path here = Path.of("datasets");
    return Files.isDirectory(here) ? here : console.root().resolve("datasets");
  }

  private static boolean declared(Path folder) {
    return Files.exists(folder.resolve(DatasetLoader.FILE));
  }
}
