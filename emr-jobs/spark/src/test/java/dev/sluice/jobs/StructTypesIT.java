package dev.sluice.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.dataset.Dataset;
import dev.sluice.model.registry.LakeLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructTypesIT {

  @ParameterizedTest
  @ValueSource(strings = {"sensors", "receipts", "transactions", "clickstream"})
  void sparkHasTheColumnsThatGlueHas(String name) {
    Dataset dataset = SharedSpark.dataset(name);
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
  @ValueSource(strings = {"sensors", "receipts", "transactions", "clickstream"})
  void aSampleFitsTheFrame(String name) {
    assertThat(
            SharedSpark.spark()
                .read()
                .schema(StructTypes.silver(SharedSpark.dataset(name)))
                .json(SharedSpark.ROOT.resolve("datasets/" + name + "/sample.ndjson").toString())
                .count())
        .isPositive();
  }
}
