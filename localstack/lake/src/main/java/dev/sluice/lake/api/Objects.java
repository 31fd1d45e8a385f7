package dev.sluice.lake.api;

import java.util.List;
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

  /**
   * The keys that begin with a prefix, in S3's order; none when the bucket does not exist.
   *
   * @param most how many at most
   */
  List<String> list(String bucket, String prefix, int most);
}
