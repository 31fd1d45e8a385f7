package dev.sluice.convert;

import java.io.IOException;
import java.io.InputStream;

/**
 * The text of a source, decompressed as the converter does it: quarantine counts its offsets in
 * this text. Damage ends it early.
 */
public final class DecodedStream extends InputStream {
  private final Input input;

  /**
   * @param stored the bytes as they are stored; closed with this stream
   */
  public DecodedStream(InputStream stored) throws IOException {
    input = new Input(stored);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int got = input.read(target, offset, length);
    return got == 0 && length > 0 ? -1 : got;
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
