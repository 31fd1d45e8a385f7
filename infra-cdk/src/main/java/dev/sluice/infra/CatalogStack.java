package dev.sluice.infra;

import dev.sluice.model.catalog.Catalog;
import dev.sluice.model.catalog.Column;
import dev.sluice.model.catalog.TableDefinition;
import dev.sluice.model.catalog.ViewDefinition;
import dev.sluice.model.query.Views;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import software.amazon.awscdk.Aws;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.glue.CfnDatabase;
import software.amazon.awscdk.services.glue.CfnTable;
import software.constructs.Construct;

/** Databases, tables and views of the Glue Data Catalog, as {@link Catalog} derives them. */
final class CatalogStack extends Stack {
  private final Map<String, CfnDatabase> databases = new LinkedHashMap<>();

  CatalogStack(
      Construct scope, String id, StackProps props, Project project, StorageStack storage) {
    super(scope, id, props);
    for (String name : Catalog.databases()) {
      databases.put(
          name,
          CfnDatabase.Builder.create(this, "Database-" + name)
              .catalogId(Aws.ACCOUNT_ID)
              .databaseInput(CfnDatabase.DatabaseInputProperty.builder().name(name).build())
              .build());
    }
    for (TableDefinition table : project.catalog().tables(project.datasets())) {
      table("Table-", table.database(), table.name(), input(table, storage));
    }
    for (ViewDefinition view : Views.load(project.folder(), project.datasets())) {
      table("View-", view.database(), view.name(), input(view));
    }
  }

  private void table(
      String prefix, String database, String name, CfnTable.TableInputProperty input) {
    CfnTable resource =
        CfnTable.Builder.create(this, prefix + database + "-" + name)
            .catalogId(Aws.ACCOUNT_ID)
            .databaseName(database)
            .tableInput(input)
            .build();
    resource.addResourceDependency(databases.get(database));
  }

  /** The database of that name. */
  CfnDatabase database(String name) {
    return Objects.requireNonNull(databases.get(name), name);
  }

  private static CfnTable.TableInputProperty input(TableDefinition table, StorageStack storage) {
    CfnTable.TableInputProperty.Builder input =
        CfnTable.TableInputProperty.builder()
            .name(table.name())
            .tableType(TableDefinition.TABLE_TYPE)
            .parameters(located(table.parameters(), storage))
            .partitionKeys(columns(table.partitionKeys()))
            .storageDescriptor(
                CfnTable.StorageDescriptorProperty.builder()
                    .columns(columns(table.columns()))
                    .location(storage.located(table.location()))
                    .inputFormat(table.inputFormat())
                    .outputFormat(table.outputFormat())
                    .compressed(false)
                    .numberOfBuckets(-1)
                    .serdeInfo(
                        CfnTable.SerdeInfoProperty.builder()
                            .serializationLibrary(table.serde())
                            .parameters(new TreeMap<>(table.serdeParameters()))
                            .build())
                    .storedAsSubDirectories(false)
                    .build());
    if (!table.description().isEmpty()) {
      input.description(table.description());
    }
    return input.build();
  }

  /** The definition stays readable in the template: CloudFormation encodes it. */
  private static CfnTable.TableInputProperty input(ViewDefinition view) {
    return CfnTable.TableInputProperty.builder()
        .name(view.name())
        .owner(ViewDefinition.OWNER)
        .tableType(ViewDefinition.TABLE_TYPE)
        .parameters(new TreeMap<>(ViewDefinition.parameters()))
        .storageDescriptor(
            CfnTable.StorageDescriptorProperty.builder()
                .columns(columns(view.columns()))
                .location("")
                .serdeInfo(
                    CfnTable.SerdeInfoProperty.builder()
                        .name(ViewDefinition.noSerde())
                        .serializationLibrary(ViewDefinition.noSerde())
                        .build())
                .build())
        .viewOriginalText(
            Fn.join(
                "", List.of(ViewDefinition.PREFIX, Fn.base64(view.json()), ViewDefinition.SUFFIX)))
        .viewExpandedText(ViewDefinition.EXPANDED_TEXT)
        .build();
  }

  private static Map<String, String> located(Map<String, String> parameters, StorageStack storage) {
    Map<String, String> located = new TreeMap<>();
    parameters.forEach((name, value) -> located.put(name, storage.located(value)));
    return located;
  }

  private static List<CfnTable.ColumnProperty> columns(List<Column> columns) {
    return columns.stream()
        .map(column -> {
          CfnTable.ColumnProperty.Builder property =
              CfnTable.ColumnProperty.builder().name(column.name()).type(column.type());
          return column.comment().isEmpty()
              ? property.build()
              : property.comment(column.comment()).build();
        })
        .toList();
  }
}
