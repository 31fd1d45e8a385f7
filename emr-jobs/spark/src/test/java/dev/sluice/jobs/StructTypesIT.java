package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.registry.LakeLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Spark has the columns that {@link Catalog} derives. That Glue, the files and Trino have them,
 * too, is held by {@code SchemasAgreeIT} of the command.
 */
class StructTypesIT {

  static List<Dataset> shipped() {
    return List.copyOf(Datasets.load(SharedSpark.ROOT.resolve("datasets")).all());
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void sparkHasTheColumnsThatGlueHas(Dataset dataset) {
    TableDefinition table = new Catalog(LakeLayout.defaults()).silver(dataset);
    Map<String, DataType> glue = new LinkedHashMap<>();
    Stream.concat(table.columns().stream(), table.partitionKeys().stream())
        .forEach(column -> glue.put(column.name(), spark(column)));
    Map<String, DataType> own = new LinkedHashMap<>();
    for (StructField field : StructTypes.silver(dataset).fields()) {
      own.put(field.name(), field.dataType());
    }
    assertThat(own).containsExactlyInAnyOrderEntriesOf(glue);
  }

  private static DataType spark(Column column) {
    return DataType.fromDDL(column.type());
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void aSampleFitsTheFrame(Dataset dataset) {
    assertThat(
            SharedSpark.spark()
                .read()
                .schema(StructTypes.silver(dataset))
                .json(
                    SharedSpark.ROOT
                        .resolve("datasets")
                        .resolve(dataset.name())
                        .resolve("sample.ndjson")
                        .toString())
                .count())
        .isPositive();
  }
}
