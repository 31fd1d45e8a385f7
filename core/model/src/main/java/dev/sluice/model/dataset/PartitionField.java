package dev.sluice.model.dataset;

import dev.sluice.model.schema.FieldPath;
import java.util.Optional;

/**
 * One level of the layout.
 *
 * @param column the partition column, lower case, as in {@code column=value}
 * @param source the field that the value is computed from: a scalar, not inside an array or map
 * @param transform how the value is computed
 * @param projection the values that Athena may assume; when absent the partition is registered in
 *     the catalog as soon as it has data
 */
public record PartitionField(
    String column, FieldPath source, Transform transform, Optional<Projection> projection) {}
