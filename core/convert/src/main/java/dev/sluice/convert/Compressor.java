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
    return switch (codec) {
      case ZSTD -> CompressionCodec.ZSTD;
      case SNAPPY -> CompressionCodec.SNAPPY;
      case NONE -> CompressionCodec.UNCOMPRESSED;
    };
  }

  void compress(Out page) throws IOException {
    if (zstd != null) {
      reserve((int) Zstd.compressBound(page.size));
      size = zstd.compressByteArray(bytes, 0, bytes.length, page.bytes, 0, page.size);
    } else if (codec == Codec.SNAPPY) {
      reserve(Snappy.maxCompressedLength(page.size));
      size = Snappy.compress(page.bytes, 0, page.size, bytes, 0);
    } else {
      bytes = page.bytes;
      size = page.size;
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
