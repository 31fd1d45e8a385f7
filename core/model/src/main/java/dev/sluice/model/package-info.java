/** What everything in Sluice agrees on: declarations, types, locations, errors and the registry. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model;
