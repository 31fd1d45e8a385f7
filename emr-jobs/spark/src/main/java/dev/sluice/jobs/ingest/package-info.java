/** Loading many uploads at a time, as the ingest function does one by one. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs.ingest;
