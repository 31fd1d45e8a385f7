package dev.sluice.cli;

import java.nio.file.Path;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;

/** An object's place, {@code s3://bucket/key}. */
record S3Location(String bucket, String key) {

  /**
   * Reads {@code s3://bucket/key}; the key is taken as it stands, not decoded.
   *
   * @throws Failure when bucket or key are missing
   */
  static S3Location parse(String text) {
    String rest = text.substring("s3://".length());
    int slash = rest.indexOf('/');
    if (slash < 1 || slash == rest.length() - 1) {
      throw Failure.usage(
          "Cannot write to S3: the place must read s3://bucket/key, for instance"
              + " s3://sluice-raw/sensors/first.json: "
              + text);
    }
    return new S3Location(rest.substring(0, slash), rest.substring(slash + 1));
  }

  /** Uploads a file. */
  void upload(Aws aws, Path file) {
    try (S3Client s3 = aws.s3()) {
      s3.putObject(put -> put.bucket(bucket).key(key), file);
    } catch (AwsServiceException e) {
      throw new Failure("Cannot upload to " + this + ": " + e.awsErrorDetails().errorMessage(), e);
    } catch (SdkClientException e) {
      throw aws.unreachable(e);
    }
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
