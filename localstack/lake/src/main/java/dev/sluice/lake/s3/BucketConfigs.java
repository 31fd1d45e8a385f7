package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bucket configurations that are kept and given back, and truthful answers for those that cannot be
 * set.
 */
final class BucketConfigs {

  /**
   * A configuration that is kept.
   *
   * @param root the root element of its document
   * @param missing the error code when it was not set
   * @param message that error's message
   * @param initial what a new bucket has, or null
   * @param putStatus the status of a successful put
   */
  record Kept(
      String root, String missing, String message, @Nullable String initial, int putStatus) {}

  private static final Map<String, Kept> KEPT =
      Map.of(
          "lifecycle",
          new Kept(
              "LifecycleConfiguration",
              "NoSuchLifecycleConfiguration",
              "The lifecycle configuration does not exist",
              null,
              200),
          "encryption",
          new Kept(
              "ServerSideEncryptionConfiguration",
              "ServerSideEncryptionConfigurationNotFoundError",
              "The server side encryption configuration was not found",
              "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                  + "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false"
                  + "</BucketKeyEnabled></Rule>",
              200),
          "tagging",
          new Kept("Tagging", "NoSuchTagSet", "The TagSet does not exist", null, 204),
          "publicAccessBlock",
          new Kept(
              "PublicAccessBlockConfiguration",
              "NoSuchPublicAccessBlockConfiguration",
              "The public access block configuration was not found",
              "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
                  + "<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true"
                  + "</RestrictPublicBuckets>",
              200),
          "ownershipControls",
          new Kept(
              "OwnershipControls",
              "OwnershipControlsNotFoundError",
              "The bucket ownership controls were not found",
              "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>",
              200));

  /** What S3 answers for configurations that a bucket does not have. */
  private static final Map<String, ServiceException> ABSENT =
      Map.of(
          "cors", absent("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
          "website",
              absent(
                  "NoSuchWebsiteConfiguration",
                  "The specified bucket does not have a website configuration"),
          "replication",
              absent(
                  "ReplicationConfigurationNotFoundError",
                  "The replication configuration was not found"),
          "object-lock",
              absent(
                  "ObjectLockConfigurationNotFoundError",
                  "Object Lock configuration does not exist for this bucket"));

  private static final Map<String, String> EMPTY =
      Map.of(
          "logging", "BucketLoggingStatus",
          "accelerate", "AccelerateConfiguration");

  private BucketConfigs() {}

  private static ServiceException absent(String code, String message) {
    return new ServiceException(404, code, message);
  }

  static @Nullable Kept kept(String subresource) {
    return KEPT.get(subresource);
  }

  /** The answer to a GET of a kept configuration. */
  static Answer get(Bucket bucket, String subresource, Kept kept) {
    String document = bucket.settings().get(subresource);
    if (document != null && !document.isEmpty()) {
      return Answer.xml(document.getBytes(StandardCharsets.UTF_8));
    }
    // An empty setting says that the initial configuration was deleted.
    if (kept.initial() == null || document != null) {
      throw new ServiceException(404, kept.missing(), kept.message());
    }
    return Answer.xml(Xml.root(kept.root()).raw(kept.initial()).end(kept.root()));
  }

  /** The answer to a GET of a configuration that cannot be set, or null. */
  static @Nullable Answer fixed(String subresource, String owner) {
    ServiceException absent = ABSENT.get(subresource);
    if (absent != null) {
      throw new ServiceException(absent.status(), absent.code(), absent.getMessage());
    }
    String root = EMPTY.get(subresource);
    if (root != null) {
      return Answer.xml(Xml.root(root).end(root));
    }
    if (subresource.equals("requestPayment")) {
      return Answer.xml(
          Xml.root("RequestPaymentConfiguration")
              .leaf("Payer", "BucketOwner")
              .end("RequestPaymentConfiguration"));
    }
    if (subresource.equals("acl")) {
      return acl(owner);
    }
    return null;
  }

  /** Every bucket and object belongs to the account, wholly. */
  static Answer acl(String owner) {
    return Answer.xml(
        Xml.root("AccessControlPolicy")
            .open("Owner")
            .leaf("ID", owner)
            .close("Owner")
            .open("AccessControlList")
            .open("Grant")
            .raw(
                "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
                    + " xsi:type=\"CanonicalUser\">")
            .leaf("ID", owner)
            .close("Grantee")
            .leaf("Permission", "FULL_CONTROL")
            .close("Grant")
            .close("AccessControlList")
            .end("AccessControlPolicy"));
  }
}
