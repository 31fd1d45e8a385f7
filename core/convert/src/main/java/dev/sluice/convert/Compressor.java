package dev.sluice.convert;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import org.apache.parquet.format.CompressionCodec;
import org.jspecify.annotations.Nullable;
import org.xerial.snappy.Snappy;

/** Compresses pages, keeping its buffers and its context. */
final class Compressor implements AutoCloseable {
  private static final int ZSTD_LEVEL = 3;

  /** What is tried before a page is compressed, and the size from which that is worth it. */
  private static final int SAMPLE = 1 << 12;

  private static final int SAMPLED = 8 * SAMPLE;

  private final Codec codec;
  private final @Nullable ZstdCompressCtx zstd;

  /** The last page, compressed. */
  byte[] bytes = new byte[0];

  int size;

  Compressor(Codec codec) {
    this.codec = codec;
    this.zstd = codec == Codec.ZSTD ? new ZstdCompressCtx().setLevel(ZSTD_LEVEL) : null;
  }

  CompressionCodec parquetCodec() {
    return codec == Codec.ZSTD ? CompressionCodec.ZSTD : CompressionCodec.SNAPPY;
  }

  /** Whether a page like this becomes smaller; of a large one, some of its middle is tried. */
  boolean pays(Out page) throws IOException {
    if (codec == Codec.NONE || page.size < SAMPLED) {
      return codec != Codec.NONE;
    }
    compress(page.bytes, page.size / 2, SAMPLE);
    return size < SAMPLE / 20 * 19;
  }

  void compress(Out page) throws IOException {
    compress(page.bytes, 0, page.size);
  }

  private void compress(byte[] source, int from, int length) throws IOException {
    if (zstd != null) {
      reserve((int) Zstd.compressBound(length));
      size = zstd.compressByteArray(bytes, 0, bytes.length, source, from, length);
    } else {
      reserve(Snappy.maxCompressedLength(length));
      size = Snappy.compress(source, from, length, bytes, 0);
    }
  }

  private void reserve(int length) {
    if (bytes.length < length) {
      bytes = new byte[length + (length >> 1)];
    }
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }
  }
}
