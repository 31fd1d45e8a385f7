/** Programs of others, each a process of its own on a class path of its own. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.engines;
