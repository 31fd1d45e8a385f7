/** State of the local lake on disk: a durable journal, and the object store built on it. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.store;
