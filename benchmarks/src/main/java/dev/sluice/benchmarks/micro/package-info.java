/** Starts the JMH measurements of the converter's inner parts. */
@org.jspecify.annotations.NullMarked
package dev.sluice.benchmarks.micro;
