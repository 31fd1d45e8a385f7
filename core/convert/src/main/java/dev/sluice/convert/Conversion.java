package dev.sluice.convert;

import dev.sluice.model.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one source. {@code read == written + quarantined}, always.
 *
 * @param read records found
 * @param written records in {@code files}
 * @param quarantined records in {@code quarantine}
 * @param reasons quarantined records by reason; only reasons that occurred
 * @param bytesIn bytes of the source as stored
 * @param bytesDecoded bytes after decompression
 * @param bytesOut bytes of all {@code files}
 * @param files the Parquet files, sorted by path
 * @param quarantine the NDJSON file of {@link dev.sluice.model.ledger.QuarantineRecord}s, present
 *     when there are any
 */
public record Conversion(
    long read,
    long written,
    long quarantined,
    Map<Reason, Long> reasons,
    long bytesIn,
    long bytesDecoded,
    long bytesOut,
    List<DataFile> files,
    Optional<Path> quarantine) {
  public Conversion {
    reasons = Map.copyOf(reasons);
    files = List.copyOf(files);
  }
}
