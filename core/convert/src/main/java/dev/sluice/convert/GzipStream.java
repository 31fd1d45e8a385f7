package dev.sluice.convert;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Reads gzip (RFC 1952) of any number of members. The JDK's own stream asks {@code available()}
 * whether another member follows, which a network stream may deny half-way: records would be lost
 * without a sign.
 */
final class GzipStream extends InputStream {
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;

  private final InputStream in;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 crc = new CRC32();
  private final byte[] input = new byte[1 << 16];
  private int at;
  private int end;
  private boolean inMember;
  private boolean finished;
  private @Nullable CorruptInputException damage;

  /**
   * @param in at the first byte of the first member
   */
  GzipStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!finished) {
      if (!inMember && !begin()) {
        finished = true;
        break;
      }
      int n = inflate(bytes, offset, length);
      if (n > 0) {
        return n;
      }
    }
    return -1;
  }

  private int inflate(byte[] bytes, int offset, int length) throws IOException {
    if (damage != null) {
      throw damage;
    }
    long before = inflater.getBytesWritten();
    try {
      int n = inflater.inflate(bytes, offset, length);
      if (n > 0) {
        crc.update(bytes, offset, n);
        return n;
      }
      if (inflater.finished()) {
        at = end - inflater.getRemaining();
        trailer();
        inMember = false;
      } else if (inflater.needsDictionary()) {
        throw new CorruptInputException("the gzip stream is damaged: it asks for a dictionary");
      } else if (inflater.needsInput()) {
        if (!fill()) {
          throw new CorruptInputException("the gzip stream ends early");
        }
        inflater.setInput(input, 0, end);
      }
      return 0;
    } catch (DataFormatException e) {
      damage = new CorruptInputException("the gzip stream is damaged", e);
      // What this call decoded before it met the damage is good.
      return (int) (inflater.getBytesWritten() - before);
    }
  }

  /** Reads a member's header; false at the end of the stream. */
  private boolean begin() throws IOException {
    int first = next();
    // Padding of zeros behind the last member is common on tapes and block devices, and harmless.
    while (first == 0) {
      first = next();
    }
    if (first < 0) {
      return false;
    }
    if (first != 0x1f || need() != 0x8b || need() != 8) {
      throw new CorruptInputException("the gzip stream is followed by something else");
    }
    int flags = need();
    for (int i = 0; i < 6; i++) {
      need();
    }
    if ((flags & EXTRA) != 0) {
      int length = need() | need() << 8;
      for (int i = 0; i < length; i++) {
        need();
      }
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      need();
      need();
    }
    inflater.reset();
    inflater.setInput(input, at, end - at);
    crc.reset();
    inMember = true;
    return true;
  }

  private void skipText() throws IOException {
    while (need() != 0) {
      // The name or comment is of no use here.
    }
  }

  private void trailer() throws IOException {
    long expectedCrc = word();
    long expectedSize = word();
    if (expectedCrc != crc.getValue()
        || expectedSize != (inflater.getBytesWritten() & 0xffffffffL)) {
      throw new CorruptInputException("the gzip stream is damaged: its checksum differs");
    }
  }

  private long word() throws IOException {
    return need() | (long) need() << 8 | (long) need() << 16 | (long) need() << 24;
  }

  private int need() throws IOException {
    int b = next();
    if (b < 0) {
      throw new CorruptInputException("the gzip stream ends early");
    }
    return b;
  }

  private int next() throws IOException {
    if (at == end && !fill()) {
      return -1;
    }
    return input[at++] & 0xff;
  }

  private boolean fill() throws IOException {
    int n;
    do {
      n = in.read(input, 0, input.length);
    } while (n == 0);
    at = 0;
    end = Math.max(n, 0);
    return n > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
