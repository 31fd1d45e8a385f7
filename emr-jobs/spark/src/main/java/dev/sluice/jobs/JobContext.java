package dev.sluice.jobs;

import dev.sluice.model.dataset.Datasets;
import dev.sluice.model.job.JobDeclaration;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.spark.sql.SparkSession;

/**
 * What a job works with.
 *
 * @param spark the session, which several jobs share, perhaps at a time
 * @param lake the lake
 * @param datasets all declared datasets
 * @param declarations the folder that they were read from
 * @param declaration the job's own declaration
 * @param run the run's id
 * @param slot the instant that the run was planned for
 * @param full whether everything is to be computed anew
 */
public record JobContext(
    SparkSession spark,
    Lake lake,
    Datasets datasets,
    Path declarations,
    JobDeclaration declaration,
    String run,
    Instant slot,
    boolean full) {}
