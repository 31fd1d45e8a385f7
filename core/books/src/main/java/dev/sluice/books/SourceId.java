package dev.sluice.books;

import dev.sluice.model.store.ObjectName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of one version of one uploaded object, as it stands in the names of everything that
 * is derived from it. 80 bits of SHA-256 for the object and 64 for the version: a lake of a billion
 * objects meets one chance in two million of two objects sharing a name.
 *
 * @param keyHash 20 hexadecimal digits of {@code bucket/key}; bucket names hold no slash
 * @param versionHash 16 hexadecimal digits of the version
 */
record SourceId(String keyHash, String versionHash) {
  static final int KEY_DIGITS = 20;

  static SourceId of(ObjectName name, String version) {
    return new SourceId(
        hash(name.bucket() + "/" + name.key()).substring(0, KEY_DIGITS),
        hash(version).substring(0, 16));
  }

  /** What all output files of this version start with. */
  String stem() {
    return keyHash + "-" + versionHash;
  }

  /**
   * What the files of a later generation start with. Generations count up, so a name that was
   * withdrawn never comes back, however late its withdrawal is carried out.
   */
  String stem(int generation) {
    return generation == 0 ? stem() : stem() + "-" + generation;
  }

  /** As {@link #stem(int)}, for whoever has claimed the generation alone. */
  String claimedStem(int generation) {
    return stem() + "-r" + generation;
  }

  private static String hash(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
