/**
 * Jobs that write gold tables: what is declared of them, when they run, and how they are called.
 */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.job;
