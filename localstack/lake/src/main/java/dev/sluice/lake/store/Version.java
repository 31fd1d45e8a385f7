package dev.sluice.lake.store;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One version of an object, or a delete marker.
 *
 * @param id the version id, {@code null} (the text) for the version without one
 * @param sequence greater than that of everything that happened before in the store
 * @param modified when it was stored, in milliseconds
 * @param deleteMarker whether it stands for a deletion
 * @param content the bytes
 * @param etag without quotes; empty for a delete marker
 * @param headers what was given with it, by lower-case header name: content type, user metadata,
 *     encryption, storage class
 * @param checksums Base64 by lower-case algorithm name ({@code crc32}, {@code crc64nvme}, ...)
 * @param compositeChecksum whether the checksums are of the parts' checksums
 * @param parts of a multipart object, in order; none otherwise
 * @param tags by name
 */
public record Version(
    String id,
    long sequence,
    Instant modified,
    boolean deleteMarker,
    Content content,
    String etag,
    Map<String, String> headers,
    Map<String, String> checksums,
    boolean compositeChecksum,
    List<PartInfo> parts,
    Map<String, String> tags) {

  /** The id of the version without an id. */
  public static final String NULL_ID = "null";

  /**
   * What an object remembers of a part.
   *
   * @param number 1 to 10,000
   * @param size in bytes
   * @param checksums as of a version
   */
  public record PartInfo(int number, long size, Map<String, String> checksums) {}

  /** The size in bytes. */
  public long size() {
    return content.size();
  }

  Version withTags(Map<String, String> newTags) {
    return new Version(
        id,
        sequence,
        modified,
        deleteMarker,
        content,
        etag,
        headers,
        checksums,
        compositeChecksum,
        parts,
        newTags);
  }
}
