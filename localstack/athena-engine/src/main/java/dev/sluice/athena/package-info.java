/** Trino behind a small port: the engine that answers Athena's statements in the local lake. */
@org.jspecify.annotations.NullMarked
package dev.sluice.athena;
