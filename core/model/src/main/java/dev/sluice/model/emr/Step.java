package dev.sluice.model.emr;

import java.time.Instant;
import java.util.Optional;

/**
 * A step of a cluster.
 *
 * @param id its id, {@code s-…}
 * @param name its name
 * @param state what it does
 * @param reason why it failed; empty when it did not or EMR does not say
 * @param logFile where the log of the failure lies; may be empty
 * @param createdAt when it was asked for
 * @param startedAt when it began
 * @param endedAt when it ended
 */
public record Step(
    String id,
    String name,
    StepState state,
    String reason,
    String logFile,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt) {}
