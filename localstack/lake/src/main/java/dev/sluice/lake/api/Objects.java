package dev.sluice.lake.api;

import java.util.Optional;

/** The object store as the other parts of the lake use it, in process. */
public interface Objects {

  /**
   * Stores an object, whole, replacing any other under the key.
   *
   * @throws ServiceException {@code NoSuchBucket} when the bucket does not exist
   */
  void put(String bucket, String key, byte[] content, String contentType);

  /** The newest content under the key, or empty. */
  Optional<byte[]> get(String bucket, String key);
}
