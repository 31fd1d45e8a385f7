package dev.sluice.convert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageLocation;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Encodes one staged column into the pages of a column chunk. Reused for all columns of a
 * conversion.
 */
final class ColumnChunkWriter implements AutoCloseable {
  private static final int PAGE_ENTRIES = 20_000;
  private static final int PAGE_BYTES = 1 << 20;

  private final Compressor compressor;
  private final Dictionary dictionary = new Dictionary();
  private final Out page = new Out(1 << 16);
  private final CRC32 crc = new CRC32();
  private final ByteArrayOutputStream header = new ByteArrayOutputStream(256);

  ColumnChunkWriter(Codec codec) {
    compressor = new Compressor(codec);
  }

  /**
   * A chunk that was written.
   *
   * @param columnIndex present when the chunk has more than one page and known bounds
   */
  record Chunk(
      ColumnMetaData metadata, @Nullable ColumnIndex columnIndex, OffsetIndex offsetIndex) {}

  /**
   * Writes a chunk.
   *
   * @param position where {@code out} stands in the file
   */
  Chunk write(
      Stage.Column column,
      int rows,
      List<String> path,
      @Nullable Interner interner,
      OutputStream out,
      long position)
      throws IOException {
    Node leaf = column.leaf;
    boolean useDictionary = column.values > 0 && buildDictionary(column, interner);
    long at = position;
    long uncompressed = 0;
    long dictionaryAt = -1;
    if (useDictionary) {
      page.clear();
      putDictionary(column, interner);
      PageHeader head = new PageHeader(PageType.DICTIONARY_PAGE, page.size, 0);
      head.setDictionary_page_header(new DictionaryPageHeader(dictionary.size, Encoding.PLAIN));
      dictionaryAt = at;
      long[] sizes = put(head, out);
      at += sizes[0];
      uncompressed += sizes[1];
    }
    long dataAt = at;
    MinMax total = new MinMax(leaf);
    Pages pages = new Pages();
    int entry = 0;
    int value = 0;
    int raw = 0;
    int row = 0;
    do {
      int stop = pageEnd(column, entry, useDictionary);
      int valueStop = value + valuesBetween(column, entry, stop);
      page.clear();
      if (stop > entry) {
        if (leaf.repetition > 0) {
          page.levels(column.repetitions, entry, stop, leaf.repetition);
        }
        if (leaf.definition > 0) {
          page.levels(column.definitions, entry, stop, leaf.definition);
        }
      }
      MinMax bounds = new MinMax(leaf);
      int rawStop = raw;
      if (useDictionary) {
        page.putByte(dictionary.idWidth());
        page.hybrid(dictionary.ids, value, valueStop, dictionary.idWidth());
        if (column.width == 0 && column.raw) {
          for (int i = value; i < valueStop; i++) {
            rawStop += 4 + (int) Bytes.INT.get(column.bytes, rawStop);
          }
        }
        dictionaryBounds(column, interner, value, valueStop, bounds);
      } else {
        rawStop = putPlain(column, interner, value, valueStop, raw, bounds);
      }
      PageHeader head = new PageHeader(PageType.DATA_PAGE, page.size, 0);
      head.setData_page_header(
          new DataPageHeader(
              stop - entry,
              useDictionary ? Encoding.RLE_DICTIONARY : Encoding.PLAIN,
              Encoding.RLE,
              Encoding.RLE));
      long[] sizes = put(head, out);
      pages.add(at, sizes[0], row, stop - entry - (valueStop - value), valueStop == value, bounds);
      at += sizes[0];
      uncompressed += sizes[1];
      total.add(bounds);
      row += rowsBetween(column, entry, stop);
      entry = stop;
      value = valueStop;
      raw = rawStop;
    } while (entry < column.entries);

    List<Encoding> encodings = new ArrayList<>();
    encodings.add(Encoding.RLE);
    encodings.add(Encoding.PLAIN);
    if (useDictionary) {
      encodings.add(Encoding.RLE_DICTIONARY);
    }
    ColumnMetaData metadata =
        new ColumnMetaData(
            ParquetSchema.physical(leaf),
            encodings,
            path,
            compressor.parquetCodec(),
            column.entries,
            uncompressed,
            at - position,
            dataAt);
    if (useDictionary) {
      metadata.setDictionary_page_offset(dictionaryAt);
    }
    Statistics statistics = new Statistics();
    statistics.setNull_count(column.entries - column.values);
    if (total.isKnown()) {
      statistics.setMin_value(total.min());
      statistics.setMax_value(total.max());
    }
    metadata.setStatistics(statistics);
    return new Chunk(metadata, pages.columnIndex(), pages.offsetIndex());
  }

  private boolean buildDictionary(Stage.Column column, @Nullable Interner interner) {
    if (column.width == 1) {
      return false;
    }
    if (column.width == 8) {
      return dictionary.numbers(column.longs, null, column.values, 8);
    }
    if (column.width == 4) {
      return dictionary.numbers(null, column.ints, column.values, 4);
    }
    if (!column.raw && interner != null) {
      return dictionary.codes(column.ints, column.values, interner);
    }
    return dictionary.text(column.bytes, column.rawBytes, column.values);
  }

  private void putDictionary(Stage.Column column, @Nullable Interner interner) {
    for (int i = 0; i < dictionary.size; i++) {
      if (column.width == 8) {
        page.putLong(dictionary.longs[i]);
      } else if (column.width == 4) {
        page.putInt((int) dictionary.longs[i]);
      } else if (!column.raw && interner != null) {
        int code = dictionary.references[i];
        putText(column.leaf, interner.bytes, interner.offset(code), interner.length(code));
      } else {
        int p = dictionary.references[i];
        putText(column.leaf, column.bytes, p + 4, (int) Bytes.INT.get(column.bytes, p));
      }
    }
  }

  private void putText(Node leaf, byte[] source, int from, int length) {
    // Decimals of fixed length carry no length of their own.
    if (leaf.kind != Node.DECIMAL) {
      page.putInt(length);
    }
    page.put(source, from, length);
  }

  private static void bound(
      Stage.Column column,
      @Nullable Interner interner,
      Dictionary dictionary,
      int id,
      MinMax into) {
    if (column.width != 0) {
      into.add(dictionary.longs[id]);
    } else if (!column.raw && interner != null) {
      int code = dictionary.references[id];
      into.add(interner.bytes, interner.offset(code), interner.length(code));
    } else {
      int p = dictionary.references[id];
      into.add(column.bytes, p + 4, (int) Bytes.INT.get(column.bytes, p));
    }
  }

  private void dictionaryBounds(
      Stage.Column column, @Nullable Interner interner, int value, int valueStop, MinMax bounds) {
    boolean[] used = new boolean[dictionary.size];
    for (int i = value; i < valueStop; i++) {
      used[dictionary.ids[i]] = true;
    }
    for (int id = 0; id < used.length; id++) {
      if (used[id]) {
        bound(column, interner, dictionary, id, bounds);
      }
    }
  }

  /** Writes values as they are; answers where the raw text goes on. */
  private int putPlain(
      Stage.Column column,
      @Nullable Interner interner,
      int value,
      int valueStop,
      int raw,
      MinMax bounds) {
    switch (column.width) {
      case 8 -> {
        page.need((valueStop - value) * 8);
        for (int i = value; i < valueStop; i++) {
          page.putLong(column.longs[i]);
          bounds.add(column.longs[i]);
        }
      }
      case 4 -> {
        page.need((valueStop - value) * 4);
        for (int i = value; i < valueStop; i++) {
          page.putInt(column.ints[i]);
          bounds.add(column.ints[i]);
        }
      }
      case 1 -> {
        page.bits(column.bytes, value, valueStop);
        for (int i = value; i < valueStop; i++) {
          bounds.add(column.bytes[i]);
        }
      }
      default -> {
        if (!column.raw && interner != null) {
          for (int i = value; i < valueStop; i++) {
            int code = column.ints[i];
            putText(column.leaf, interner.bytes, interner.offset(code), interner.length(code));
            bounds.add(interner.bytes, interner.offset(code), interner.length(code));
          }
        } else {
          return putRaw(column, value, valueStop, raw, bounds);
        }
      }
    }
    return raw;
  }

  private int putRaw(Stage.Column column, int value, int valueStop, int raw, MinMax bounds) {
    int p = raw;
    for (int i = value; i < valueStop; i++) {
      int length = (int) Bytes.INT.get(column.bytes, p);
      putText(column.leaf, column.bytes, p + 4, length);
      bounds.add(column.bytes, p + 4, length);
      p += 4 + length;
    }
    return p;
  }

  /** Where the page that begins at an entry ends: at a record, after enough entries or bytes. */
  private int pageEnd(Stage.Column column, int from, boolean useDictionary) {
    int entries = column.entries;
    int limit = PAGE_ENTRIES;
    if (!useDictionary && column.width == 0 && column.values > 0) {
      long average = column.raw ? column.rawBytes / column.values + 1 : 64;
      limit = (int) Math.max(1, Math.min(PAGE_ENTRIES, PAGE_BYTES / average));
    }
    int stop = Math.min(entries, from + limit);
    if (column.leaf.repetition > 0) {
      while (stop < entries && column.repetitions[stop] != 0) {
        stop++;
      }
    }
    return stop;
  }

  private static int valuesBetween(Stage.Column column, int from, int to) {
    if (column.leaf.definition == 0) {
      return to - from;
    }
    int values = 0;
    for (int i = from; i < to; i++) {
      if (column.definitions[i] == column.leaf.definition) {
        values++;
      }
    }
    return values;
  }

  private static int rowsBetween(Stage.Column column, int from, int to) {
    if (column.leaf.repetition == 0) {
      return to - from;
    }
    int rows = 0;
    for (int i = from; i < to; i++) {
      if (column.repetitions[i] == 0) {
        rows++;
      }
    }
    return rows;
  }

  /** Compresses and writes the page; answers its bytes in the file and uncompressed. */
  private long[] put(PageHeader head, OutputStream out) throws IOException {
    compressor.compress(page);
    crc.reset();
    crc.update(compressor.bytes, 0, compressor.size);
    head.setCompressed_page_size(compressor.size);
    head.setCrc((int) crc.getValue());
    header.reset();
    Util.writePageHeader(head, header);
    header.writeTo(out);
    out.write(compressor.bytes, 0, compressor.size);
    return new long[] {header.size() + compressor.size, header.size() + page.size};
  }

  @Override
  public void close() {
    compressor.close();
  }

  /** Collects what readers need to skip pages. */
  private static final class Pages {
    private final List<PageLocation> locations = new ArrayList<>();
    private final List<Boolean> nullPages = new ArrayList<>();
    private final List<ByteBuffer> mins = new ArrayList<>();
    private final List<ByteBuffer> maxes = new ArrayList<>();
    private final List<Long> nullCounts = new ArrayList<>();
    private boolean known = true;

    void add(long at, long size, long firstRow, long nulls, boolean allNull, MinMax bounds) {
      locations.add(new PageLocation(at, (int) size, firstRow));
      nullPages.add(allNull);
      nullCounts.add(nulls);
      byte[] min = bounds.min();
      byte[] max = bounds.max();
      known &= allNull || min != null && max != null;
      mins.add(ByteBuffer.wrap(min == null ? new byte[0] : min));
      maxes.add(ByteBuffer.wrap(max == null ? new byte[0] : max));
    }

    OffsetIndex offsetIndex() {
      return new OffsetIndex(locations);
    }

    @Nullable ColumnIndex columnIndex() {
      if (!known || locations.size() < 2) {
        return null;
      }
      ColumnIndex index = new ColumnIndex(nullPages, mins, maxes, BoundaryOrder.UNORDERED);
      index.setNull_counts(nullCounts);
      return index;
    }
  }
}
