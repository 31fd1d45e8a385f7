package dev.sluice.convert;

import java.io.IOException;
import java.io.InputStream;

/**
 * One input: a file or an uploaded object.
 *
 * @param name where it comes from, as quarantine shall report it: {@code s3://bucket/key} or a path
 * @param version the object's version or ETag; empty for a file
 * @param stem the first part of the names of all files written for it; letters, digits, {@code -}
 *     and {@code _}. The same source has the same stem, another source another
 * @param content opens the bytes as they are stored; gzip and zstd are recognised by content
 */
public record Source(String name, String version, String stem, Content content) {

  /** Opens the stored bytes of a source. */
  @FunctionalInterface
  public interface Content {
    /** A new stream from the first byte; the caller closes it. */
    InputStream open() throws IOException;
  }
}
