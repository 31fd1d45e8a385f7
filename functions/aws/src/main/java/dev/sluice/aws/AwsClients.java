package dev.sluice.aws;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * Makes the clients. None connects or looks for credentials before its first call, so that they can
 * be part of a snapshot of the started function.
 */
public final class AwsClients implements AutoCloseable {
  private static final int ATTEMPTS = Connections.ATTEMPTS;

  private final AwsSettings settings;
  private final AwsCredentialsProvider credentials;
  private final SdkHttpClient http;

  public AwsClients(AwsSettings settings) {
    this(settings, DefaultCredentialsProvider.builder().build());
  }

  /** With other credentials than those of the environment. */
  public AwsClients(AwsSettings settings, AwsCredentialsProvider credentials) {
    this.settings = settings;
    this.credentials = credentials;
    http = Connections.http();
  }

  /** The object store. */
  public S3ObjectStore objects() {
    return new S3ObjectStore(s3());
  }

  S3Client s3() {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(settings.region())
            .credentialsProvider(credentials)
            .httpClient(http)
            .overrideConfiguration(
                ClientOverrideConfiguration.builder()
                    .retryStrategy(RetryMode.STANDARD)
                    .retryStrategy(b -> b.maxAttempts(ATTEMPTS))
                    .build());
    settings
        .endpoint()
        .ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
    return builder.build();
  }

  /** The catalog's partitions. */
  public GluePartitionRegistrar partitions(java.time.Clock clock) {
    return new GluePartitionRegistrar(
        new JsonCalls("glue", "AWSGlue", "1.1", settings, credentials, http, ATTEMPTS, clock));
  }

  /** Clusters and steps. */
  public EmrClusters emr(java.time.Clock clock) {
    return new EmrClusters(emr(clock, ATTEMPTS), emr(clock, 1));
  }

  private JsonCalls emr(java.time.Clock clock, int attempts) {
    return new JsonCalls(
        "elasticmapreduce",
        "ElasticMapReduce",
        "1.1",
        settings,
        credentials,
        http,
        attempts,
        clock);
  }

  /** The queue of that name. */
  public SqsQueue queue(String name, java.time.Clock clock) {
    return new SqsQueue(
        new JsonCalls("sqs", "AmazonSQS", "1.0", settings, credentials, http, ATTEMPTS, clock),
        name,
        ATTEMPTS);
  }

  @Override
  public void close() {
    http.close();
  }
}
