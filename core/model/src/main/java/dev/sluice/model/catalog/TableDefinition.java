package dev.sluice.model.catalog;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An external table of the Glue Data Catalog.
 *
 * @param database its database
 * @param name its name
 * @param description for people; may be empty
 * @param location {@code s3://bucket/prefix/}
 * @param columns those in the files, without partition keys
 * @param partitionKeys the directory levels, in order
 * @param inputFormat Hadoop class that reads
 * @param outputFormat Hadoop class that writes
 * @param serde Hive class that maps rows
 * @param serdeParameters its settings
 * @param parameters of the table, partition projection among them
 */
public record TableDefinition(
    String database,
    String name,
    String description,
    String location,
    List<Column> columns,
    List<Column> partitionKeys,
    String inputFormat,
    String outputFormat,
    String serde,
    Map<String, String> serdeParameters,
    Map<String, String> parameters) {

  /** Glue's name for a table whose files are not its own. */
  public static final String TABLE_TYPE = "EXTERNAL_TABLE";

  public TableDefinition {
    columns = List.copyOf(columns);
    partitionKeys = List.copyOf(partitionKeys);
    serdeParameters = Collections.unmodifiableMap(new LinkedHashMap<>(serdeParameters));
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** Whether Athena computes the partitions; otherwise they are registered in the catalog. */
  public boolean projected() {
    return "true".equals(parameters.get("projection.enabled"));
  }

  /** Glue's {@code StorageDescriptor}, for the table or for a partition at another location. */
  public Map<String, Object> storageDescriptor(String at) {
    Map<String, Object> serdeInfo = new LinkedHashMap<>();
    serdeInfo.put("SerializationLibrary", serde);
    serdeInfo.put("Parameters", serdeParameters);
    Map<String, Object> storage = new LinkedHashMap<>();
    storage.put("Columns", columns(columns));
    storage.put("Location", at);
    storage.put("InputFormat", inputFormat);
    storage.put("OutputFormat", outputFormat);
    storage.put("Compressed", false);
    storage.put("NumberOfBuckets", -1L);
    storage.put("SerdeInfo", serdeInfo);
    storage.put("StoredAsSubDirectories", false);
    return storage;
  }

  /** Glue's {@code TableInput}, names and nesting as its API has them. */
  public Map<String, Object> tableInput() {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("Name", name);
    if (!description.isEmpty()) {
      input.put("Description", description);
    }
    input.put("StorageDescriptor", storageDescriptor(location));
    input.put("PartitionKeys", columns(partitionKeys));
    input.put("TableType", TABLE_TYPE);
    input.put("Parameters", parameters);
    return input;
  }

  static List<Map<String, Object>> columns(List<Column> columns) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Column column : columns) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("Name", column.name());
      map.put("Type", column.type());
      if (!column.comment().isEmpty()) {
        map.put("Comment", column.comment());
      }
      list.add(map);
    }
    return list;
  }
}
