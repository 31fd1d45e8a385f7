package dev.sluice.model.schema;

/**
 * A JSON object with arbitrary keys; a Parquet map from string to {@code values}.
 *
 * @param values the type of every value
 * @param nullableValues whether a value may be JSON {@code null}
 */
public record MapType(Type values, boolean nullableValues) implements Type {}
