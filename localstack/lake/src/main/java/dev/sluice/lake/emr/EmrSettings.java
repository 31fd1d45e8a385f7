package dev.sluice.lake.emr;

import java.nio.file.Path;

/**
 * Settings of the EMR API.
 *
 * @param folder where clusters and steps are remembered; created
 * @param logs where logs of steps are kept, {@code <cluster>/<step>/}; created
 * @param region the AWS region
 * @param account the account id
 * @param concurrency how many steps run at once on this machine, whatever their clusters are; more
 *     are pending
 */
public record EmrSettings(Path folder, Path logs, String region, String account, int concurrency) {}
