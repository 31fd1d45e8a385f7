package dev.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice schema}. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "plan",
    description = "Tell what a changed declaration means, before it is deployed.")
final class SchemaCommand {}
