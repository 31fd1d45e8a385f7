package dev.sluice.model.query;

/**
 * One parameter of a {@link NamedQuery}.
 *
 * @param name as it stands in the SQL after a colon; lower-case letters, digits and {@code _}
 * @param type what its values are
 * @param defaultValue the value when none is given; it is one of {@code type}
 * @param description for people
 */
public record QueryParameter(
    String name, ParameterType type, String defaultValue, String description) {}
