package dev.sluice.aws;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.regions.Region;

/**
 * Which AWS to talk to.
 *
 * @param region {@code AWS_REGION}, else {@code AWS_DEFAULT_REGION}
 * @param endpoint {@code AWS_ENDPOINT_URL}, where another server than AWS is to be used; buckets
 *     are then named in the path
 */
public record AwsSettings(Region region, Optional<URI> endpoint) {

  /** Reads them; problems are left in {@code settings}. */
  public static AwsSettings from(Settings settings) {
    Optional<String> region =
        settings
            .optional("AWS_REGION", v -> v)
            .or(() -> settings.optional("AWS_DEFAULT_REGION", v -> v));
    if (region.isEmpty()) {
      settings.problem("missing: AWS_REGION (the region, for instance us-east-1)");
    }
    return new AwsSettings(
        Region.of(region.orElse("us-east-1")),
        settings.optional("AWS_ENDPOINT_URL", AwsSettings::endpoint));
  }

  private static URI endpoint(String text) {
    URI uri = URI.create(text);
    if (uri.getHost() == null || !("http".equals(uri.getScheme()) || isHttps(uri))) {
      throw new IllegalArgumentException("not an http or https URL");
    }
    return uri;
  }

  private static boolean isHttps(URI uri) {
    return "https".equals(uri.getScheme());
  }
}
