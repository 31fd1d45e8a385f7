package dev.sluice.model.store;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * An object store with S3's guarantees: a finished write is seen by every later read and listing,
 * and of several conditional writes one wins.
 *
 * <p>Every method may throw {@link dev.sluice.model.SluiceException}: {@code UNAVAILABLE} when the
 * store did not answer, asked to slow down or failed, and then the effect may or may not have taken
 * place; {@code INVALID_SETTINGS} when it refuses for good, as for a missing bucket or permission.
 */
public interface ObjectStore {

  /** Opens the newest version; empty when there is no such object or it is deleted. */
  Optional<OpenObject> open(ObjectName name);

  /**
   * Opens one version.
   *
   * @param version as {@link ObjectInfo#version()} gave it
   * @return empty when this version is not there, or, in a bucket without versions, not any more
   */
  Optional<OpenObject> open(ObjectName name, ObjectInfo version);

  /**
   * The last {@code bytes} bytes of the newest version, all of them when it has no more; empty when
   * there is no such object or it is deleted.
   */
  Optional<byte[]> tail(ObjectName name, int bytes);

  /** What the newest version is; empty when there is no such object or it is deleted. */
  Optional<ObjectInfo> head(ObjectName name);

  /** Creates the object if there is none under that key ({@code If-None-Match: *}). */
  PutResult putIfAbsent(ObjectName name, Content content, String contentType);

  /**
   * Replaces the object if its newest version still has that ETag ({@code If-Match}).
   *
   * @return the new ETag; empty when there is another object or none, and nothing was changed
   */
  Optional<String> putIfMatch(ObjectName name, String etag, Content content, String contentType);

  /** Makes the object not be there; in a bucket with versions, older ones stay. */
  void delete(ObjectName name);

  /**
   * The newest versions of all objects whose keys start with {@code prefix}, in the order of the
   * UTF-8 bytes of their keys. Fetched page by page while the stream is read; the caller closes it.
   *
   * @param startAfter begins with the first key after this one; empty for all
   */
  Stream<ListedObject> list(String bucket, String prefix, String startAfter);
}
