package dev.sluice.convert;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file, a row group at a time. Between row groups no file is held open, so any
 * number of partitions can be in progress.
 */
final class ParquetFile {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /**
   * In the form that readers parse; they distrust statistics of writers that they know as faulty.
   */
  static final String CREATED_BY = "sluice version 0.1.0 (build 1)";

  private final Path path;
  private final ParquetSchema schema;
  private final int columns;
  private final List<RowGroup> rowGroups = new ArrayList<>();
  private final List<List<ColumnChunkWriter.Chunk>> chunks = new ArrayList<>();
  private long position;
  private long rows;

  /**
   * @param path of a file to be made; its folder exists
   */
  ParquetFile(Path path, ParquetSchema schema, int columns) {
    this.path = path;
    this.schema = schema;
    this.columns = columns;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return position;
  }

  Path path() {
    return path;
  }

  /** Writes all that is staged as one row group. The stage is left as it is. */
  void writeRowGroup(Stage stage, @Nullable Interner[] interners, ColumnChunkWriter writer)
      throws IOException {
    try (OutputStream out = open()) {
      long start = position;
      List<ColumnChunk> columnChunks = new ArrayList<>(columns);
      List<ColumnChunkWriter.Chunk> written = new ArrayList<>(columns);
      long uncompressed = 0;
      for (int i = 0; i < columns; i++) {
        ColumnChunkWriter.Chunk chunk =
            writer.write(stage.columns[i], stage.rows, schema.path(i), interners[i], out, position);
        ColumnChunk columnChunk = new ColumnChunk(position);
        columnChunk.setMeta_data(chunk.metadata());
        columnChunks.add(columnChunk);
        written.add(chunk);
        position += chunk.metadata().getTotal_compressed_size();
        uncompressed += chunk.metadata().getTotal_uncompressed_size();
      }
      RowGroup group = new RowGroup(columnChunks, uncompressed, stage.rows);
      group.setFile_offset(start);
      group.setTotal_compressed_size(position - start);
      group.setOrdinal((short) rowGroups.size());
      rowGroups.add(group);
      chunks.add(written);
      rows += stage.rows;
    }
  }

  private OutputStream open() throws IOException {
    boolean first = position == 0;
    OutputStream out =
        new BufferedOutputStream(
            first
                ? Files.newOutputStream(path)
                : Files.newOutputStream(path, StandardOpenOption.APPEND),
            1 << 16);
    if (first) {
      out.write(MAGIC);
      position = MAGIC.length;
    }
    return out;
  }

  /** Writes the indexes and the footer. */
  void finish(List<KeyValue> metadata) throws IOException {
    ByteArrayOutputStream tail = new ByteArrayOutputStream();
    for (int g = 0; g < chunks.size(); g++) {
      for (int c = 0; c < columns; c++) {
        ColumnChunkWriter.Chunk chunk = chunks.get(g).get(c);
        if (chunk.columnIndex() != null) {
          int at = tail.size();
          Util.writeColumnIndex(chunk.columnIndex(), tail);
          ColumnChunk columnChunk = rowGroups.get(g).getColumns().get(c);
          columnChunk.setColumn_index_offset(position + at);
          columnChunk.setColumn_index_length(tail.size() - at);
        }
      }
    }
    for (int g = 0; g < chunks.size(); g++) {
      for (int c = 0; c < columns; c++) {
        ColumnChunkWriter.Chunk chunk = chunks.get(g).get(c);
        if (chunk.offsetIndex().getPage_locationsSize() > 1) {
          int at = tail.size();
          Util.writeOffsetIndex(chunk.offsetIndex(), tail);
          ColumnChunk columnChunk = rowGroups.get(g).getColumns().get(c);
          columnChunk.setOffset_index_offset(position + at);
          columnChunk.setOffset_index_length(tail.size() - at);
        }
      }
    }
    int footerAt = tail.size();
    FileMetaData file = new FileMetaData(1, schema.elements(), rows, rowGroups);
    file.setCreated_by(CREATED_BY);
    file.setKey_value_metadata(metadata);
    List<ColumnOrder> orders = new ArrayList<>(columns);
    for (int i = 0; i < columns; i++) {
      orders.add(ColumnOrder.TYPE_ORDER(new TypeDefinedOrder()));
    }
    file.setColumn_orders(orders);
    Util.writeFileMetaData(file, tail);
    byte[] length = new byte[4];
    Bytes.INT.set(length, 0, tail.size() - footerAt);
    tail.writeBytes(length);
    tail.writeBytes(MAGIC);
    try (OutputStream out = open()) {
      tail.writeTo(out);
    }
    position += tail.size();
  }
}
