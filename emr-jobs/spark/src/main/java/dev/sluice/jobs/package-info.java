/** What all steps have in common: arguments, reading silver, writing gold, incremental runs. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs;
