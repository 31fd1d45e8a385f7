package dev.sluice.convert;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnOrder;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.KeyValue;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.TypeDefinedOrder;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes one Parquet file, a row group at a time. Between row groups the file is whole and closed:
 * the next row group takes the place of the footer and is followed by a longer one. So nothing of
 * what was written stays in memory, whatever the number of files and row groups.
 */
final class ParquetFile {
  static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

  /**
   * In the form that readers parse; they distrust statistics of writers that they know as faulty.
   */
  static final String CREATED_BY = "sluice version 0.1.0 (build 1)";

  private final Path path;
  private final ParquetSchema schema;
  private final List<KeyValue> metadata;
  private long footerAt;
  private long bytes;
  private long rows;
  private int rowGroups;

  /**
   * @param path of a file to be made; its folder exists
   * @param metadata written into the footer
   */
  ParquetFile(Path path, ParquetSchema schema, List<KeyValue> metadata) {
    this.path = path;
    this.schema = schema;
    this.metadata = metadata;
  }

  long rows() {
    return rows;
  }

  long bytes() {
    return bytes;
  }

  /** Whether the format allows no more row groups. */
  boolean isFull() {
    return rowGroups == Short.MAX_VALUE;
  }

  Path path() {
    return path;
  }

  /** Writes a row group, and gives up what its columns are made of. */
  void writeRowGroup(RowGroupData data, @Nullable Interner[] interners, ColumnChunkWriter writer)
      throws IOException {
    List<RowGroup> groups = new ArrayList<>();
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      if (rowGroups == 0) {
        channel.truncate(0);
      } else {
        channel.position(footerAt);
        groups.addAll(
            Util.readFileMetaData(new BufferedInputStream(Channels.newInputStream(channel)))
                .getRow_groups());
      }
      channel.position(footerAt);
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      long position = footerAt;
      if (rowGroups == 0) {
        out.write(MAGIC);
        position = MAGIC.length;
      }
      groups.add(rowGroup(data, interners, writer, out, position));
      rows += data.rows();
      rowGroups++;
      footer(groups, out);
      out.flush();
      bytes = channel.position();
    }
  }

  private RowGroup rowGroup(
      RowGroupData data,
      @Nullable Interner[] interners,
      ColumnChunkWriter writer,
      OutputStream out,
      long start)
      throws IOException {
    int columns = data.columns();
    List<ColumnChunk> columnChunks = new ArrayList<>(columns);
    List<ColumnChunkWriter.Chunk> written = new ArrayList<>(columns);
    long uncompressed = 0;
    long position = start;
    for (int i = 0; i < columns; i++) {
      ColumnChunkWriter.Chunk chunk =
          writer.write(data.column(i), data.rows(), schema.path(i), interners[i], out, position);
      ColumnChunk columnChunk = new ColumnChunk(position);
      columnChunk.setMeta_data(chunk.metadata());
      columnChunks.add(columnChunk);
      written.add(chunk);
      position += chunk.metadata().getTotal_compressed_size();
      uncompressed += chunk.metadata().getTotal_uncompressed_size();
    }
    RowGroup group = new RowGroup(columnChunks, uncompressed, data.rows());
    group.setFile_offset(start);
    group.setTotal_compressed_size(position - start);
    group.setOrdinal((short) rowGroups);
    footerAt = position + indexes(written, columnChunks, position, out);
    return group;
  }

  /** Writes what readers need to skip pages; answers its length. */
  private static int indexes(
      List<ColumnChunkWriter.Chunk> written,
      List<ColumnChunk> columnChunks,
      long position,
      OutputStream out)
      throws IOException {
    ByteArrayOutputStream indexes = new ByteArrayOutputStream();
    for (int c = 0; c < written.size(); c++) {
      ColumnIndex index = written.get(c).columnIndex();
      if (index != null) {
        int at = indexes.size();
        Util.writeColumnIndex(index, indexes);
        columnChunks.get(c).setColumn_index_offset(position + at);
        columnChunks.get(c).setColumn_index_length(indexes.size() - at);
      }
    }
    for (int c = 0; c < written.size(); c++) {
      OffsetIndex index = written.get(c).offsetIndex();
      if (index.getPage_locationsSize() > 1) {
        int at = indexes.size();
        Util.writeOffsetIndex(index, indexes);
        columnChunks.get(c).setOffset_index_offset(position + at);
        columnChunks.get(c).setOffset_index_length(indexes.size() - at);
      }
    }
    indexes.writeTo(out);
    return indexes.size();
  }

  private void footer(List<RowGroup> groups, OutputStream out) throws IOException {
    FileMetaData file = new FileMetaData(1, schema.elements(), rows, groups);
    file.setCreated_by(CREATED_BY);
    file.setKey_value_metadata(metadata);
    List<ColumnOrder> orders = new ArrayList<>();
    for (int i = 0; i < groups.get(0).getColumnsSize(); i++) {
      orders.add(ColumnOrder.TYPE_ORDER(new TypeDefinedOrder()));
    }
    file.setColumn_orders(orders);
    ByteArrayOutputStream footer = new ByteArrayOutputStream();
    Util.writeFileMetaData(file, footer);
    byte[] length = new byte[4];
    Bytes.INT.set(length, 0, footer.size());
    footer.writeBytes(length);
    footer.writeBytes(MAGIC);
    footer.writeTo(out);
  }
}
