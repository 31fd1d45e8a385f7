/**
 * From time to time, what was uploaded is compared with the ledger and with the files there are.
 */
@org.jspecify.annotations.NullMarked
package dev.sluice.audit;
