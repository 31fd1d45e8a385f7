package dev.sluice.convert;

/** A growing byte buffer with the encodings that Parquet pages are made of. */
final class Out {
  byte[] bytes;
  int size;

  /** Values of a block of differences, and how many of them share a width. */
  private static final int BLOCK = 128;

  private static final int MINIBLOCK = 32;

  private final long[] differences = new long[BLOCK];
  private int[] scratch = new int[1024];

  Out(int capacity) {
    bytes = new byte[capacity];
  }

  void clear() {
    size = 0;
  }

  /** Room for {@code more} bytes and a word behind them. */
  void need(int more) {
    bytes = Bytes.grow(bytes, size + more + 16);
  }

  /** Reads up to 7 bytes past the end. */
  void put(byte[] source, int from, int length) {
    need(length);
    Bytes.copy(source, from, bytes, size, length);
    size += length;
  }

  void putLongs(long[] values, int from, int to) {
    need((to - from) * 8);
    byte[] out = bytes;
    int at = size;
    for (int i = from; i < to; i++, at += 8) {
      Bytes.LONG.set(out, at, values[i]);
    }
    size = at;
  }

  void putInts(int[] values, int from, int to) {
    need((to - from) * 4);
    byte[] out = bytes;
    int at = size;
    for (int i = from; i < to; i++, at += 4) {
      Bytes.INT.set(out, at, values[i]);
    }
    size = at;
  }

  void putInt(int value) {
    need(4);
    Bytes.INT.set(bytes, size, value);
    size += 4;
  }

  void putLong(long value) {
    need(8);
    Bytes.LONG.set(bytes, size, value);
    size += 8;
  }

  void putByte(int value) {
    need(1);
    bytes[size++] = (byte) value;
  }

  private void varint(int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      bytes[size++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Levels in the RLE / bit-packing hybrid, with their length before them. */
  void levels(byte[] levels, int from, int to, int max) {
    int lengthAt = size;
    putInt(0);
    int width = 32 - Integer.numberOfLeadingZeros(max);
    byte first = levels[from];
    int same = from + 1;
    while (same < to && levels[same] == first) {
      same++;
    }
    if (same == to) {
      need(8);
      varint(to - from << 1);
      bytes[size++] = first;
    } else {
      if (scratch.length < to - from) {
        scratch = new int[(to - from) * 2];
      }
      for (int i = from; i < to; i++) {
        scratch[i - from] = levels[i];
      }
      hybrid(scratch, 0, to - from, width);
    }
    Bytes.INT.set(bytes, lengthAt, size - lengthAt - 4);
  }

  /** Numbers below 2^width in the RLE / bit-packing hybrid. */
  void hybrid(int[] values, int from, int to, int width) {
    // A bit-packed value takes width bits; a run at least 8 values; each group a header.
    need((int) Math.min(Integer.MAX_VALUE - 64, (long) (to - from) * (width + 8) / 8 + 128));
    int i = from;
    while (i < to) {
      int run = run(values, i, to);
      if (run >= 8 || i + run == to) {
        need(16);
        varint(run << 1);
        for (int shift = 0; shift < width; shift += 8) {
          bytes[size++] = (byte) (values[i] >>> shift);
        }
        i += run;
        continue;
      }
      int start = i;
      do {
        i += 8;
      } while (i < to && run(values, i, Math.min(to, i + 8)) < 8);
      packed(values, start, Math.min(i, to), (i - start) / 8, width);
    }
  }

  private static int run(int[] values, int from, int to) {
    int value = values[from];
    int i = from + 1;
    while (i < to && values[i] == value) {
      i++;
    }
    return i - from;
  }

  private void packed(int[] values, int from, int to, int groups, int width) {
    need(groups * width + 16);
    varint(groups << 1 | 1);
    byte[] out = bytes;
    int at = size;
    int end = size + groups * width;
    long pending = 0;
    int bits = 0;
    for (int i = from; i < to; i++) {
      pending |= (long) values[i] << bits;
      bits += width;
      if (bits >= 32) {
        Bytes.INT.set(out, at, (int) pending);
        at += 4;
        pending >>>= 32;
        bits -= 32;
      }
    }
    while (at < end) {
      out[at++] = (byte) pending;
      pending >>>= 8;
    }
    size = end;
  }

  private void zigzag(long value) {
    long rest = value << 1 ^ value >> 63;
    while (rest >>> 7 != 0) {
      bytes[size++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** Numbers by their differences, Parquet's DELTA_BINARY_PACKED; at least one. */
  void delta(long[] values, int from, int to) {
    need((to - from) * 8 + (to - from) / 8 + 2048);
    varint(BLOCK);
    varint(BLOCK / MINIBLOCK);
    varint(to - from);
    zigzag(values[from]);
    for (int block = from + 1; block < to; block += BLOCK) {
      deltaBlock(values, block, Math.min(to, block + BLOCK));
    }
  }

  private void deltaBlock(long[] values, int from, int to) {
    long[] rest = differences;
    int count = to - from;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      long difference = values[from + i] - values[from + i - 1];
      rest[i] = difference;
      least = Math.min(least, difference);
    }
    zigzag(least);
    int widthsAt = size;
    Bytes.INT.set(bytes, size, 0);
    size += BLOCK / MINIBLOCK;
    for (int start = 0; start < count; start += MINIBLOCK) {
      int stop = start + MINIBLOCK;
      long all = 0;
      for (int i = start; i < stop; i++) {
        // What is missing in the last miniblock is written as zeros.
        rest[i] = i < count ? rest[i] - least : 0;
        all |= rest[i];
      }
      int width = 64 - Long.numberOfLeadingZeros(all);
      bytes[widthsAt + start / MINIBLOCK] = (byte) width;
      miniblock(rest, start, width);
    }
  }

  private void miniblock(long[] values, int from, int width) {
    byte[] out = bytes;
    int at = size;
    long pending = 0;
    int bits = 0;
    for (int i = from; i < from + MINIBLOCK; i++) {
      pending |= values[i] << bits;
      bits += width;
      if (bits >= 64) {
        Bytes.LONG.set(out, at, pending);
        at += 8;
        bits -= 64;
        pending = bits == 0 ? 0 : values[i] >>> width - bits;
      }
    }
    Bytes.LONG.set(out, at, pending);
    size += MINIBLOCK / 8 * width;
  }

  /** Booleans, one bit each, from one byte each; reads up to 7 bytes past the end. */
  void bits(byte[] flags, int from, int to) {
    need((to - from + 7) / 8);
    byte[] out = bytes;
    int at = size;
    for (int i = from; i < to; i += 8) {
      // The product has the lowest bit of the first byte at 56, that of the second at 57, ...
      long eight = Bytes.word(flags, i) & Bytes.mask(to - i);
      out[at++] = (byte) (eight * 0x0102040810204080L >>> 56);
    }
    size = at;
  }
}
