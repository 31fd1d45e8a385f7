/** Seeded generators of the shipped datasets, with answers known without any query engine. */
@org.jspecify.annotations.NullMarked
package dev.sluice.simulate;
