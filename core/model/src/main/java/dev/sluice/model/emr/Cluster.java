package dev.sluice.model.emr;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A cluster.
 *
 * @param id its id, {@code j-…}
 * @param name its name
 * @param state what it does
 * @param reasonCode why, in EMR's words; may be empty
 * @param reason the same for people; may be empty
 * @param createdAt when it was asked for
 * @param endedAt when it was gone
 * @param tags its tags
 */
public record Cluster(
    String id,
    String name,
    ClusterState state,
    String reasonCode,
    String reason,
    Instant createdAt,
    Optional<Instant> endedAt,
    Map<String, String> tags) {
  public Cluster {
    tags = Map.copyOf(tags);
  }
}
