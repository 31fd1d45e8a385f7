package dev.sluice.model.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Bytes to be stored. They can be read as often as needed. */
public sealed interface Content {

  /** How many bytes. */
  long size() throws IOException;

  /** A new stream from the first byte; the caller closes it. */
  InputStream open() throws IOException;

  /** A file's bytes. */
  static Content of(Path file) {
    return new OfFile(file);
  }

  /** These bytes; not copied. */
  static Content of(byte[] bytes) {
    return new OfBytes(bytes);
  }

  /** A text in UTF-8. */
  static Content of(String text) {
    return new OfBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * MD5 in lower-case hexadecimal: the ETag that S3 gives an object stored in one part, unless it
   * is encrypted with a KMS key.
   */
  default String md5() throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = open()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A file. */
  record OfFile(Path file) implements Content {
    @Override
    public long size() throws IOException {
      return Files.size(file);
    }

    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }
  }

  /** Bytes in memory. */
  @SuppressWarnings("ArrayRecordComponent")
  record OfBytes(byte[] bytes) implements Content {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }
}
