package dev.sluice.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The files of one partition. They carry temporary names, hidden from query engines, until {@link
 * #publish()}. Used by one thread at a time.
 */
final class Partition {
  /**
   * What the files of all partitions have in common.
   *
   * @param stem the first part of their names
   * @param fileBytes the size at which a file is closed and the next begun
   * @param metadata written into every footer
   */
  record Form(ParquetSchema schema, String stem, long fileBytes, List<KeyValue> metadata) {}

  private final Form form;
  private final String directory;
  private final Path folder;
  private final Map<String, @Nullable String> values;
  private final List<ParquetFile> files = new ArrayList<>(1);
  private int published;

  /**
   * @param directory as {@link DataFile#directory()}
   * @param folder where the files go; made when there is one
   * @param values as {@link DataFile#partition()}
   */
  Partition(Form form, String directory, Path folder, Map<String, @Nullable String> values) {
    this.form = form;
    this.directory = directory;
    this.folder = folder;
    this.values = values;
  }

  /** Appends a row group. */
  void write(RowGroupData data, @Nullable Interner[] interners, ColumnChunkWriter writer)
      throws IOException {
    ParquetFile file = files.isEmpty() ? null : files.get(files.size() - 1);
    if (file == null || file.bytes() >= form.fileBytes() || file.isFull()) {
      Files.createDirectories(folder);
      String unfinished = "." + name(files.size()) + ".inprogress";
      file = new ParquetFile(folder.resolve(unfinished), form.schema(), form.metadata());
      files.add(file);
    }
    file.writeRowGroup(data, interners, writer);
  }

  private String name(int part) {
    return form.stem() + "-" + part + ".parquet";
  }

  /** Gives all files their names. */
  List<DataFile> publish() throws IOException {
    List<DataFile> all = new ArrayList<>(files.size());
    for (ParquetFile file : files) {
      Path target = folder.resolve(name(published));
      Files.move(
          file.path(), target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      published++;
      all.add(new DataFile(target, directory, values, file.rows(), file.bytes()));
    }
    return all;
  }

  /** Removes all files. */
  void discard() throws IOException {
    for (int part = 0; part < files.size(); part++) {
      Files.deleteIfExists(part < published ? folder.resolve(name(part)) : files.get(part).path());
    }
  }
}
