package dev.sluice.model.dataset;

import dev.sluice.model.schema.FieldPath;
import java.util.List;
import java.util.Optional;

/**
 * What a record must satisfy beyond its schema. A rule about a null or absent value holds, except
 * {@link Required}. A path may lead into the elements of arrays of records; then every element must
 * satisfy the rule.
 */
public sealed interface QualityRule {

  /** The name that quarantine reports, unique in its dataset. */
  String name();

  /** The field that the rule is about; the left one of a comparison. */
  FieldPath field();

  /** The field is there, not null, and not an empty string. */
  record Required(String name, FieldPath field) implements QualityRule {}

  /**
   * The value lies between two bounds, both included.
   *
   * @param min as written in JSON: a number, or an ISO 8601 date or timestamp
   * @param max likewise
   */
  record Range(String name, FieldPath field, Optional<String> min, Optional<String> max)
      implements QualityRule {}

  /** The text or number is one of {@code values}; numbers are compared by value. */
  record Allowed(String name, FieldPath field, List<String> values) implements QualityRule {
    public Allowed {
      values = List.copyOf(values);
    }
  }

  /** The whole string matches a regular expression of {@link java.util.regex.Pattern}. */
  record Matches(String name, FieldPath field, String pattern) implements QualityRule {}

  /** The field stands in a relation to another field of the same record; both outside arrays. */
  record Compare(String name, FieldPath field, Operator operator, FieldPath other)
      implements QualityRule {}

  /** A relation between two values of the same kind. */
  enum Operator {
    LESS("<"),
    LESS_OR_EQUAL("<="),
    EQUAL("=="),
    NOT_EQUAL("!="),
    GREATER_OR_EQUAL(">="),
    GREATER(">");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    /** As it is written in a declaration. */
    public String symbol() {
      return symbol;
    }
  }
}
