package dev.sluice.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.query.Views;
import dev.sluice.model.registry.LakeLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@NeedsNode
class CatalogIT {
  private static final Path DATASETS = Synthesis.ROOT.resolve("datasets");

  private static List<Synthesis.Resource> ofType(String type) {
    return Synthesis.shipped().resources("AWS::Glue::Table").stream()
        .filter(table -> type.equals(table.at("TableInput", "TableType")))
        .toList();
  }

  @Test
  void everyTableIsAsTheCatalogDerivesItForTheDeployedBuckets() {
    LakeLayout deployed =
        new LakeLayout(
            "sluice-raw-111122223333-eu-central-1-an",
            "sluice-lake-111122223333-eu-central-1-an",
            "results");
    List<TableDefinition> expected = new Catalog(deployed).tables(Datasets.load(DATASETS));
    List<Synthesis.Resource> tables = ofType(TableDefinition.TABLE_TYPE);
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

  /** Once CloudFormation has encoded its definition. */
  @Test
  void everyViewIsAsItIsDeclared() {
    List<ViewDefinition> expected = Views.load(DATASETS, Datasets.load(DATASETS));
    List<Synthesis.Resource> views = ofType(ViewDefinition.TABLE_TYPE);
    assertThat(views).isNotEmpty().hasSameSizeAs(expected);
    Intrinsics intrinsics = new Intrinsics(Synthesis.shipped());
    for (ViewDefinition view : expected) {
      assertThat(views)
          .anySatisfy(resource -> {
            assertThat(resource.at("DatabaseName")).isEqualTo(view.database());
            assertThat(intrinsics.resolve(resource, resource.at("TableInput")))
                .isEqualTo(view.tableInput());
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
