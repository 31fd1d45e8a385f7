package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import dev.sluice.lake.store.Version;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The headers that an object keeps, and those that are refused. */
final class Headers {
  static final String META = "x-amz-meta-";
  static final String STORAGE_CLASS = "x-amz-storage-class";
  static final String ENCRYPTION = "x-amz-server-side-encryption";
  static final String KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
  static final String BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";

  private static final int MAX_METADATA = 2048;
  private static final List<String> CONTENT =
      List.of(
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-type",
          "expires");
  private static final Set<String> STORAGE_CLASSES =
      Set.of(
          "STANDARD",
          "STANDARD_IA",
          "ONEZONE_IA",
          "INTELLIGENT_TIERING",
          "REDUCED_REDUNDANCY",
          "GLACIER_IR");

  private Headers() {}

  /** The headers that belong to the request's object: content, user metadata, and the rest. */
  static Map<String, String> kept(S3Request request, Bucket bucket) {
    refuse(request);
    Map<String, String> kept = new LinkedHashMap<>(content(request));
    kept.putAll(placement(request, bucket));
    return Map.copyOf(kept);
  }

  /** Content headers and user metadata. */
  static Map<String, String> content(S3Request request) {
    Map<String, String> kept = new LinkedHashMap<>();
    for (String name : CONTENT) {
      String value = request.header(name);
      if (name.equals("content-encoding") && value != null) {
        value = withoutAwsChunked(value);
      }
      if (value != null && !value.isEmpty()) {
        kept.put(name, value);
      }
    }
    int[] size = {0};
    request
        .headers()
        .forEach((name, values) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          if (lower.startsWith(META)) {
            String value = String.join(",", values);
            kept.put(lower, value);
            size[0] +=
                lower.length() - META.length() + value.getBytes(StandardCharsets.ISO_8859_1).length;
          }
        });
    if (size[0] > MAX_METADATA) {
      throw new ServiceException(
          400,
          "MetadataTooLarge",
          "Your metadata headers exceed the maximum allowed metadata size");
    }
    return kept;
  }

  /** Storage class and encryption, the bucket's default if the request has none. */
  static Map<String, String> placement(S3Request request, Bucket bucket) {
    Map<String, String> kept = new LinkedHashMap<>();
    String storageClass = request.header(STORAGE_CLASS);
    if (storageClass != null) {
      if (storageClass.equals("GLACIER") || storageClass.equals("DEEP_ARCHIVE")) {
        throw S3Request.unsupported("archiving (storage class " + storageClass + ")");
      }
      if (!STORAGE_CLASSES.contains(storageClass)) {
        throw new ServiceException(
            400, "InvalidStorageClass", "The storage class you specified is not valid");
      }
      if (!storageClass.equals("STANDARD")) {
        kept.put(STORAGE_CLASS, storageClass);
      }
    }
    String encryption = request.header(ENCRYPTION);
    String key = request.header(KMS_KEY);
    String bucketKey = request.header(BUCKET_KEY);
    String configured = bucket.settings().get("encryption");
    if (encryption == null && configured != null) {
      Element rule =
          Element.parse(
                  configured.getBytes(StandardCharsets.UTF_8), "ServerSideEncryptionConfiguration")
              .child("Rule");
      Element byDefault = rule == null ? null : rule.child("ApplyServerSideEncryptionByDefault");
      if (byDefault != null) {
        encryption = byDefault.text("SSEAlgorithm");
        key = byDefault.text("KMSMasterKeyID");
        bucketKey = rule.text("BucketKeyEnabled");
      }
    }
    encryption = encryption == null ? "AES256" : encryption;
    if (!Set.of("AES256", "aws:kms", "aws:kms:dsse").contains(encryption)) {
      throw S3Request.invalidArgument("The encryption method specified is not supported");
    }
    kept.put(ENCRYPTION, encryption);
    if (!encryption.equals("AES256")) {
      if (key != null) {
        kept.put(KMS_KEY, key);
      }
      if ("true".equalsIgnoreCase(bucketKey)) {
        kept.put(BUCKET_KEY, "true");
      }
    }
    return kept;
  }

  private static String withoutAwsChunked(String encoding) {
    StringBuilder rest = new StringBuilder();
    for (String part : encoding.split(",")) {
      if (!part.strip().equalsIgnoreCase("aws-chunked") && !part.isBlank()) {
        rest.append(rest.isEmpty() ? "" : ",").append(part.strip());
      }
    }
    return rest.toString();
  }

  /** Refuses what would be lost without a word. */
  static void refuse(S3Request request) {
    refuseAcls(request);
    for (String name : request.headers().keySet()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith("x-amz-server-side-encryption-customer-")
          || lower.startsWith("x-amz-copy-source-server-side-encryption-customer-")) {
        throw S3Request.unsupported("encryption with customer keys (SSE-C)");
      }
      if (lower.startsWith("x-amz-object-lock-")) {
        throw S3Request.unsupported("Object Lock");
      }
      if (lower.equals("x-amz-website-redirect-location")) {
        throw S3Request.unsupported("website redirects");
      }
      if (lower.equals("x-amz-write-offset-bytes")) {
        throw S3Request.unsupported("appending to objects");
      }
    }
  }

  /** As S3 does where access control lists are off, which is the default. */
  static void refuseAcls(S3Request request) {
    String acl = request.header("x-amz-acl");
    boolean grants =
        request.headers().keySet().stream()
            .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-amz-grant-"));
    if (grants
        || acl != null && !acl.equals("private") && !acl.equals("bucket-owner-full-control")) {
      throw new ServiceException(
          400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    }
  }

  /** Encryption headers, for the answer to a write. */
  static void encryption(Answer answer, Map<String, String> headers) {
    answer
        .header(ENCRYPTION, headers.get(ENCRYPTION))
        .header(KMS_KEY, headers.get(KMS_KEY))
        .header(BUCKET_KEY, headers.get(BUCKET_KEY));
  }

  static void checksums(Answer answer, Map<String, String> checksums, boolean composite) {
    if (!checksums.isEmpty()) {
      checksums.forEach((name, value) -> answer.header("x-amz-checksum-" + name, value));
      answer.header("x-amz-checksum-type", type(composite));
    }
  }

  static String type(boolean composite) {
    return composite ? "COMPOSITE" : "FULL_OBJECT";
  }

  static void version(Answer answer, Bucket bucket, Version version) {
    if (bucket.everVersioned()) {
      answer.header("x-amz-version-id", version.id());
    }
  }

  static String quoted(String etag) {
    return "\"" + etag + "\"";
  }
}
