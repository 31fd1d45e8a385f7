/** What a function's first invocation costs, under Lambda's own runtime interface client. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.start;
