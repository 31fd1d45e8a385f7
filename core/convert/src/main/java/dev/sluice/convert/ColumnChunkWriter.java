package dev.sluice.convert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.parquet.format.BoundaryOrder;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageEncodingStats;
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
  private final WholeColumn.Joiner joiner = new WholeColumn.Joiner();
  private final Dictionary dictionary = new Dictionary();
  private final Out page = new Out(1 << 16);
  private final Out entries = new Out(1 << 12);
  private long[] numbers = new long[1024];
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
   * Writes a chunk, and gives up what the columns are made of.
   *
   * @param columns of the same leaf, in order
   * @param position where {@code out} stands in the file
   */
  Chunk write(
      List<StagedColumn> columns,
      int rows,
      List<String> path,
      @Nullable Interner interner,
      OutputStream out,
      long position)
      throws IOException {
    WholeColumn column = joiner.join(columns, interner);
    Chunk chunk = write(column, rows, path, interner, out, position);
    columns.forEach(StagedColumn::release);
    return chunk;
  }

  private Chunk write(
      WholeColumn column,
      int rows,
      List<String> path,
      @Nullable Interner interner,
      OutputStream out,
      long position)
      throws IOException {
    Node leaf = column.leaf;
    Encoding encoding = choose(column, interner);
    boolean useDictionary = encoding == Encoding.RLE_DICTIONARY;
    long at = position;
    long uncompressed = 0;
    long dictionaryAt = -1;
    long dataAt = at;
    MinMax total = new MinMax(leaf);
    Pages pages = new Pages();
    int entry = 0;
    int value = 0;
    int raw = 0;
    int row = 0;
    boolean compressed = false;
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
      if (valueStop > value || useDictionary) {
        rawStop = putValues(column, interner, encoding, value, valueStop, raw, bounds);
      }
      if (entry == 0) {
        compressed = compressor.pays(page);
        if (useDictionary) {
          dictionaryAt = at;
          entries.clear();
          putDictionary(column, interner);
          PageHeader head = new PageHeader(PageType.DICTIONARY_PAGE, entries.size, 0);
          head.setDictionary_page_header(new DictionaryPageHeader(dictionary.size, Encoding.PLAIN));
          long[] sizes = put(head, entries, compressed, out);
          at += sizes[0];
          uncompressed += sizes[1];
          dataAt = at;
        }
      }
      Encoding used = valueStop == value && !useDictionary ? Encoding.PLAIN : encoding;
      pages.count(used);
      PageHeader head = new PageHeader(PageType.DATA_PAGE, page.size, 0);
      head.setData_page_header(new DataPageHeader(stop - entry, used, Encoding.RLE, Encoding.RLE));
      long[] sizes = put(head, page, compressed, out);
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
    if (encoding != Encoding.PLAIN) {
      encodings.add(encoding);
    }
    ColumnMetaData metadata =
        new ColumnMetaData(
            ParquetSchema.physical(leaf),
            encodings,
            path,
            compressed ? compressor.parquetCodec() : CompressionCodec.UNCOMPRESSED,
            column.entries,
            uncompressed,
            at - position,
            dataAt);
    if (useDictionary) {
      metadata.setDictionary_page_offset(dictionaryAt);
      metadata.addToEncoding_stats(
          new PageEncodingStats(PageType.DICTIONARY_PAGE, Encoding.PLAIN, 1));
    }
    pages
        .encodings()
        .forEach((used, count) ->
            metadata.addToEncoding_stats(new PageEncodingStats(PageType.DATA_PAGE, used, count)));
    Statistics statistics = new Statistics();
    statistics.setNull_count(column.entries - column.values);
    if (total.isKnown()) {
      statistics.setMin_value(total.min());
      statistics.setMax_value(total.max());
    }
    metadata.setStatistics(statistics);
    return new Chunk(metadata, pages.columnIndex(), pages.offsetIndex());
  }

  /** The encoding that makes this column smallest; builds the dictionary if it is that. */
  private Encoding choose(WholeColumn column, @Nullable Interner interner) {
    if (column.values == 0 || column.width == 1) {
      return Encoding.PLAIN;
    }
    if (column.width == 0) {
      boolean repetitive =
          !column.raw && interner != null
              ? dictionary.codes(column.ints, column.values, interner)
              : dictionary.text(column.bytes, column.rawBytes, column.values);
      return repetitive
          ? Encoding.RLE_DICTIONARY
          : column.leaf.kind == Node.DECIMAL ? Encoding.PLAIN : Encoding.DELTA_LENGTH_BYTE_ARRAY;
    }
    long[] wide = column.width == 8 ? column.longs : null;
    int[] narrow = column.width == 4 ? column.ints : null;
    int bits = differenceBits(column);
    boolean delta = bits <= column.width * 6;
    long otherwise = (long) column.values * (delta ? bits : column.width * 8) / 8;
    return dictionary.numbers(wide, narrow, column.values, column.width, otherwise)
        ? Encoding.RLE_DICTIONARY
        : delta ? Encoding.DELTA_BINARY_PACKED : Encoding.PLAIN;
  }

  /** Bits that any difference of two integers of a column fits in, or more than any has. */
  private static int differenceBits(WholeColumn column) {
    int kind = column.leaf.kind;
    if (kind != Node.LONG && kind != Node.INT && kind != Node.TIMESTAMP && kind != Node.DATE) {
      // Not every engine reads differences of decimals.
      return Integer.MAX_VALUE;
    }
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < column.values; i++) {
      long value = column.width == 8 ? column.longs[i] : column.ints[i];
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return max - min < 0 ? Integer.MAX_VALUE : 65 - Long.numberOfLeadingZeros(max - min);
  }

  private void putDictionary(WholeColumn column, @Nullable Interner interner) {
    for (int i = 0; i < dictionary.size; i++) {
      if (column.width == 8) {
        entries.putLong(dictionary.longs[i]);
      } else if (column.width == 4) {
        entries.putInt((int) dictionary.longs[i]);
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
      entries.putInt(length);
    }
    entries.put(source, from, length);
  }

  private static void bound(
      WholeColumn column, @Nullable Interner interner, Dictionary dictionary, int id, MinMax into) {
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

  /** Writes the values of a page; answers where the raw text goes on. */
  private int putValues(
      WholeColumn column,
      @Nullable Interner interner,
      Encoding encoding,
      int value,
      int valueStop,
      int raw,
      MinMax bounds) {
    if (encoding == Encoding.RLE_DICTIONARY) {
      page.putByte(dictionary.idWidth());
      page.hybrid(dictionary.ids, value, valueStop, dictionary.idWidth());
      dictionaryBounds(column, interner, value, valueStop, bounds);
      return raw;
    }
    switch (column.width) {
      case 8 -> {
        bounds.add(column.longs, value, valueStop);
        if (encoding == Encoding.PLAIN) {
          page.putLongs(column.longs, value, valueStop);
        } else {
          page.delta(column.longs, value, valueStop);
        }
      }
      case 4 -> {
        bounds.add(column.ints, value, valueStop);
        if (encoding == Encoding.PLAIN) {
          page.putInts(column.ints, value, valueStop);
        } else {
          long[] numbers = numbers(valueStop - value);
          for (int i = value; i < valueStop; i++) {
            numbers[i - value] = column.ints[i];
          }
          page.delta(numbers, 0, valueStop - value);
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
          putCodes(column.ints, interner, value, valueStop, bounds);
        } else {
          return putRaw(column, encoding, value, valueStop, raw, bounds);
        }
      }
    }
    return raw;
  }

  private void dictionaryBounds(
      WholeColumn column, @Nullable Interner interner, int value, int valueStop, MinMax bounds) {
    if (valueStop - value == column.values) {
      for (int id = 0; id < dictionary.size; id++) {
        bound(column, interner, dictionary, id, bounds);
      }
      return;
    }
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

  private long[] numbers(int count) {
    if (numbers.length < count) {
      numbers = new long[count + (count >> 1)];
    }
    return numbers;
  }

  /** Text without its dictionary: all lengths first, as differences, then all bytes. */
  private void putCodes(int[] codes, Interner interner, int value, int valueStop, MinMax bounds) {
    long[] lengths = numbers(valueStop - value);
    for (int i = value; i < valueStop; i++) {
      lengths[i - value] = interner.length(codes[i]);
    }
    page.delta(lengths, 0, valueStop - value);
    for (int i = value; i < valueStop; i++) {
      int from = interner.offset(codes[i]);
      int length = interner.length(codes[i]);
      page.put(interner.bytes, from, length);
      bounds.add(interner.bytes, from, length);
    }
  }

  private int putRaw(
      WholeColumn column, Encoding encoding, int value, int valueStop, int raw, MinMax bounds) {
    byte[] text = column.bytes;
    if (encoding != Encoding.PLAIN) {
      long[] lengths = numbers(valueStop - value);
      int p = raw;
      for (int i = 0; i < valueStop - value; i++) {
        int length = (int) Bytes.INT.get(text, p);
        lengths[i] = length;
        p += 4 + length;
      }
      page.delta(lengths, 0, valueStop - value);
    }
    int p = raw;
    for (int i = value; i < valueStop; i++) {
      int length = (int) Bytes.INT.get(text, p);
      page.put(text, p + 4, length);
      bounds.add(text, p + 4, length);
      p += 4 + length;
    }
    return p;
  }

  /** Where the page that begins at an entry ends: at a record, after enough entries or bytes. */
  private int pageEnd(WholeColumn column, int from, boolean useDictionary) {
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

  private static int valuesBetween(WholeColumn column, int from, int to) {
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

  private static int rowsBetween(WholeColumn column, int from, int to) {
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

  /** Writes a page; answers its bytes in the file and uncompressed. */
  private long[] put(PageHeader head, Out content, boolean compressed, OutputStream out)
      throws IOException {
    byte[] bytes = content.bytes;
    int size = content.size;
    if (compressed) {
      compressor.compress(content);
      bytes = compressor.bytes;
      size = compressor.size;
    }
    crc.reset();
    crc.update(bytes, 0, size);
    head.setCompressed_page_size(size);
    head.setCrc((int) crc.getValue());
    header.reset();
    Util.writePageHeader(head, header);
    header.writeTo(out);
    out.write(bytes, 0, size);
    return new long[] {header.size() + size, header.size() + content.size};
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
    private final Map<Encoding, Integer> encodings = new EnumMap<>(Encoding.class);
    private boolean known = true;

    void count(Encoding encoding) {
      encodings.merge(encoding, 1, Integer::sum);
    }

    /** Pages by how their values are encoded: readers skip by dictionary where that is all. */
    Map<Encoding, Integer> encodings() {
      return encodings;
    }

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
