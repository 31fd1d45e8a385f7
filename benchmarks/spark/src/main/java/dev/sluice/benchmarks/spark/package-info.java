/** Spark behind a pipe: a reader to check with, and a peer to compare with. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.spark;
