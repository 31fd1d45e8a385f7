package dev.sluice.model.schema;

/**
 * A JSON array; a three-level Parquet list.
 *
 * @param element the type of every element
 * @param nullableElements whether an element may be JSON {@code null}
 */
public record ArrayType(Type element, boolean nullableElements) implements Type {}
