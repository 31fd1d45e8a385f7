package dev.sluice.convert;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a column of a row group is smaller as a dictionary, and builds it. Reused for
 * every column; entries are numbered in order of appearance.
 */
final class Dictionary {
  private static final int MAX_BYTES = 1 << 20;

  /** For every value its entry. */
  int[] ids = new int[1024];

  /** Entries. */
  int size;

  /** For numbers, the entries themselves. */
  long[] longs = new long[1024];

  /** For interned text, the code of each entry. For raw text, where each entry's length stands. */
  int[] references = new int[1024];

  private int[] slots = new int[2048];
  private int[] entryOfCode = new int[0];

  private void begin(int values) {
    size = 0;
    if (ids.length < values) {
      ids = new int[values];
    }
  }

  private static int width(int entries) {
    return entries <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(entries - 1);
  }

  /** Bits of an id. */
  int idWidth() {
    return width(size);
  }

  private boolean pays(long entryBytes, int values, long plainBytes) {
    return entryBytes <= MAX_BYTES && entryBytes + (long) values * width(size) / 8 < plainBytes;
  }

  /** Builds the dictionary of interned text; false when plain is smaller. */
  boolean codes(int[] codes, int values, Interner interner) {
    begin(values);
    if (entryOfCode.length < interner.size) {
      entryOfCode = new int[interner.size + (interner.size >> 1)];
    }
    long entryBytes = 0;
    long plainBytes = 0;
    for (int i = 0; i < values; i++) {
      int code = codes[i];
      int entry = entryOfCode[code];
      if (entry == 0) {
        if (size == references.length) {
          references = Arrays.copyOf(references, size * 2);
        }
        references[size] = code;
        entryBytes += 4L + interner.length(code);
        entry = ++size;
        entryOfCode[code] = entry;
      }
      ids[i] = entry - 1;
      plainBytes += 4L + interner.length(code);
    }
    for (int entry = 0; entry < size; entry++) {
      entryOfCode[references[entry]] = 0;
    }
    return pays(entryBytes, values, plainBytes);
  }

  /**
   * Builds the dictionary of numbers.
   *
   * @param otherwise bytes that the values take without it
   * @return false when that is less
   */
  boolean numbers(
      long @Nullable [] wide, int @Nullable [] narrow, int values, int bytesEach, long otherwise) {
    begin(values);
    clearSlots();
    int mask = slots.length - 1;
    int limit = MAX_BYTES / bytesEach;
    for (int i = 0; i < values; i++) {
      long value = wide != null ? wide[i] : narrow[i];
      int at = (int) Bytes.mix(value) & mask;
      int entry;
      while ((entry = slots[at]) != 0 && longs[entry - 1] != value) {
        at = at + 1 & mask;
      }
      if (entry == 0) {
        if (size == limit || hopeless(i)) {
          return false;
        }
        if (size == longs.length) {
          longs = Arrays.copyOf(longs, size * 2);
        }
        longs[size] = value;
        entry = ++size;
        slots[at] = entry;
        if (size * 2 > mask) {
          mask = growSlots(mask, null);
        }
      }
      ids[i] = entry - 1;
    }
    return pays((long) size * bytesEach, values, otherwise);
  }

  /** Builds the dictionary of raw text, lengths before bytes; false when plain is smaller. */
  boolean text(byte[] raw, int rawBytes, int values) {
    begin(values);
    clearSlots();
    int mask = slots.length - 1;
    long entryBytes = 0;
    int p = 0;
    for (int i = 0; i < values; i++) {
      int length = (int) Bytes.INT.get(raw, p);
      int at = (int) Bytes.hash(raw, p + 4, length) & mask;
      int entry;
      while ((entry = slots[at]) != 0) {
        int other = references[entry - 1];
        if ((int) Bytes.INT.get(raw, other) == length
            && Bytes.equal(raw, other + 4, raw, p + 4, length)) {
          break;
        }
        at = at + 1 & mask;
      }
      if (entry == 0) {
        entryBytes += 4L + length;
        if (entryBytes > MAX_BYTES || hopeless(i)) {
          return false;
        }
        if (size == references.length) {
          references = Arrays.copyOf(references, size * 2);
        }
        references[size] = p;
        entry = ++size;
        slots[at] = entry;
        if (size * 2 > mask) {
          mask = growSlots(mask, raw);
        }
      }
      ids[i] = entry - 1;
      p += 4 + length;
    }
    return pays(entryBytes, values, rawBytes);
  }

  /** Whether nearly every value so far was a new one. */
  private boolean hopeless(int seen) {
    return seen >= 1000 && size > seen / 16 * 15;
  }

  private void clearSlots() {
    if (slots.length > 1 << 14) {
      slots = new int[2048];
    } else {
      Arrays.fill(slots, 0);
    }
  }

  private int growSlots(int oldMask, byte @Nullable [] raw) {
    int mask = (oldMask + 1) * 4 - 1;
    slots = new int[mask + 1];
    for (int entry = 0; entry < size; entry++) {
      long hash;
      if (raw == null) {
        hash = Bytes.mix(longs[entry]);
      } else {
        int p = references[entry];
        hash = Bytes.hash(raw, p + 4, (int) Bytes.INT.get(raw, p));
      }
      int at = (int) hash & mask;
      while (slots[at] != 0) {
        at = at + 1 & mask;
      }
      slots[at] = entry + 1;
    }
    return mask;
  }
}
