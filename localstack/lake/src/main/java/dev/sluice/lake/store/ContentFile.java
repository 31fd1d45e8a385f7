package dev.sluice.lake.store;

/**
 * One immutable file of content, shared by every version and part that contains a stretch of it.
 * The number of users is guarded by the lock of {@link ContentFiles}.
 */
final class ContentFile {
  final String name;
  int users;

  ContentFile(String name) {
    this.name = name;
  }
}
