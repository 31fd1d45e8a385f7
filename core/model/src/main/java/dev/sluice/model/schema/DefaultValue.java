package dev.sluice.model.schema;

/** What an absent field holds. */
public sealed interface DefaultValue {

  /** SQL NULL. */
  record Null() implements DefaultValue {}

  /** An array or map without entries. */
  record Empty() implements DefaultValue {}

  /**
   * A scalar, in the form that the JSON would have it.
   *
   * @param json a {@link String}, {@link Boolean}, {@link Long} or {@link java.math.BigDecimal}
   */
  record Scalar(Object json) implements DefaultValue {}
}
