/** The Athena API: queries, their results in the object store, workgroups and saved statements. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.athena;
