/** What the readings of the building sensors come to. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs.sensors;
