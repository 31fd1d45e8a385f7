package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S3RequestTest {

  @ParameterizedTest
  @CsvSource({
    "localhost:4566,",
    "127.0.0.1:4566,",
    "[::1]:4566,",
    "s3.localhost:4566,",
    "s3.us-east-1.localhost,",
    "s3.localhost.localstack.cloud:4566,",
    "example.com,",
    "my-bucket.localhost:4566, my-bucket",
    "my.dotted.bucket.localhost, my.dotted.bucket",
    "my-bucket.s3.localhost:4566, my-bucket",
    "my-bucket.s3.eu-west-1.localhost:4566, my-bucket",
    "my-bucket.s3.localhost.localstack.cloud:4566, my-bucket"
  })
  void theBucketStandsBeforeTheEndpointsHost(String host, String bucket) {
    assertThat(S3Request.hostBucket(host)).isEqualTo(bucket);
  }
}
