/** Queues with SQS's semantics, durable, reachable by the SQS API and in process. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.sqs;
