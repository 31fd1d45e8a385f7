package dev.sluice.model.dataset;

/** How a partition value is computed from a field; the value is always text. */
public sealed interface Transform {

  /** The value itself. */
  record Identity() implements Transform {}

  /**
   * A part of an instant in UTC, or of a date.
   *
   * @param unit the part
   * @param relative true when the next coarser part of the same field stands before this one in the
   *     layout, so that only this part is written ({@code month=01} under {@code year=2024}); false
   *     when it carries the coarser ones itself ({@code month=2024-01}, also {@code day=2024-01-15}
   *     under a mere year)
   */
  record Time(Unit unit, boolean relative) implements Transform {}

  /** The first {@code width} characters of a string, or an integer rounded down to a multiple. */
  record Truncate(int width) implements Transform {}

  /** One of {@code count} buckets by Iceberg's hash (Murmur3, 32 bits). */
  record Bucket(int count) implements Transform {}

  /** The parts of an instant that can be a partition. */
  enum Unit {
    /** {@code 2024}. */
    YEAR,
    /** {@code 2024-01}, or {@code 01} when relative. */
    MONTH,
    /** {@code 2024-01-15}, or {@code 15} when relative. */
    DAY,
    /** {@code 2024-01-15-07}, or {@code 07} when relative. */
    HOUR
  }
}
