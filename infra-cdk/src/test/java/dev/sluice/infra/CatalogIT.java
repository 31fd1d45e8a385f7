package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsNode
class CatalogIT {

  @Test
  void everyTableIsAsTheCatalogDerivesItForTheDeployedBuckets() {
    LakeLayout deployed =
        new LakeLayout(
            "sluice-raw-111122223333-eu-central-1-an",
            "sluice-lake-111122223333-eu-central-1-an",
            "results");
    List<TableDefinition> expected =
        new Catalog(deployed).tables(Datasets.load(Synthesis.ROOT.resolve("datasets")));
    List<Synthesis.Resource> tables = Synthesis.shipped().resources("AWS::Glue::Table");
    assertThat(tables).hasSameSizeAs(expected);
    Intrinsics intrinsics = new Intrinsics(Synthesis.shipped());
    for (TableDefinition table : expected) {
      assertThat(tables)
          .anySatisfy(resource -> {
            assertThat(resource.at("DatabaseName")).isEqualTo(table.database());
            assertThat(intrinsics.resolve(resource, resource.at("TableInput")))
                .isEqualTo(table.tableInput());
          });
    }
  }

  @Test
  void everyDatabaseIsThere() {
    assertThat(Synthesis.shipped().resources("AWS::Glue::Database"))
        .extracting(database -> database.at("DatabaseInput"))
        .isEqualTo(Catalog.databases().stream().map(name -> Map.of("Name", name)).toList());
  }
}
