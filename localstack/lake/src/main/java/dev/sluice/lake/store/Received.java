package dev.sluice.lake.store;

import java.util.Map;

/**
 * Content that has been stored and belongs to nothing yet. Close it when it does, or when it is not
 * wanted: what nothing uses by then is deleted.
 *
 * @param content the bytes
 * @param md5 in lower-case hex
 * @param checksums Base64 by lower-case algorithm name
 */
public record Received(Content content, String md5, Map<String, String> checksums, Runnable release)
    implements AutoCloseable {

  @Override
  public void close() {
    release.run();
  }
}
