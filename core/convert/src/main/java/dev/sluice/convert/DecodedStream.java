package dev.sluice.convert;

import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
import java.io.IOException;
import java.io.InputStream;

/**
 * The text of a source, decompressed as the converter does it: quarantine counts its offsets in
 * this text. Damage ends it early.
 */
public final class DecodedStream extends InputStream {
  /** Whoever reads this reads as much as it wants, of a source that was accepted before. */
  private static final Limits UNLIMITED =
      Limits.defaults()
          .with(Limit.DECODED_BYTES, Limit.DECODED_BYTES.most())
          .with(Limit.DECODED_RATIO, Limit.DECODED_RATIO.most())
          .with(Limit.ZSTD_WINDOW_BYTES, Limit.ZSTD_WINDOW_BYTES.most());

  private final Input input;

  /**
   * @param stored the bytes as they are stored; closed with this stream
   */
  public DecodedStream(InputStream stored) throws IOException {
    input = new Input("what is stored", stored, UNLIMITED);
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
