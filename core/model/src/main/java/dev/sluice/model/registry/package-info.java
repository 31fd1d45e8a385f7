/** What is deployed: buckets and their keys, functions, queues. Read by handlers, lake and CDK. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.registry;
