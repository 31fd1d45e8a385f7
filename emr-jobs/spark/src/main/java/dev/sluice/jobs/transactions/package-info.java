/** What the bookings of the hospital add up to, and which of them somebody should look at. */
@org.jspecify.annotations.NullMarked
package dev.sluice.jobs.transactions;
