package dev.sluice.model.store;

import java.io.IOException;
import java.io.InputStream;

/**
 * One version of an object, open for reading. Closing it early is cheap: what was not read is not
 * fetched.
 */
public interface OpenObject extends AutoCloseable {

  /** Which version this is. */
  ObjectInfo info();

  /** Its bytes as they are stored; the same stream every time. */
  InputStream content();

  @Override
  void close() throws IOException;
}
