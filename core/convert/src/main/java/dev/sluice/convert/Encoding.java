package dev.sluice.convert;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;

/** Tells by the first bytes of a text whether it is UTF-8. */
final class Encoding {
  private Encoding() {}

  /**
   * The length of the byte order mark, 0 or 3.
   *
   * @throws SluiceException {@code UNREADABLE_SOURCE} when the text is in a wider encoding
   */
  static int markLength(Source source, byte[] text, int end) {
    int first = end > 0 ? text[0] & 0xff : -1;
    int second = end > 1 ? text[1] & 0xff : -1;
    if (first == 0xef && second == 0xbb && end > 2 && (text[2] & 0xff) == 0xbf) {
      return 3;
    }
    boolean marked = first == 0xfe && second == 0xff || first == 0xff && second == 0xfe;
    boolean wide = false;
    if (end >= 4) {
      // Text begins with ASCII, so wider encodings show zeros in a pattern; one zero is just bad.
      int zeros = 0;
      for (int i = 0; i < 4; i++) {
        zeros = zeros << 1 | (text[i] == 0 ? 1 : 0);
      }
      wide = zeros == 0b0101 || zeros == 0b1010 || zeros == 0b0111 || zeros == 0b1110;
    }
    if (marked || wide) {
      throw new SluiceException(
          ErrorCode.UNREADABLE_SOURCE,
          "Cannot read "
              + source.name()
              + ": its text is UTF-16 or UTF-32, and it must be UTF-8: convert it, for instance"
              + " with iconv -t UTF-8, and upload it again");
    }
    return 0;
  }
}
