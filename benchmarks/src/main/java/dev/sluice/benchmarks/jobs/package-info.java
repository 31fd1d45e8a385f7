/** Measures the Spark steps, and checks what they compute against another engine. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.jobs;
