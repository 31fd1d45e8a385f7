package dev.sluice.convert;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The text of a CSV source as characters that each are one byte, so that the parser's lines lead
 * back to bytes. Holds the bytes from the last {@link #forget} to what the parser was given last.
 */
final class CsvText extends Reader {
  private static final int CHUNK = 1 << 16;

  /** A new parser may give up soon, and what it was given ahead is read again. */
  private static final int FIRST = 64;

  private final Input input;
  private byte[] bytes = new byte[2 * CHUNK];

  /** Offset in the source of the first byte held. */
  private long base;

  private int end;
  private int given;
  private int most;
  private boolean exhausted;

  /** Where the parser's lines begin in what is held, from {@link #firstLine} on. */
  private int[] starts = new int[1024];

  private int lines;
  private long firstLine;
  private boolean afterReturn;
  private @Nullable Exception failure;

  CsvText(Input input, Source source) throws IOException {
    this.input = input;
    fill();
    restart(Encoding.markLength(source, bytes, end));
  }

  /** Gives a new parser the text from {@code offset} on, which is its line 1. */
  void restart(long offset) {
    given = index(offset);
    most = FIRST;
    firstLine = 1;
    lines = 0;
    afterReturn = false;
    begin(given);
  }

  private void begin(int at) {
    if (lines == starts.length) {
      starts = Arrays.copyOf(starts, lines * 2);
    }
    starts[lines++] = at;
  }

  @Override
  public int read(char[] into, int from, int length) throws IOException {
    try {
      if (given == end && !exhausted) {
        fill();
      }
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    }
    int n = Math.min(Math.min(length, most), end - given);
    most = Math.min(CHUNK, most * 2);
    for (int i = 0; i < n; i++) {
      byte c = bytes[given + i];
      into[from + i] = (char) (c & 0xff);
      if (c == '\n') {
        afterReturn = false;
        begin(given + i + 1);
      } else {
        if (afterReturn) {
          begin(given + i);
        }
        afterReturn = c == '\r';
      }
    }
    given += n;
    return n == 0 ? -1 : n;
  }

  private void fill() throws IOException {
    bytes = Bytes.grow(bytes, end + CHUNK);
    int got = input.read(bytes, end, CHUNK);
    end += got;
    exhausted = got < CHUNK;
  }

  /** Why the source could not be read; the parser only says that. */
  @Nullable Exception failure() {
    return failure;
  }

  /** Where a line of the parser begins; the end of what it was given if that is not to be seen. */
  long start(long line) {
    int i = (int) (line - firstLine);
    return base + (i < lines ? starts[i] : given);
  }

  /** Whether it is known where a line of the parser begins. */
  boolean knows(long line) {
    return line - firstLine < lines;
  }

  /** The line that the parser was given last, whole or not. */
  long lastLine() {
    return firstLine + lines - 1;
  }

  /** The bytes held, where {@link #index} says. */
  byte[] bytes() {
    return bytes;
  }

  int index(long offset) {
    return (int) (offset - base);
  }

  /** The end of what the parser was given. */
  long givenTo() {
    return base + given;
  }

  /** Whether the source ends at this offset. */
  boolean endsAt(long offset) {
    return exhausted && offset == base + end;
  }

  /** The offset without the line end before it. */
  long beforeLineEnd(long start, long stop) {
    int i = index(stop);
    int from = index(start);
    if (i > from && bytes[i - 1] == '\n') {
      i--;
    }
    if (i > from && bytes[i - 1] == '\r') {
      i--;
    }
    return base + i;
  }

  /** Goes behind the end of a line however long it is, forgetting what lies before. */
  long skipLine(long start) throws IOException {
    int i = index(start);
    for (; ; ) {
      while (i < end && bytes[i] != '\n' && bytes[i] != '\r') {
        i++;
      }
      boolean more = !exhausted && (i == end || bytes[i] == '\r' && i + 1 == end);
      if (!more) {
        break;
      }
      System.arraycopy(bytes, i, bytes, 0, end - i);
      base += i;
      end -= i;
      given = 0;
      i = 0;
      fill();
    }
    if (i < end) {
      i += bytes[i] == '\r' && i + 1 < end && bytes[i + 1] == '\n' ? 2 : 1;
    }
    return base + i;
  }

  /** Goes behind the end of the line that the parser was given last. */
  long skipGiven() throws IOException {
    return skipLine(givenTo() - (afterReturn ? 1 : 0));
  }

  /** Forgets what lies before the parser's {@code line}, which begins at {@code offset}. */
  void forget(long offset, long line) {
    int gone = index(offset);
    System.arraycopy(bytes, gone, bytes, 0, end - gone);
    base = offset;
    end -= gone;
    given -= gone;
    int past = (int) Math.min(lines, line - firstLine);
    lines -= past;
    for (int i = 0; i < lines; i++) {
      starts[i] = starts[past + i] - gone;
    }
    firstLine += past;
  }

  @Override
  public void close() {
    // Who opened the input closes it.
  }
}
