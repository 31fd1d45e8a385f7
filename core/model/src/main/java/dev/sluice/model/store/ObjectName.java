package dev.sluice.model.store;

/**
 * Where an object is.
 *
 * @param bucket the bucket
 * @param key the key, decoded
 */
public record ObjectName(String bucket, String key) {

  /** {@code s3://bucket/key}, the key as it is. */
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
