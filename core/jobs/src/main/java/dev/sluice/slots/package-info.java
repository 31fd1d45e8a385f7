/**
 * Runs each slot of a job once, however often it is delivered, and records what became of it. Knows
 * EMR and S3 by their ports only.
 */
@org.jspecify.annotations.NullMarked
package dev.sluice.slots;
