package dev.sluice.convert;

import dev.sluice.model.dataset.PartitionValues;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of one conversion: stages in memory, files on disk. Files carry a temporary name,
 * hidden from query engines, until all of them are complete.
 */
final class TableWriter implements AutoCloseable {
  /** A column's arrays are counted in ints. */
  private static final long MAX_BUFFER = 1 << 30;

  private final List<Node> leaves;
  private final ParquetSchema schema;
  private final Router router;
  private final @Nullable Interner[] interners;
  private final Path directory;
  private final String stem;
  private final ConvertOptions options;
  private final List<KeyValue> metadata;
  private final ColumnChunkWriter chunkWriter;
  private final Scatter scatter = new Scatter();
  private final List<Finished> finished = new ArrayList<>();
  private Stage[] stages = new Stage[0];
  private @Nullable ParquetFile[] files = new ParquetFile[0];
  private int[] parts = new int[0];
  private int stageCount;
  private long memory;
  private final List<Path> visible = new ArrayList<>();
  private boolean kept;

  /** A complete file under its temporary name. */
  private record Finished(int partition, int part, ParquetFile file) {}

  TableWriter(
      List<Node> leaves,
      ParquetSchema schema,
      Router router,
      @Nullable Interner[] interners,
      Path directory,
      String stem,
      ConvertOptions options,
      List<KeyValue> metadata) {
    this.leaves = leaves;
    this.schema = schema;
    this.router = router;
    this.interners = interners;
    this.directory = directory;
    this.stem = stem;
    this.options = options;
    this.metadata = metadata;
    this.chunkWriter = new ColumnChunkWriter(options.codec());
  }

  /** Takes in a batch, and writes out what no longer fits in memory. */
  void add(Batch batch, int[] partition) throws IOException {
    grow(router.count());
    memory += scatter.move(batch, interners, partition, stages, stageCount);
    if (memory > Math.min(options.bufferBytes(), MAX_BUFFER)) {
      spill();
    }
  }

  private void grow(int count) {
    if (count > stages.length) {
      int size = Math.max(count, stages.length * 2);
      stages = Arrays.copyOf(stages, size);
      files = Arrays.copyOf(files, size);
      parts = Arrays.copyOf(parts, size);
    }
    while (stageCount < count) {
      stages[stageCount++] = new Stage(leaves);
    }
  }

  /** Writes the largest stages until half of the memory is free again. */
  private void spill() throws IOException {
    List<Integer> bySize = new ArrayList<>();
    long[] sizes = new long[stageCount];
    for (int p = 0; p < stageCount; p++) {
      sizes[p] = stages[p].memory();
      if (stages[p].rows > 0) {
        bySize.add(p);
      }
    }
    // Equal sizes by number, so that equal input gives equal files.
    bySize.sort(
        Comparator.comparingLong((Integer p) -> -sizes[p]).thenComparingInt(Integer::intValue));
    for (int p : bySize) {
      if (memory <= Math.min(options.bufferBytes(), MAX_BUFFER) / 2) {
        break;
      }
      flush(p);
    }
  }

  private void flush(int partition) throws IOException {
    Stage stage = stages[partition];
    memory -= stage.memory();
    ParquetFile file = files[partition];
    if (file == null) {
      Path folder = folder(directory(partition));
      Files.createDirectories(folder);
      file =
          new ParquetFile(
              folder.resolve("." + name(parts[partition]) + ".inprogress"), schema, leaves.size());
      files[partition] = file;
    }
    file.writeRowGroup(stage, interners, chunkWriter);
    stage.clear();
    if (file.bytes() >= options.fileBytes()) {
      complete(partition);
    }
  }

  private void complete(int partition) throws IOException {
    ParquetFile file = files[partition];
    if (file != null) {
      file.finish(metadata);
      finished.add(new Finished(partition, parts[partition]++, file));
      files[partition] = null;
    }
  }

  private String directory(int partition) {
    return PartitionValues.directory(
        router.spec(), new ArrayList<>(router.values(partition).values()));
  }

  /**
   * Where the partition's files are written. That is its directory, but where the process's locale
   * has no such characters in file names they are escaped.
   */
  private Path folder(String partition) {
    try {
      return directory.resolve(partition);
    } catch (InvalidPathException e) {
      StringBuilder escaped = new StringBuilder();
      for (byte b : partition.getBytes(StandardCharsets.UTF_8)) {
        escaped.append(b < 0 ? "%" + HexFormat.of().withUpperCase().toHexDigits(b) : (char) b);
      }
      return directory.resolve(escaped.toString());
    }
  }

  private String name(int part) {
    return stem + "-" + part + ".parquet";
  }

  /** Completes all files and gives them their names; answers them sorted by path. */
  List<DataFile> publish() throws IOException {
    for (int p = 0; p < stageCount; p++) {
      if (stages[p].rows > 0) {
        flush(p);
      }
      complete(p);
    }
    List<DataFile> published = new ArrayList<>();
    for (Finished done : finished) {
      Path target = done.file().path().resolveSibling(name(done.part()));
      Files.move(
          done.file().path(),
          target,
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
      visible.add(target);
      Map<String, @Nullable String> values = new LinkedHashMap<>(router.values(done.partition()));
      published.add(
          new DataFile(
              target,
              directory(done.partition()),
              values,
              done.file().rows(),
              done.file().bytes()));
    }
    published.sort(Comparator.comparing(file -> file.path().toString()));
    return published;
  }

  /** Lets what was published stay; without this, closing takes it back. */
  void keep() {
    kept = true;
  }

  @Override
  public void close() throws IOException {
    chunkWriter.close();
    if (!kept) {
      for (Path file : visible) {
        Files.deleteIfExists(file);
      }
      for (Finished done : finished) {
        Files.deleteIfExists(done.file().path());
      }
      for (ParquetFile file : files) {
        if (file != null) {
          Files.deleteIfExists(file.path());
        }
      }
    }
  }
}
