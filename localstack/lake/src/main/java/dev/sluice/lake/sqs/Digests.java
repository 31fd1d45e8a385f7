package dev.sluice.lake.sqs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/** The MD5 digests by which SQS's clients check what they sent and received. */
final class Digests {
  private static final byte STRING = 1;
  private static final byte BINARY = 2;

  private Digests() {}

  /** The digest of a body, 32 hexadecimal digits. */
  static String ofBody(String body) {
    return hex(md5().digest(body.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * The digest of attributes, by SQS's published algorithm: for each, by name, its name, data type,
   * kind and value, each text and blob after its length.
   */
  static String ofAttributes(Map<String, MessageAttributeValue> attributes) {
    MessageDigest md5 = md5();
    new TreeMap<>(attributes)
        .forEach((name, value) -> {
          update(md5, name.getBytes(StandardCharsets.UTF_8));
          update(md5, value.dataType().getBytes(StandardCharsets.UTF_8));
          if (value.binaryValue() != null) {
            md5.update(BINARY);
            update(md5, value.binaryValue().asByteArray());
          } else {
            md5.update(STRING);
            update(md5, value.stringValue().getBytes(StandardCharsets.UTF_8));
          }
        });
    return hex(md5.digest());
  }

  private static void update(MessageDigest md5, byte[] bytes) {
    md5.update((byte) (bytes.length >>> 24));
    md5.update((byte) (bytes.length >>> 16));
    md5.update((byte) (bytes.length >>> 8));
    md5.update((byte) bytes.length);
    md5.update(bytes);
  }

  private static String hex(byte[] digest) {
    return HexFormat.of().formatHex(digest);
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has MD5", e);
    }
  }
}
