package dev.sluice.convert;

import dev.sluice.model.limit.Limits;

/**
 * How to convert. Output depends on all of it but the threads, so keep it the same where equal
 * bytes matter.
 *
 * @param codec how pages are compressed; default {@link Codec#ZSTD}
 * @param limits what one input may ask for
 * @param bufferBytes how much typed data is held in memory; default 128 MiB. Half of it makes a row
 *     group. When it is used up, partitions that have little go to scratch space
 * @param scratchBytes how much typed data waits on disk, beside the output, until its partitions
 *     have enough for a row group; default 1 GiB. When it is used up, all of it is written as it is
 * @param fileBytes the size at which a partition's file is closed and the next begun; default 256
 *     MiB
 * @param threads how many threads convert one source together; default 1. CSV takes one whatever
 *     this says
 */
public record ConvertOptions(
    Codec codec, Limits limits, long bufferBytes, long scratchBytes, long fileBytes, int threads) {

  /** The documented defaults. */
  public static ConvertOptions defaults() {
    return new ConvertOptions(Codec.ZSTD, Limits.defaults(), 128L << 20, 1L << 30, 256L << 20, 1);
  }

  /** The same with another codec. */
  public ConvertOptions withCodec(Codec other) {
    return new ConvertOptions(other, limits, bufferBytes, scratchBytes, fileBytes, threads);
  }

  /** The same with other limits. */
  public ConvertOptions withLimits(Limits other) {
    return new ConvertOptions(codec, other, bufferBytes, scratchBytes, fileBytes, threads);
  }

  /** The same with another budget of memory. */
  public ConvertOptions withBufferBytes(long other) {
    return new ConvertOptions(codec, limits, other, scratchBytes, fileBytes, threads);
  }

  /** The same with other scratch space. */
  public ConvertOptions withScratchBytes(long other) {
    return new ConvertOptions(codec, limits, bufferBytes, other, fileBytes, threads);
  }

  /** The same with another size of files. */
  public ConvertOptions withFileBytes(long other) {
    return new ConvertOptions(codec, limits, bufferBytes, scratchBytes, other, threads);
  }

  /** The same with so many threads. */
  public ConvertOptions withThreads(int other) {
    return new ConvertOptions(codec, limits, bufferBytes, scratchBytes, fileBytes, other);
  }
}
