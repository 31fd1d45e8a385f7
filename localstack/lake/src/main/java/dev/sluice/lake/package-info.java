/** The local lake as a whole: its settings, and how its parts are put together. */
@org.jspecify.annotations.NullMarked
package dev.sluice.lake;
