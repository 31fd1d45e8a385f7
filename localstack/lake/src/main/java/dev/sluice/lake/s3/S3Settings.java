package dev.sluice.lake.s3;

import dev.sluice.lake.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Whose S3 this is.
 *
 * @param region for instance {@code us-east-1}
 * @param account twelve digits
 */
public record S3Settings(String region, String account) {

  /** The canonical user id of the account: 64 hex digits that depend on the account only. */
  String owner() {
    byte[] digest =
        Base64.getDecoder().decode(Digest.SHA256.of(account.getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest);
  }
}
