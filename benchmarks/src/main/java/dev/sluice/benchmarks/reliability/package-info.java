/** Everything that can fail, failed: faults, schedules, storms, mutants and real kills. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.reliability;
