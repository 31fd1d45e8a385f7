/** The {@code sluice} command: its subcommands, and what they print. */
@org.jspecify.annotations.NullMarked
package dev.sluice.cli;
