/** Measurements, each behind a correctness gate, and what they were measured on. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks;
