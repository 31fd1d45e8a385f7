package dev.sluice.jobs;

import dev.sluice.model.dataset.Datasets;
import java.time.Instant;
import org.apache.spark.sql.SparkSession;

/**
 * What a job works with.
 *
 * @param spark the session, which several jobs share
 * @param datasets all declared datasets
 * @param name the job's name, {@code dataset/job}
 * @param run the run's id
 * @param slot the instant that the run was planned for
 * @param full whether everything is to be computed anew
 */
public record JobContext(
    SparkSession spark, Datasets datasets, String name, String run, Instant slot, boolean full) {}
