package dev.sluice.model.emr;

import java.util.List;
import java.util.Optional;

/**
 * What an account gives to clusters.
 *
 * @param serviceRole name of EMR's own role
 * @param instanceProfile name of the instance profile of their machines
 * @param subnets where they may be, one of them for each cluster; none for the account's default
 * @param securityConfiguration name of the one that encrypts their disks and traffic
 * @param logs where logs go, {@code s3://bucket/prefix/}
 */
public record EmrPlace(
    String serviceRole,
    String instanceProfile,
    List<String> subnets,
    Optional<String> securityConfiguration,
    String logs) {
  public EmrPlace {
    subnets = List.copyOf(subnets);
  }
}
