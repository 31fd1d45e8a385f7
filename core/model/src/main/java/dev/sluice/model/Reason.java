package dev.sluice.model;

/** Why a record is in quarantine. */
public enum Reason {
  /** The text is not JSON (RFC 8259). */
  MALFORMED_JSON,
  /** The text is not a row of CSV (RFC 4180) with the columns of its header. */
  MALFORMED_CSV,
  /** The text is JSON, but not an object. */
  NOT_AN_OBJECT,
  /** A string is not valid UTF-8, or holds a lone surrogate. */
  INVALID_TEXT,
  /** The same key stands twice in one object. */
  DUPLICATE_FIELD,
  /** A required field is absent. */
  MISSING_FIELD,
  /** A field that must not be null is null. */
  NULL_FIELD,
  /** The value is of another type than the schema says. */
  TYPE_MISMATCH,
  /** The value is of the right type, but its column cannot hold it without loss. */
  OUT_OF_RANGE,
  /** The string is not among the symbols of an enum. */
  UNKNOWN_SYMBOL,
  /** The object has a field that the schema does not name, and the declaration refuses those. */
  UNKNOWN_FIELD,
  /** A quality rule does not hold. */
  RULE_VIOLATED,
  /** The record is larger than the limit. */
  RECORD_TOO_LARGE,
  /** Objects and arrays are nested deeper than the limit. */
  TOO_DEEP,
  /** A number has more digits than the limit. */
  NUMBER_TOO_LONG,
  /** A string or key is longer than the limit. */
  STRING_TOO_LONG,
  /** An object has more keys than the limit. */
  TOO_MANY_FIELDS,
  /** The arrays and maps of the record hold more values than the limit. */
  TOO_MANY_VALUES,
  /** To find out whether a value matches a rule's pattern takes more steps than the limit. */
  PATTERN_TOO_COSTLY,
  /** The source has records of more partitions than the limit, and this is one of a further one. */
  TOO_MANY_PARTITIONS,
  /** The compressed stream is damaged or ends early; the records after this point are unknown. */
  INPUT_CORRUPT
}
