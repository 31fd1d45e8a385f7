package dev.sluice.model.catalog;

/**
 * A column of a table.
 *
 * @param name lower case
 * @param type in Hive's spelling, for instance {@code array<struct<price:decimal(12,2)>>}
 * @param comment on one line, at most 255 characters, as Glue takes it; empty when there is none
 */
public record Column(String name, String type, String comment) {}
