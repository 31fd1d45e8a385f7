package dev.sluice.model.emr;

import java.time.Instant;

/**
 * A cluster in a list.
 *
 * @param id its id, {@code j-…}
 * @param name its name
 * @param state what it does
 * @param createdAt when it was asked for
 */
public record ClusterSummary(String id, String name, ClusterState state, Instant createdAt) {}
