/** The records of the books: ledger entries and quarantined records. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.ledger;
