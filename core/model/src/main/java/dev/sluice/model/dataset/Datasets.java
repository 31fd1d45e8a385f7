package dev.sluice.model.dataset;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All declared datasets, by name. */
public final class Datasets {
  private final Map<String, Dataset> byName;

  private Datasets(Map<String, Dataset> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /**
   * These datasets.
   *
   * @throws IllegalArgumentException when two have the same name
   */
  public static Datasets of(Collection<Dataset> datasets) {
    Map<String, Dataset> byName = new TreeMap<>();
    for (Dataset dataset : datasets) {
      if (byName.put(dataset.name(), dataset) != null) {
        throw new IllegalArgumentException("Two datasets are named " + dataset.name());
      }
    }
    return new Datasets(byName);
  }

  /**
   * Reads every folder of {@code root} that holds a {@code dataset.yaml}.
   *
   * @throws SluiceException {@code INVALID_DECLARATION} with every problem of every declaration, or
   *     when there is none; {@code FILE_ACCESS} when {@code root} cannot be listed
   */
  public static Datasets load(Path root) {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> children = Files.list(root)) {
      children
          .filter(child -> Files.exists(child.resolve(DatasetLoader.FILE)))
          .sorted()
          .forEach(folders::add);
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot load datasets: the folder cannot be listed: "
              + root
              + "\nName a folder that holds one folder per dataset.",
          e);
    }
    Problems problems = new Problems();
    if (folders.isEmpty()) {
      problems.add(
          root.toString(),
          "the folder",
          "none of its folders has a " + DatasetLoader.FILE,
          "name the folder that holds one folder per dataset");
    }
    List<Dataset> datasets = new ArrayList<>();
    for (Path folder : folders) {
      new DeclarationReader(folder, problems).read().ifPresent(datasets::add);
    }
    problems.throwIfAny("load datasets", root);
    return of(datasets);
  }

  /**
   * The dataset of that name.
   *
   * @throws SluiceException {@code UNKNOWN_DATASET}, naming the known ones
   */
  public Dataset get(String name) {
    return find(name)
        .orElseThrow(() ->
            new SluiceException(
                ErrorCode.UNKNOWN_DATASET,
                "Cannot find the dataset: no dataset is declared under that name: "
                    + name
                    + "\n"
                    + Similar.nearest(name, byName.keySet())
                        .map(near -> "Did you mean '" + near + "'? ")
                        .orElse("")
                    + "Declared: "
                    + String.join(", ", byName.keySet())
                    + "."));
  }

  /** The dataset of that name, if there is one. */
  public Optional<Dataset> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** All datasets, sorted by name. */
  public Collection<Dataset> all() {
    return byName.values();
  }
}
