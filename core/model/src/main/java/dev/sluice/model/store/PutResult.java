package dev.sluice.model.store;

/** What a conditional create did. */
public sealed interface PutResult {

  /**
   * The object was created.
   *
   * @param etag its ETag, without quotes
   */
  record Created(String etag) implements PutResult {}

  /**
   * There is an object under that key; nothing was changed. It may be the caller's own, when the
   * answer to an earlier try was lost.
   */
  record Exists(ObjectInfo existing) implements PutResult {}
}
