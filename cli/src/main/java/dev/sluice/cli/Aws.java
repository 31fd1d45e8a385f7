package dev.sluice.cli;

import dev.sluice.aws.AwsClients;
import dev.sluice.aws.AwsSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.athena.AthenaClient;
import software.amazon.awssdk.services.emr.EmrClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * SDK clients of one endpoint, or of AWS.
 *
 * @param endpoint where the services answer; empty for AWS itself
 * @param region the region that requests are signed for
 * @param credentials who asks
 */
record Aws(Optional<URI> endpoint, Region region, AwsCredentialsProvider credentials) {
  /** Where {@code sluice up} answers when nothing else is said. */
  static final String LOCAL = "http://localhost:4566";

  /** The name of AWS's own endpoints, of which each service has another. */
  static final String AMAZON = "aws";

  /**
   * The endpoint that was named, else {@code AWS_ENDPOINT_URL}, else {@value #LOCAL}; {@value
   * #AMAZON} names AWS itself. On loopback the credentials are {@code test}/{@code test}, elsewhere
   * the SDK's default chain finds them.
   *
   * @param named may be empty
   * @throws Failure when it is no HTTP address
   */
  static Aws of(String named, Map<String, String> environment) {
    String address =
        named.isEmpty() ? environment.getOrDefault("AWS_ENDPOINT_URL", "").strip() : named;
    Region region =
        Region.of(
            environment.getOrDefault(
                "AWS_REGION", environment.getOrDefault("AWS_DEFAULT_REGION", "us-east-1")));
    if (address.equals(AMAZON)) {
      return new Aws(Optional.empty(), region, DefaultCredentialsProvider.builder().build());
    }
    URI endpoint;
    try {
      endpoint = URI.create(address.isEmpty() ? LOCAL : address);
    } catch (IllegalArgumentException e) {
      throw new Failure("Cannot use an endpoint: it is not an address: " + address, e);
    }
    if (endpoint.getHost() == null || !String.valueOf(endpoint.getScheme()).matches("https?")) {
      throw Failure.usage(
          "Cannot use an endpoint: it must read http://host:port, https://host or "
              + AMAZON
              + ": "
              + address);
    }
    boolean local = endpoint.getHost().matches("localhost|127\\..*|\\[::1]");
    return new Aws(
        Optional.of(endpoint),
        region,
        local
            ? StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))
            : DefaultCredentialsProvider.builder().build());
  }

  AthenaClient athena() {
    return with(AthenaClient.builder()).httpClient(http()).build();
  }

  EmrClient emr() {
    return with(EmrClient.builder()).httpClient(http()).build();
  }

  S3Client s3() {
    return with(S3Client.builder()).httpClient(http()).forcePathStyle(endpoint.isPresent()).build();
  }

  SqsClient sqs() {
    return with(SqsClient.builder()).httpClient(http()).build();
  }

  /** The ports of the core. */
  AwsClients ports() {
    return new AwsClients(new AwsSettings(region, endpoint), credentials);
  }

  /** The endpoint's address, or the name of AWS's region. */
  String address() {
    return endpoint.map(URI::toString).orElse("AWS in " + region);
  }

  private <B extends AwsClientBuilder<B, ?>> B with(B builder) {
    endpoint.ifPresent(builder::endpointOverride);
    return builder.region(region).credentialsProvider(credentials);
  }

  private static SdkHttpClient http() {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(Duration.ofSeconds(5))
        .socketTimeout(Duration.ofMinutes(2))
        .build();
  }

  /** What to say when nothing answers. */
  Failure unreachable(Throwable e) {
    return new Failure(
        "Cannot reach "
            + address()
            + ": nothing answers there. Start the local lake with ./sluice up, or name another"
            + " with --endpoint.",
        e);
  }
}
