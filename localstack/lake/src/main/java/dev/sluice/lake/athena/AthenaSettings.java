package dev.sluice.lake.athena;

import java.nio.file.Path;

/**
 * Settings of the Athena API.
 *
 * @param folder where queries are remembered; created
 * @param outputLocation where the workgroup {@code primary} leaves results, {@code s3://bucket/}
 * @param concurrency how many statements run at once, more are queued
 * @param maxResultBytes the largest result that is kept, in bytes of CSV
 */
public record AthenaSettings(
    Path folder, String outputLocation, int concurrency, int maxResultBytes) {

  /** The defaults: four at once, results up to 128 MiB. */
  public static AthenaSettings of(Path folder, String outputLocation) {
    return new AthenaSettings(folder, outputLocation, 4, 128 << 20);
  }
}
