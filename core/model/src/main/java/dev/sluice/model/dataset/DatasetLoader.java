package dev.sluice.model.dataset;

import java.nio.file.Path;

/** Reads the declaration of one dataset from its folder. */
public final class DatasetLoader {
  /** The file that makes a folder a dataset. */
  public static final String FILE = "dataset.yaml";

  private DatasetLoader() {}

  /**
   * Reads and checks {@code dataset.yaml} and the schema it names. The folder's name is the
   * dataset's name.
   *
   * @throws dev.sluice.model.SluiceException {@code INVALID_DECLARATION} with every problem, one
   *     per line: file and line, thing, reason, way out
   */
  public static Dataset load(Path folder) {
    Problems problems = new Problems();
    var dataset = new DeclarationReader(folder, problems).read();
    problems.throwIfAny("load the dataset", folder);
    return dataset.orElseThrow(() -> new IllegalStateException("No dataset and no problem"));
  }
}
