package dev.sluice.lake.store;

import java.time.Instant;
import java.util.Map;

/**
 * One uploaded part.
 *
 * @param number 1 to 10,000
 * @param modified when it was stored
 * @param content the bytes
 * @param etag the MD5 in hex, without quotes
 * @param checksums Base64 by lower-case algorithm name
 */
public record Part(
    int number, Instant modified, Content content, String etag, Map<String, String> checksums) {

  /** The size in bytes. */
  public long size() {
    return content.size();
  }
}
