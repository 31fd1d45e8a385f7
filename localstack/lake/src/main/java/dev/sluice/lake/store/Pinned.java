package dev.sluice.lake.store;

import java.io.InputStream;

/** A version whose content stays readable until this is closed, whatever becomes of the version. */
public final class Pinned implements AutoCloseable {
  private final Version version;
  private final ContentFiles files;

  Pinned(Version version, ContentFiles files) {
    this.version = version;
    this.files = files;
  }

  /** The version. */
  public Version version() {
    return version;
  }

  /** All its bytes. */
  public InputStream open() {
    return files.open(version.content());
  }

  /** Some of its bytes. */
  public InputStream open(long from, long length) {
    return files.open(version.content().slice(from, length));
  }

  @Override
  public void close() {
    files.release(version.content());
  }
}
