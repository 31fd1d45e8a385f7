package dev.sluice.model.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ShippedDatasetsTest {

  @Test
  void theShippedDatasetsLoad() {
    Datasets datasets = Datasets.load(Path.of(System.getProperty("sluice.root"), "datasets"));

    assertThat(datasets.all())
        .extracting(Dataset::name)
        .contains("clickstream", "receipts", "sensors", "transactions");
  }
}
