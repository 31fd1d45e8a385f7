package dev.sluice.convert;

/** UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
  private Utf8() {}

  /**
   * The length of the sequence that a byte beyond ASCII begins, 2 to 4, or 0 when it is not valid.
   * Reads up to 3 bytes ahead, and no further than the first that does not belong.
   */
  static int sequence(byte[] bytes, int at) {
    int lead = bytes[at] & 0xff;
    if (lead >= 0xc2 && lead < 0xe0) {
      return follows(bytes[at + 1]) ? 2 : 0;
    }
    if (lead >= 0xe0 && lead < 0xf0) {
      int second = bytes[at + 1] & 0xff;
      boolean allowed =
          follows(bytes[at + 1])
              && (lead != 0xe0 || second >= 0xa0)
              && (lead != 0xed || second < 0xa0);
      return allowed && follows(bytes[at + 2]) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead < 0xf5) {
      int second = bytes[at + 1] & 0xff;
      boolean allowed =
          follows(bytes[at + 1])
              && (lead != 0xf0 || second >= 0x90)
              && (lead != 0xf4 || second < 0x90);
      return allowed && follows(bytes[at + 2]) && follows(bytes[at + 3]) ? 4 : 0;
    }
    return 0;
  }

  private static boolean follows(byte b) {
    return (b & 0xc0) == 0x80;
  }

  /** Whether the whole range is valid. */
  static boolean isValid(byte[] bytes, int from, int to) {
    // Four bytes of room, so that a sequence cut off at the end is seen as such.
    byte[] padded = java.util.Arrays.copyOfRange(bytes, from, to + 4);
    java.util.Arrays.fill(padded, to - from, padded.length, (byte) 0);
    for (int at = 0; at < to - from; ) {
      int length = padded[at] >= 0 ? 1 : sequence(padded, at);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /** Writes a code point; answers the offset behind it. */
  static int put(byte[] out, int at, int point) {
    int o = at;
    if (point < 0x80) {
      out[o++] = (byte) point;
    } else if (point < 0x800) {
      out[o++] = (byte) (0xc0 | point >> 6);
      out[o++] = (byte) (0x80 | point & 63);
    } else if (point < 0x10000) {
      out[o++] = (byte) (0xe0 | point >> 12);
      out[o++] = (byte) (0x80 | point >> 6 & 63);
      out[o++] = (byte) (0x80 | point & 63);
    } else {
      out[o++] = (byte) (0xf0 | point >> 18);
      out[o++] = (byte) (0x80 | point >> 12 & 63);
      out[o++] = (byte) (0x80 | point >> 6 & 63);
      out[o++] = (byte) (0x80 | point & 63);
    }
    return o;
  }
}
