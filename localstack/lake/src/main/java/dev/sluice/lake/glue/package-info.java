/** The Glue Data Catalog: the one catalog of all engines of the local lake. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.glue;
