/** Events of services, delivered to the functions that ask for them. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake.events;
