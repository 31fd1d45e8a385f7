package dev.sluice.convert;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The decoded bytes of a source. Compression is told by the first bytes, not by a name: names lie.
 * Damage ends the input early and is remembered, so that everything before it can be used.
 */
final class Input implements AutoCloseable {
  private final CountingStream stored;
  private final InputStream decoded;
  private final String compression;
  private int piece = Integer.MAX_VALUE;
  private long read;
  private @Nullable CorruptInputException damage;

  Input(InputStream in) throws IOException {
    stored = new CountingStream(in);
    byte[] magic;
    try {
      magic = stored.readNBytes(4);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
    InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), stored);
    if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
      compression = "gzip";
      decoded = new GzipStream(whole);
    } else if (magic.length == 4 && word(magic) == 0xfd2fb528) {
      compression = "zstd";
      decoded = new ZstdInputStreamNoFinalizer(whole);
      // What one read decoded before it met damage is lost, so reads are small.
      piece = 1 << 12;
    } else {
      compression = "";
      decoded = whole;
    }
  }

  private static int word(byte[] bytes) {
    return (int) Bytes.INT.get(bytes, 0);
  }

  /** Fills as much as there is; less than {@code length} only at the end. */
  int read(byte[] bytes, int offset, int length) throws IOException {
    int total = 0;
    while (total < length && damage == null) {
      int n = readOnce(bytes, offset + total, length - total);
      if (n < 0) {
        break;
      }
      total += n;
    }
    read += total;
    return total;
  }

  private int readOnce(byte[] bytes, int offset, int length) throws IOException {
    try {
      return decoded.read(bytes, offset, Math.min(length, piece));
    } catch (CorruptInputException e) {
      damage = e;
    } catch (ZstdIOException e) {
      damage =
          new CorruptInputException(
              e.getMessage() != null && e.getMessage().startsWith("Truncated")
                  ? "the zstd stream ends early"
                  : "the zstd stream is damaged",
              e);
    } catch (EOFException e) {
      if (compression.isEmpty()) {
        throw e;
      }
      damage = new CorruptInputException("the " + compression + " stream ends early", e);
    }
    return -1;
  }

  /** Why the input ended before its end, or null. */
  @Nullable CorruptInputException damage() {
    return damage;
  }

  long storedBytes() {
    return stored.count();
  }

  long decodedBytes() {
    return read;
  }

  @Override
  public void close() throws IOException {
    decoded.close();
    stored.close();
  }
}
