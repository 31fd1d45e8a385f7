package dev.sluice.convert;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file that was written.
 *
 * @param path where it is
 * @param directory its partition's path below the table, {@code a=x/b=y} with Hive escapes; empty
 *     for a table without partitions
 * @param partition the partition values by column, in layout order, unescaped; null for the null
 *     partition
 * @param rows records in the file
 * @param bytes the file's size
 */
public record DataFile(
    Path path, String directory, Map<String, @Nullable String> partition, long rows, long bytes) {
  public DataFile {
    partition = Collections.unmodifiableMap(new LinkedHashMap<>(partition));
  }
}
