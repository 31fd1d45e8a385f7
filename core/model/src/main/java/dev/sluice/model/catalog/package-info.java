/** The tables of the data catalog, derived from the declarations. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.catalog;
