package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.dataset.Datasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatasetsLayerTest {

  @Test
  void theLayerHoldsTheDeclarationsAndNoSamples() throws IOException {
    Path root = Path.of(System.getProperty("sluice.root"));
    Path layer = DatasetsLayer.folder(Project.at(root));
    assertThat(Datasets.load(layer.resolve("datasets")).all())
        .extracting(dataset -> dataset.name() + " " + dataset.fingerprint())
        .isEqualTo(
            Datasets.load(root.resolve("datasets")).all().stream()
                .map(dataset -> dataset.name() + " " + dataset.fingerprint())
                .toList());
    try (Stream<Path> files = Files.walk(layer)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> String.valueOf(f.getFileName())))
          .isNotEmpty()
          .noneMatch(name -> name.startsWith("sample"));
    }
  }
}
