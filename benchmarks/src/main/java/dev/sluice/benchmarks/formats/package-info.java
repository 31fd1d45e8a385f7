/** JSON, CSV and Parquet of the same data, read through one engine. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.formats;
