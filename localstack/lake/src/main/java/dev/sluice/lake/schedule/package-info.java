/** The declared jobs' schedules, and their clock. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.schedule;
