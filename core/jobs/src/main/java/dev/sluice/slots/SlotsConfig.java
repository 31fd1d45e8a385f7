package dev.sluice.slots;

import dev.sluice.model.emr.EmrPlace;
import dev.sluice.model.job.EmrSettings;
import dev.sluice.model.job.JobCode;
import dev.sluice.model.registry.LakeLayout;
import java.time.Duration;

/**
 * How runs are launched and looked after.
 *
 * @param layout the lake's buckets
 * @param emr what clusters are like
 * @param place what the account gives to them
 * @param code what they run
 * @param lease how long nobody else launches a run that somebody is about to launch
 * @param begin how long after the lease began a launch may be asked for. What is left of the lease
 *     is EMR's, to carry out what was asked for and to show it in its lists
 * @param grace how long after its time a slot may be delivered before it counts as missed
 * @param late how long after its time a missed slot is still run
 * @param settle how long after its cluster's end a run's step may seem to be going on
 */
public record SlotsConfig(
    LakeLayout layout,
    EmrSettings emr,
    EmrPlace place,
    JobCode code,
    Duration lease,
    Duration begin,
    Duration grace,
    Duration late,
    Duration settle) {

  /** With the usual times. */
  public static SlotsConfig of(LakeLayout layout, EmrSettings emr, EmrPlace place, JobCode code) {
    return new SlotsConfig(
        layout,
        emr,
        place,
        code,
        Duration.ofMinutes(5),
        Duration.ofSeconds(90),
        Duration.ofMinutes(10),
        Duration.ofDays(1),
        Duration.ofMinutes(10));
  }
}
