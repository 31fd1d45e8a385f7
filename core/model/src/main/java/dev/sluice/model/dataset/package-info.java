/** Declared datasets: partitioning, quality rules, and how they are loaded. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.dataset;
