/** Questions to the lake that are declared as SQL files, and their parameters. */
@org.jspecify.annotations.NullMarked
package dev.sluice.model.query;
