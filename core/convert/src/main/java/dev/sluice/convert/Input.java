package dev.sluice.convert;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.limit.Limit;
import dev.sluice.model.limit.Limits;
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
  /** Small sources may shrink to next to nothing without asking much of anybody. */
  private static final long RATIO_FROM = 64L << 20;

  private final String name;
  private final Limits limits;
  private final long maxBytes;
  private final long maxRatio;
  private final CountingStream stored;
  private final InputStream decoded;
  private final String compression;
  private int piece = Integer.MAX_VALUE;
  private long read;
  private @Nullable CorruptInputException damage;

  /**
   * Opens a source.
   *
   * @throws SluiceException from here and {@link #read} when a limit of the source is exceeded
   */
  Input(Source source, Limits limits) throws IOException {
    this(source.name(), source.content().open(), limits);
  }

  /**
   * @param name of the source, for messages
   * @param in is closed with this
   */
  Input(String name, InputStream in, Limits limits) throws IOException {
    this.name = name;
    this.limits = limits;
    this.maxBytes = limits.get(Limit.DECODED_BYTES);
    this.maxRatio = limits.get(Limit.DECODED_RATIO);
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
      decoded =
          new ZstdInputStreamNoFinalizer(whole)
              .setLongMax(63 - Long.numberOfLeadingZeros(limits.get(Limit.ZSTD_WINDOW_BYTES)));
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
    if (read > maxBytes) {
      throw exceeded(ErrorCode.DECODED_TOO_LARGE, Limit.DECODED_BYTES, "it is larger", "split it");
    }
    if (read > RATIO_FROM && read / maxRatio > stored.count()) {
      throw exceeded(
          ErrorCode.RATIO_TOO_HIGH,
          Limit.DECODED_RATIO,
          "it grows more when it is decompressed",
          "upload it less compressed");
    }
    return total;
  }

  private SluiceException exceeded(ErrorCode code, Limit limit, String what, String wayOut) {
    return new SluiceException(
        code,
        "Cannot read "
            + name
            + ": "
            + what
            + " than the limit "
            + limit.setting()
            + " allows: "
            + limits.get(limit)
            + ": "
            + wayOut
            + ", or raise the limit");
  }

  private int readOnce(byte[] bytes, int offset, int length) throws IOException {
    try {
      return decoded.read(bytes, offset, Math.min(length, piece));
    } catch (CorruptInputException e) {
      damage = e;
    } catch (ZstdIOException e) {
      if (e.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()) {
        throw exceeded(
            ErrorCode.WINDOW_TOO_LARGE,
            Limit.ZSTD_WINDOW_BYTES,
            "decoding it takes a larger window",
            "compress it without --long and --ultra");
      }
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
