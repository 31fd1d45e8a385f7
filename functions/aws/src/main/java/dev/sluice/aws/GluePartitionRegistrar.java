package dev.sluice.aws;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.store.PartitionRegistrar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@link PartitionRegistrar} over the Glue Data Catalog. Safe for concurrent use. */
public final class GluePartitionRegistrar implements PartitionRegistrar {
  /** Glue's own limit for one call. */
  private static final int BATCH = 100;

  private final JsonCalls glue;

  GluePartitionRegistrar(JsonCalls glue) {
    this.glue = glue;
  }

  @Override
  public void register(String database, String table, List<Partition> partitions) {
    if (partitions.isEmpty()) {
      return;
    }
    String subject = database + "." + table;
    Map<String, @Nullable Object> found =
        glue.call("GetTable", subject, Map.of("DatabaseName", database, "Name", table));
    if (!(found.get("Table") instanceof Map<?, ?> definition)
        || !(definition.get("StorageDescriptor") instanceof Map<?, ?> storage)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot register partitions: the catalog's table has no storage descriptor: " + subject);
    }
    for (int from = 0; from < partitions.size(); from += BATCH) {
      batch(
          database,
          table,
          storage,
          partitions.subList(from, Math.min(partitions.size(), from + BATCH)));
    }
  }

  private void batch(String database, String table, Map<?, ?> storage, List<Partition> partitions) {
    List<Map<String, Object>> inputs = new ArrayList<>();
    for (Partition partition : partitions) {
      Map<Object, @Nullable Object> own = new LinkedHashMap<>(storage);
      own.put("Location", partition.location());
      inputs.add(Map.of("Values", partition.values(), "StorageDescriptor", own));
    }
    Map<String, @Nullable Object> answer =
        glue.call(
            "BatchCreatePartition",
            database + "." + table,
            Map.of("DatabaseName", database, "TableName", table, "PartitionInputList", inputs));
    if (answer.get("Errors") instanceof List<?> errors) {
      for (Object error : errors) {
        check(database, table, error);
      }
    }
  }

  private static void check(String database, String table, @Nullable Object error) {
    if (!(error instanceof Map<?, ?> partition)
        || !(partition.get("ErrorDetail") instanceof Map<?, ?> detail)) {
      throw new SluiceException(
          ErrorCode.UNAVAILABLE,
          "Cannot register partitions: Glue's answer is not understood: " + database + "." + table);
    }
    String code = String.valueOf(detail.get("ErrorCode"));
    if (!code.equals("AlreadyExistsException")) {
      throw new SluiceException(
          code.equals("EntityNotFoundException") || code.equals("AccessDeniedException")
              ? ErrorCode.INVALID_SETTINGS
              : ErrorCode.UNAVAILABLE,
          "Cannot register partitions: Glue answers "
              + code
              + ": "
              + database
              + "."
              + table
              + " "
              + partition.get("PartitionValues"));
    }
  }
}
