/** What the receipts come to. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs.receipts;
