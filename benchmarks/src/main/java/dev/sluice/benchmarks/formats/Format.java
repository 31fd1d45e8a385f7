package dev.sluice.benchmarks.formats;

/** The ways in which the same records are kept. */
enum Format {
  /** One JSON object a line, as uploaded; one file. */
  JSON("JSON"),
  /** Nested records as columns {@code a.b}, arrays and maps as JSON text; one file. */
  CSV("CSV"),
  /** As the lake keeps it with Snappy: a file per partition. */
  PARQUET_SNAPPY("Parquet, Snappy"),
  /** As the lake keeps it by default: a file per partition. */
  PARQUET_ZSTD("Parquet, zstd"),
  /** The same without partitions; one file. */
  PARQUET_ONE("Parquet, zstd, one file");

  private final String label;

  Format(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  boolean isParquet() {
    return this != JSON && this != CSV;
  }

  boolean isPartitioned() {
    return this == PARQUET_SNAPPY || this == PARQUET_ZSTD;
  }
}
