/** What one upload may ask for. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.limit;
