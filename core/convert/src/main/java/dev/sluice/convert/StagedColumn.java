package dev.sluice.convert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column that wait to be encoded, in record order.
 *
 * <p>What is added goes to the arrays that the fields name. They grow up to the size of a segment;
 * one that is full is put aside and another goes on where it ended, so that nothing large is copied
 * in order to grow. {@link WholeColumn} puts them together again.
 */
final class StagedColumn {
  /** Roughly what the object and its arrays take besides their content. */
  static final int OVERHEAD = 152;

  /** Entries that the first arrays have room for. */
  static final int FIRST = 16;

  private static final int SMALL = 4096;

  /** Booleans are read eight at a time, so the last of an array has seven bytes behind it. */
  private static final int BEHIND = 7;

  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};
  private static final byte[] NO_BYTES = {};

  /** What was put aside because it is full. */
  private static final class Full {
    final List<long[]> longs = new ArrayList<>(0);
    final List<int[]> ints = new ArrayList<>(0);
    final List<byte[]> bytes = new ArrayList<>(0);

    /** How much of each of {@link #bytes} is used. */
    final List<Integer> used = new ArrayList<>(0);

    final List<byte[]> definitions = new ArrayList<>(0);
    final List<byte[]> repetitions = new ArrayList<>(0);
    long memory;
  }

  final Node leaf;

  /** As {@link Node#width()}. */
  final int width;

  /** Numbers of eight bytes, or empty. */
  long[] longs = NO_LONGS;

  /** Numbers of four bytes, or codes of interned text. */
  int[] ints = NO_INTS;

  /** Booleans, one byte each, or raw text: four bytes of length, then the bytes. */
  byte[] bytes = NO_BYTES;

  byte[] definitions = NO_BYTES;
  byte[] repetitions = NO_BYTES;

  /** Entries, nulls among them. */
  int entries;

  /** Entries that have a value. */
  int values;

  /** Bytes of raw text. */
  int rawBytes;

  /** Whether text is held raw and not as codes. */
  boolean raw;

  private final Segments segments;
  private @Nullable Full full;

  // How much of each is in arrays that were put aside.
  private int entriesAside;
  private int valuesAside;
  private int rawAside;

  StagedColumn(Node leaf, Segments segments) {
    this.leaf = leaf;
    this.segments = segments;
    width = leaf.width();
    raw = leaf.isBytes() && leaf.kind != Node.STRING && leaf.kind != Node.ENUM;
  }

  // ---- filling

  /** How many of so many entries have room in the arrays of levels as they are now; at least 1. */
  int roomForEntries(int more) {
    if (leaf.definition == 0) {
      return more;
    }
    int used = entries - entriesAside;
    if (used + more > definitions.length) {
      growLevels(used, used + more);
    }
    return Math.min(more, definitions.length - (entries - entriesAside));
  }

  /** Where the next entry goes in the arrays of levels. */
  int entryPosition() {
    return entries - entriesAside;
  }

  private void growLevels(int used, int needed) {
    if (definitions.length < Segments.BYTES) {
      definitions = grown(definitions, used, needed);
      if (leaf.repetition > 0) {
        repetitions = grown(repetitions, used, needed);
      }
    } else if (used == definitions.length) {
      Full aside = full();
      aside.definitions.add(definitions);
      aside.memory += definitions.length;
      definitions = segments.takeBytes();
      if (leaf.repetition > 0) {
        aside.repetitions.add(repetitions);
        aside.memory += repetitions.length;
        repetitions = segments.takeBytes();
      }
      entriesAside = entries;
    }
  }

  /**
   * How many of so many values have room in the array of values as it is now; at least 1. Not for
   * raw text.
   */
  int roomForValues(int more) {
    int used = values - valuesAside;
    if (used + more > capacity()) {
      growValues(used, used + more);
    }
    return Math.min(more, capacity() - (values - valuesAside));
  }

  /** Where the next value goes in the array of values. */
  int valuePosition() {
    return values - valuesAside;
  }

  private int capacity() {
    return switch (width) {
      case 8 -> longs.length;
      case 1 -> Math.max(0, bytes.length - BEHIND);
      default -> ints.length;
    };
  }

  private void growValues(int used, int needed) {
    switch (width) {
      case 8 -> {
        int most = Segments.BYTES / Long.BYTES;
        if (longs.length < most) {
          int size = size(needed, longs.length, most);
          long[] larger = size == most ? segments.takeLongs() : new long[size];
          System.arraycopy(longs, 0, larger, 0, used);
          longs = larger;
        } else if (used == longs.length) {
          Full aside = full();
          aside.longs.add(longs);
          aside.memory += (long) Long.BYTES * longs.length;
          longs = segments.takeLongs();
          valuesAside = values;
        }
      }
      case 1 -> {
        if (bytes.length < Segments.BYTES) {
          bytes = grown(bytes, used, needed + BEHIND);
        } else if (used == bytes.length - BEHIND) {
          putBytesAside(used);
          bytes = segments.takeBytes();
          valuesAside = values;
        }
      }
      default -> {
        int most = Segments.BYTES / Integer.BYTES;
        if (ints.length < most) {
          int size = size(needed, ints.length, most);
          int[] larger = size == most ? segments.takeInts() : new int[size];
          System.arraycopy(ints, 0, larger, 0, used);
          ints = larger;
        } else if (used == ints.length) {
          Full aside = full();
          aside.ints.add(ints);
          aside.memory += (long) Integer.BYTES * ints.length;
          ints = segments.takeInts();
          valuesAside = values;
        }
      }
    }
  }

  private byte[] grown(byte[] array, int used, int needed) {
    int size = size(needed, array.length, Segments.BYTES);
    byte[] larger = size == Segments.BYTES ? segments.takeBytes() : new byte[size];
    System.arraycopy(array, 0, larger, 0, used);
    return larger;
  }

  private static int size(int needed, int length, int most) {
    // Small arrays are many and grow often; what large ones have too much counts.
    int grown = length + (length < SMALL ? length : length >> 1);
    return Math.min(most, Math.max(Math.max(needed, FIRST), grown));
  }

  private void putBytesAside(int used) {
    Full aside = full();
    aside.bytes.add(bytes);
    aside.used.add(used);
    aside.memory += bytes.length;
  }

  private Full full() {
    Full aside = full;
    if (aside == null) {
      aside = new Full();
      full = aside;
    }
    return aside;
  }

  /** Adds raw text, without counting it as a value. */
  void addRaw(byte[] source, int from, int length) {
    int used = rawBytes - rawAside;
    if (used + Integer.BYTES + length + Bytes.PADDING > bytes.length) {
      growRaw(used, Integer.BYTES + length + Bytes.PADDING);
      used = rawBytes - rawAside;
    }
    Bytes.INT.set(bytes, used, length);
    Bytes.copy(source, from, bytes, used + Integer.BYTES, length);
    rawBytes += Integer.BYTES + length;
  }

  private void growRaw(int used, int more) {
    if (bytes.length < Segments.BYTES && used + more <= Segments.BYTES) {
      bytes = grown(bytes, used, used + more);
      return;
    }
    if (used > 0) {
      putBytesAside(used);
      rawAside = rawBytes;
    }
    bytes = more <= Segments.BYTES ? segments.takeBytes() : new byte[more];
  }

  /** Turns codes into raw text, for good. */
  void toRaw(Interner interner) {
    if (raw) {
      return;
    }
    raw = true;
    int[] last = ints;
    int inLast = values - valuesAside;
    ints = NO_INTS;
    valuesAside = 0;
    Full aside = full;
    if (aside != null) {
      for (int[] codes : aside.ints) {
        addCodes(codes, codes.length, interner);
        aside.memory -= (long) Integer.BYTES * codes.length;
        segments.give(codes);
      }
      aside.ints.clear();
    }
    addCodes(last, inLast, interner);
    segments.give(last);
  }

  private void addCodes(int[] codes, int count, Interner interner) {
    for (int i = 0; i < count; i++) {
      addRaw(interner.bytes, interner.offset(codes[i]), interner.length(codes[i]));
    }
  }

  /** Bytes by which codes grow when they are turned into raw text. */
  long growth(@Nullable Interner interner) {
    if (raw || interner == null) {
      return 0;
    }
    long growth = textBytes(ints, values - valuesAside, interner);
    if (full != null) {
      for (int[] codes : full.ints) {
        growth += textBytes(codes, codes.length, interner);
      }
    }
    return growth;
  }

  private static long textBytes(int[] codes, int count, Interner interner) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += interner.length(codes[i]);
    }
    return bytes;
  }

  // ---- handing on

  /** Calls for each array of wide numbers, in order. */
  void longs(Sink<long[]> sink) throws IOException {
    if (full != null) {
      for (long[] each : full.longs) {
        sink.put(each, each.length);
      }
    }
    sink.put(longs, values - valuesAside);
  }

  /** Calls for each array of narrow numbers or codes, in order. */
  void ints(Sink<int[]> sink) throws IOException {
    if (full != null) {
      for (int[] each : full.ints) {
        sink.put(each, each.length);
      }
    }
    sink.put(ints, values - valuesAside);
  }

  /** Calls for each array of booleans or raw text, in order. */
  void bytes(Sink<byte[]> sink) throws IOException {
    if (full != null) {
      for (int i = 0; i < full.bytes.size(); i++) {
        sink.put(full.bytes.get(i), full.used.get(i));
      }
    }
    sink.put(bytes, width == 1 ? values - valuesAside : rawBytes - rawAside);
  }

  /** Calls for each array of definition levels, in order. */
  void definitions(Sink<byte[]> sink) throws IOException {
    if (full != null) {
      for (byte[] each : full.definitions) {
        sink.put(each, each.length);
      }
    }
    sink.put(definitions, entries - entriesAside);
  }

  /** Calls for each array of repetition levels, in order. */
  void repetitions(Sink<byte[]> sink) throws IOException {
    if (full != null) {
      for (byte[] each : full.repetitions) {
        sink.put(each, each.length);
      }
    }
    sink.put(repetitions, entries - entriesAside);
  }

  /** Takes the first values of an array. */
  interface Sink<A> {
    void put(A array, int count) throws IOException;
  }

  /** Whether everything is in the arrays that the fields name. */
  boolean isWhole() {
    return full == null;
  }

  /** Gives the arrays to whoever needs them next; nothing is in this column any more. */
  void release() {
    if (full != null) {
      full.longs.forEach(segments::give);
      full.ints.forEach(segments::give);
      full.bytes.forEach(segments::give);
      full.definitions.forEach(segments::give);
      full.repetitions.forEach(segments::give);
      full = null;
    }
    segments.give(longs);
    segments.give(ints);
    segments.give(bytes);
    segments.give(definitions);
    segments.give(repetitions);
    longs = NO_LONGS;
    ints = NO_INTS;
    bytes = NO_BYTES;
    definitions = NO_BYTES;
    repetitions = NO_BYTES;
  }

  void write(Scratch out) throws IOException {
    out.put(entries);
    out.put(values);
    out.put(raw ? rawBytes : -1);
    switch (width) {
      case 8 -> longs(out::put);
      case 4 -> ints(out::put);
      case 1 -> bytes(out::put);
      default -> {
        if (raw) {
          bytes(out::put);
        } else {
          ints(out::put);
        }
      }
    }
    if (leaf.definition > 0) {
      definitions(out::put);
    }
    if (leaf.repetition > 0) {
      repetitions(out::put);
    }
  }

  /** Reads into a column without entries, to which nothing can be added then. */
  void read(Scratch.Reader in) throws IOException {
    entries = in.next();
    values = in.next();
    int textBytes = in.next();
    raw = textBytes >= 0;
    switch (width) {
      case 8 -> in.read(longs = new long[values], values);
      case 4 -> in.read(ints = new int[values], values);
      case 1 -> in.read(bytes = new byte[values + BEHIND], values);
      default -> {
        if (raw) {
          rawBytes = textBytes;
          in.read(bytes = new byte[textBytes + Bytes.PADDING], textBytes);
        } else {
          in.read(ints = new int[values], values);
        }
      }
    }
    if (leaf.definition > 0) {
      in.read(definitions = new byte[entries], entries);
    }
    if (leaf.repetition > 0) {
      in.read(repetitions = new byte[entries], entries);
    }
  }

  long memory() {
    return OVERHEAD
        + (full == null ? 0 : full.memory)
        + (long) Long.BYTES * longs.length
        + (long) Integer.BYTES * ints.length
        + bytes.length
        + definitions.length
        + repetitions.length;
  }
}
