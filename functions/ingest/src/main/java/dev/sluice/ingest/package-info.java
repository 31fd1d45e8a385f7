/** S3 event, through SQS, to silver, quarantine and ledger. */
@org.jspecify.annotations.NullMarked
package dev.sluice.ingest;
