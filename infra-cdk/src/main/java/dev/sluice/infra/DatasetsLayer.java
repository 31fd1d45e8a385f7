package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The declarations as a layer, without their samples. */
final class DatasetsLayer {
  /** Where a function finds it. */
  static final String MOUNTED = "/opt/datasets";

  private DatasetsLayer() {}

  /**
   * Gathers the declarations in a folder of the build, from nothing.
   *
   * @return the layer's root; Lambda unpacks it below {@code /opt}
   */
  static Path folder(Project project) {
    Path layer = project.root().resolve("infra-cdk/target/datasets-layer");
    try {
      delete(layer);
      Path to = layer.resolve("datasets");
      try (Stream<Path> tree = Files.walk(project.folder())) {
        for (Path file : tree.filter(DatasetsLayer::isDeclared).sorted().toList()) {
          Path copy = to.resolve(project.folder().relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
      return layer;
    } catch (IOException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS,
          "Cannot gather the declarations: " + e.getMessage() + ": " + layer,
          e);
    }
  }

  private static boolean isDeclared(Path file) {
    String name = String.valueOf(file.getFileName());
    return Files.isRegularFile(file) && !name.startsWith("sample.") && !name.startsWith(".");
  }

  private static void delete(Path folder) throws IOException {
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
}
