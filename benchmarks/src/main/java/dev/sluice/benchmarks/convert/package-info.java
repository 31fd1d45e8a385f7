/** JSON to partitioned Parquet: ours, DuckDB, and the textbook way, side by side. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.convert;
