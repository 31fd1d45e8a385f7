package dev.sluice.convert;

/** How Parquet pages are compressed. */
public enum Codec {
  ZSTD,
  SNAPPY,
  NONE
}
