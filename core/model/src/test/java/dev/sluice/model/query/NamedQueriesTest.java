package dev.sluice.model.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.model.SluiceException;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NamedQueriesTest {
  private static final Path ROOT = Path.of(System.getProperty("sluice.root"), "datasets");
  private static final Datasets DATASETS = Datasets.load(ROOT);
  private static final NamedQueries QUERIES = NamedQueries.load(ROOT, DATASETS);

  @Test
  void everyFileOfTheDatasetsIsAQuery() {
    for (Dataset dataset : DATASETS.all()) {
      assertThat(QUERIES.all())
          .filteredOn(query -> query.group().equals(dataset.name()))
          .hasSameSizeAs(dataset.queries());
    }
  }

  @Test
  void thereAreQuestionsAboutTheLakeItself() {
    assertThat(QUERIES.all())
        .filteredOn(query -> query.group().equals(NamedQueries.OPS))
        .hasSizeGreaterThanOrEqualTo(6)
        .allSatisfy(query -> assertThat(query.sql()).contains("FROM ops."));
  }

  @Test
  void aNearNameIsPointedOut() {
    assertThatThrownBy(() -> QUERIES.get("clickstream/funel"))
        .isInstanceOf(SluiceException.class)
        .hasMessage("Cannot find the query clickstream/funel: did you mean 'clickstream/funnel'?");
  }
}
