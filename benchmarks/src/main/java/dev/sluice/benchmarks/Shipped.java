package dev.sluice.benchmarks;

import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.DatasetLoader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The declarations that travel inside this module's jar. */
public final class Shipped {
  private Shipped() {}

  /**
   * Copies the declaration of that name into a folder below {@code folder}, and reads it there.
   *
   * @throws IOException when it cannot be written
   */
  public static Dataset dataset(String name, Path folder) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    for (String file : List.of(DatasetLoader.FILE, "schema.avsc")) {
      Files.write(own.resolve(file), bytes("datasets/" + name + "/" + file));
    }
    return DatasetLoader.load(own);
  }

  /** A file of this package's resources. */
  public static byte[] bytes(String resource) throws IOException {
    try (InputStream in = Shipped.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException("No resource: " + resource);
      }
      return in.readAllBytes();
    }
  }
}
