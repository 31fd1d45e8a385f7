package dev.sluice.infra;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.Jobs;
import dev.sluice.model.registry.Registry;
import java.nio.file.Path;

/**
 * What is deployed: the declared datasets, and the registry's functions, queues and notifications.
 *
 * @param root the repository's folder; jars are found below it
 * @param folder the folder of the declarations
 * @param datasets the declarations
 * @param registry with the default bucket names, which here only tell the buckets apart
 */
record Project(Path root, Path folder, Datasets datasets, Registry registry) {

  /** The project in that folder. */
  static Project at(Path root) {
    return at(root, root.resolve("datasets"));
  }

  /** The project in that folder, with the declarations of another. */
  static Project at(Path root, Path folder) {
    return new Project(root, folder, Datasets.load(folder), Registry.standard());
  }

  /** The declared jobs. */
  Jobs jobs() {
    return Jobs.load(folder, datasets);
  }

  Catalog catalog() {
    return new Catalog(registry.layout());
  }
}
