package dev.sluice.convert;

/**
 * How to convert.
 *
 * @param codec how pages are compressed; default {@link Codec#ZSTD}
 * @param limits what one input may ask for
 * @param bufferBytes how much typed data is held in memory before the largest partitions are
 *     written out as row groups; default 64 MiB. Output depends on it, so keep it the same where
 *     equal bytes matter
 * @param fileBytes the size at which a partition's file is closed and the next begun; default 256
 *     MiB
 */
public record ConvertOptions(Codec codec, Limits limits, long bufferBytes, long fileBytes) {

  /** The documented defaults. */
  public static ConvertOptions defaults() {
    return new ConvertOptions(Codec.ZSTD, Limits.defaults(), 64L << 20, 256L << 20);
  }

  /** The same with another codec. */
  public ConvertOptions withCodec(Codec other) {
    return new ConvertOptions(other, limits, bufferBytes, fileBytes);
  }
}
