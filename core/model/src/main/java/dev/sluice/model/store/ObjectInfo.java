package dev.sluice.model.store;

import java.time.Instant;

/**
 * What the store knows of one version of an object.
 *
 * @param versionId its version; empty in a bucket without versions
 * @param etag its ETag, without quotes
 * @param size stored bytes
 * @param lastModified when it was stored
 */
public record ObjectInfo(String versionId, String etag, long size, Instant lastModified) {

  /** What tells this version from others of its key: the version, or the ETag without versions. */
  public String version() {
    return versionId.isEmpty() ? etag : versionId;
  }
}
