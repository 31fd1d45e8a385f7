package dev.sluice.convert;

import dev.sluice.model.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Path;

/** Converts JSON to partitioned Parquet. One instance serves many sources, one at a time. */
public final class Converter {

  public Converter(Dataset dataset, ConvertOptions options) {}

  /**
   * Streams one source into Parquet files below {@code data} and, if there are records that do not
   * fit, an NDJSON file {@code <stem>.ndjson} in {@code quarantine}. Files appear under their names
   * {@code <partition>/<stem>-<n>.parquet} only when all of them are complete; files of the same
   * names are replaced.
   *
   * @throws dev.sluice.model.SluiceException {@code UNREADABLE_SOURCE} when the source as a whole
   *     is no JSON text (for instance UTF-16)
   * @throws IOException when reading the source or writing the files fails
   */
  public Conversion convert(Source source, Path data, Path quarantine, Progress progress)
      throws IOException {
    throw new UnsupportedOperationException(
        "Not yet there: " + source + data + quarantine + progress);
  }
}
