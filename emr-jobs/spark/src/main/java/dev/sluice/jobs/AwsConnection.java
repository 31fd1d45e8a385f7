package dev.sluice.jobs;

import dev.sluice.aws.AwsClients;
import dev.sluice.aws.AwsSettings;
import dev.sluice.model.store.ObjectStore;
import dev.sluice.model.store.PartitionRegistrar;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * AWS, or the server that {@code AWS_ENDPOINT_URL} of the driver names. The region is the
 * environment's, or that of the machine.
 */
final class AwsConnection implements Connection {
  private static final long serialVersionUID = 1;

  private final String region;
  private final @Nullable URI endpoint;
  private transient @Nullable AwsClients clients;

  private AwsConnection(String region, @Nullable URI endpoint) {
    this.region = region;
    this.endpoint = endpoint;
  }

  static AwsConnection fromEnvironment() {
    String endpoint = System.getenv("AWS_ENDPOINT_URL");
    return new AwsConnection(
        DefaultAwsRegionProviderChain.builder().build().getRegion().id(),
        endpoint == null || endpoint.isBlank() ? null : URI.create(endpoint.strip()));
  }

  @Override
  public ObjectStore objects() {
    return clients().objects();
  }

  @Override
  public PartitionRegistrar partitions() {
    return clients().partitions(Clock.systemUTC());
  }

  private synchronized AwsClients clients() {
    AwsClients made = clients;
    if (made == null) {
      made = new AwsClients(new AwsSettings(Region.of(region), Optional.ofNullable(endpoint)));
      clients = made;
    }
    return made;
  }
}
