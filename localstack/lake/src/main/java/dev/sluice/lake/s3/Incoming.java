package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Digest;
import dev.sluice.lake.store.Received;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A body with everything that the client said about it, to be verified once it was read. */
final class Incoming {
  private static final String CHECKSUM = "x-amz-checksum-";
  private static final Set<String> NOT_VALUES =
      Set.of("x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-checksum-mode");

  private final InputStream stream;
  private final long length;
  private final @Nullable AwsChunked chunked;
  private final @Nullable Digest declared;
  private final @Nullable String value;
  private final @Nullable String md5;
  private final @Nullable String sha256;
  private final Set<Digest> digests = EnumSet.noneOf(Digest.class);

  private Incoming(S3Request request) {
    String hash = request.header("x-amz-content-sha256");
    String encoding = request.header("Content-Encoding");
    boolean streaming =
        hash != null && hash.startsWith("STREAMING-")
            || encoding != null && encoding.toLowerCase(Locale.ROOT).contains("aws-chunked");
    if (streaming) {
      String decoded = request.header("x-amz-decoded-content-length");
      if (decoded == null) {
        throw new ServiceException(
            411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
      }
      this.chunked = new AwsChunked(request.body());
      this.stream = chunked;
      this.length = parse(decoded);
    } else {
      this.chunked = null;
      this.stream = request.body();
      this.length = request.contentLength();
    }
    this.md5 = request.header("Content-MD5");
    if (md5 != null && !isMd5(md5)) {
      throw new ServiceException(
          400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    this.sha256 =
        hash != null && hash.matches("[0-9a-fA-F]{64}") ? hash.toLowerCase(Locale.ROOT) : null;
    Map<Digest, String> given = given(request);
    if (given.size() > 1) {
      throw S3Request.invalidRequest("Expecting a single x-amz-checksum- header");
    }
    Digest digest = given.isEmpty() ? null : given.keySet().iterator().next();
    this.value = digest == null ? null : given.get(digest);
    if (digest != null && value != null && !digest.isValue(value)) {
      throw S3Request.invalidRequest(
          "Value for " + CHECKSUM + digest.header() + " header is invalid.");
    }
    this.declared = digest != null ? digest : announced(request);
    if (declared != null) {
      digests.add(declared);
    }
    if (sha256 != null) {
      digests.add(Digest.SHA256);
    }
  }

  static Incoming of(S3Request request) {
    return new Incoming(request);
  }

  private static Map<Digest, String> given(S3Request request) {
    Map<Digest, String> given = new LinkedHashMap<>();
    request
        .headers()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith(CHECKSUM) && !NOT_VALUES.contains(lower)) {
            given.put(known(lower.substring(CHECKSUM.length())), values.getFirst().strip());
          }
        });
    return given;
  }

  private static @Nullable Digest announced(S3Request request) {
    String trailer = request.header("x-amz-trailer");
    if (trailer != null) {
      for (String name : trailer.toLowerCase(Locale.ROOT).split(",")) {
        if (name.strip().startsWith(CHECKSUM)) {
          return known(name.strip().substring(CHECKSUM.length()));
        }
      }
    }
    String algorithm = request.header("x-amz-sdk-checksum-algorithm");
    return algorithm == null ? null : known(algorithm);
  }

  /** The algorithm of the name; others are refused. */
  static Digest known(String name) {
    return Digest.named(name)
        .orElseThrow(() ->
            S3Request.invalidRequest(
                "Checksum algorithm provided is unsupported. Please try again with any of the"
                    + " valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"));
  }

  private static long parse(String decoded) {
    try {
      return Long.parseLong(decoded.strip());
    } catch (NumberFormatException e) {
      throw S3Request.invalidArgument("x-amz-decoded-content-length is not a number");
    }
  }

  private static boolean isMd5(String base64) {
    try {
      return Base64.getDecoder().decode(base64.strip()).length == 16;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  InputStream stream() {
    return stream;
  }

  /** The number of bytes that the client will send, or -1. */
  long length() {
    return length;
  }

  /** What has to be computed while reading. */
  Set<Digest> digests() {
    return digests;
  }

  /** The checksum algorithm that the client chose, or null. */
  @Nullable Digest declared() {
    return declared;
  }

  /**
   * Compares what was received with what was announced.
   *
   * @throws ServiceException {@code BadDigest}, {@code IncompleteBody}, {@code
   *     XAmzContentSHA256Mismatch}
   */
  void verify(Received received) throws IOException {
    verify(received.content().size(), received.md5(), received.checksums());
  }

  /** As {@link #verify(Received)}, for a body in memory. */
  void verify(byte[] body) throws IOException {
    Map<String, String> checksums = new LinkedHashMap<>();
    digests.forEach(digest -> checksums.put(digest.header(), digest.of(body)));
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(body);
      verify(body.length, HexFormat.of().formatHex(hash), checksums);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void verify(long size, String md5Hex, Map<String, String> checksums) throws IOException {
    // The end of the body, so that the trailers have been read.
    if (stream.read() >= 0 || length >= 0 && size != length) {
      throw incomplete();
    }
    if (md5 != null
        && !HexFormat.of().formatHex(Base64.getDecoder().decode(md5.strip())).equals(md5Hex)) {
      throw new ServiceException(
          400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
    if (sha256 != null) {
      String hex =
          HexFormat.of()
              .formatHex(Base64.getDecoder().decode(checksums.get(Digest.SHA256.header())));
      if (!hex.equals(sha256)) {
        throw new ServiceException(
            400,
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.");
      }
    }
    if (declared != null) {
      String expected = value;
      if (expected == null && chunked != null) {
        expected = chunked.trailers().get(CHECKSUM + declared.header());
      }
      if (expected != null && !expected.equals(checksums.get(declared.header()))) {
        throw new ServiceException(
            400,
            "BadDigest",
            "The " + declared + " you specified did not match the calculated checksum.");
      }
    }
  }

  static ServiceException incomplete() {
    return new ServiceException(
        400,
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header");
  }
}
