/** Launches the runs of jobs when their schedules say so, and records what becomes of them. */
@org.jspecify.annotations.NullMarked
package dev.sluice.launch;
