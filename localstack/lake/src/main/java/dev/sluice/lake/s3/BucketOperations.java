package dev.sluice.lake.s3;

import dev.sluice.lake.api.Messages;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Bucket;
import dev.sluice.lake.store.ObjectStore;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Operations on buckets and their configurations. */
final class BucketOperations {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
  private static final String LOCATION = "location";

  private final ObjectStore store;
  private final Messages messages;
  private final S3Settings settings;
  private final Clock clock;

  BucketOperations(ObjectStore store, Messages messages, S3Settings settings, Clock clock) {
    this.store = store;
    this.messages = messages;
    this.settings = settings;
    this.clock = clock;
  }

  Answer list(S3Request request) {
    String prefix = request.parameter("prefix", "");
    String after = request.parameter("continuation-token", "");
    int max = request.number("max-buckets", 10_000, 10_000);
    Xml xml = Xml.root("ListAllMyBucketsResult");
    xml.open("Owner").leaf("ID", settings.owner()).close("Owner").open("Buckets");
    int count = 0;
    String last = "";
    boolean more = false;
    for (Bucket bucket : store.buckets()) {
      if (!bucket.name().startsWith(prefix) || bucket.name().compareTo(after) <= 0) {
        continue;
      }
      if (count == max) {
        more = true;
        break;
      }
      count++;
      last = bucket.name();
      xml.open("Bucket")
          .leaf("Name", bucket.name())
          .leaf("CreationDate", Times.iso(bucket.created()))
          .leaf("BucketRegion", request.query().isEmpty() ? null : region(bucket))
          .close("Bucket");
    }
    xml.close("Buckets");
    if (request.has("prefix")) {
      xml.leaf("Prefix", prefix);
    }
    if (more) {
      xml.leaf("ContinuationToken", last);
    }
    return Answer.xml(xml.end("ListAllMyBucketsResult"));
  }

  private String region(Bucket bucket) {
    return bucket.settings().getOrDefault(LOCATION, settings.region());
  }

  Answer create(S3Request request) throws IOException {
    String name = request.bucket();
    if (!NAME.matcher(name).matches()
        || ADDRESS.matcher(name).matches()
        || name.contains("..")
        || name.startsWith("xn--")
        || name.endsWith("-s3alias")) {
      throw new ServiceException(400, "InvalidBucketName", "The specified bucket is not valid.");
    }
    if ("true".equalsIgnoreCase(request.header("x-amz-bucket-object-lock-enabled"))) {
      throw S3Request.unsupported("Object Lock");
    }
    String ownership = request.header("x-amz-object-ownership");
    if (ownership != null && !ownership.equals("BucketOwnerEnforced")) {
      throw S3Request.unsupported(
          "access control lists (x-amz-object-ownership " + ownership + ")");
    }
    Headers.refuseAcls(request);
    String region = settings.region();
    byte[] document = request.document();
    String constraint = null;
    if (document.length > 0) {
      Element configuration = Element.parse(document, "CreateBucketConfiguration");
      constraint = configuration.text("LocationConstraint");
      if (configuration.child("Bucket") != null || configuration.child("Location") != null) {
        throw S3Request.unsupported("directory buckets");
      }
      if (constraint != null && !constraint.isEmpty()) {
        region = constraint.equals("EU") ? "eu-west-1" : constraint;
      }
    }
    if (!store.createBucket(name, Map.of(LOCATION, region))) {
      // Buckets of us-east-1 can be created again, as ever; nothing changes.
      if (!region.equals("us-east-1") || !region(store.bucket(name)).equals("us-east-1")) {
        throw new ServiceException(
            409,
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.");
      }
    }
    return Answer.of(200).header("Location", "/" + name);
  }

  Answer head(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    return Answer.of(200)
        .header("x-amz-bucket-region", region(bucket))
        .header("x-amz-access-point-alias", "false")
        .header("Content-Type", "application/xml");
  }

  Answer delete(S3Request request) {
    store.deleteBucket(request.bucket());
    return Answer.of(204);
  }

  Answer location(S3Request request) {
    String region = region(store.bucket(request.bucket()));
    Xml xml = Xml.root("LocationConstraint");
    if (!region.equals("us-east-1")) {
      xml.raw(region);
    }
    return Answer.xml(xml.end("LocationConstraint"));
  }

  Answer getVersioning(S3Request request) {
    Bucket bucket = store.bucket(request.bucket());
    return Answer.xml(
        Xml.root("VersioningConfiguration")
            .leaf("Status", bucket.settings().get(Bucket.VERSIONING))
            .end("VersioningConfiguration"));
  }

  Answer putVersioning(S3Request request) throws IOException {
    store.bucket(request.bucket());
    Element root = Element.parse(request.document(), "VersioningConfiguration");
    String status = root.text("Status");
    if ("Enabled".equals(root.text("MfaDelete"))) {
      throw S3Request.unsupported("MFA delete");
    }
    if (!"Enabled".equals(status) && !"Suspended".equals(status)) {
      throw new ServiceException(
          400,
          "IllegalVersioningConfigurationException",
          "The Versioning element must be specified");
    }
    store.configure(request.bucket(), Bucket.VERSIONING, status);
    return Answer.of(200);
  }

  Answer getNotification(S3Request request) {
    String document = store.bucket(request.bucket()).settings().get(Notifications.SETTING);
    return Answer.xml(
        document == null
            ? Xml.root("NotificationConfiguration").end("NotificationConfiguration")
            : document.getBytes(StandardCharsets.UTF_8));
  }

  Answer putNotification(S3Request request) throws IOException {
    String bucket = request.bucket();
    store.bucket(bucket);
    Notifications.Config config = Notifications.parse(request.document());
    if (!"true".equalsIgnoreCase(request.header("x-amz-skip-destination-validation"))) {
      Set<String> queues = new LinkedHashSet<>();
      config.rules().forEach(rule -> queues.add(rule.queueArn()));
      String test = Notifications.testEvent(bucket, clock.instant(), request.cause("TestEvent"));
      for (String queue : queues) {
        try {
          messages.send(queue, test);
        } catch (ServiceException e) {
          throw S3Request.invalidArgument(
              "Unable to validate the following destination configurations: "
                  + queue
                  + ": "
                  + e.getMessage());
        }
      }
    }
    store.configure(
        bucket,
        Notifications.SETTING,
        config.rules().isEmpty() && !config.eventBridge() ? null : Notifications.render(config));
    return Answer.of(200);
  }

  Answer getPolicy(S3Request request) {
    String policy = store.bucket(request.bucket()).settings().get("policy");
    if (policy == null) {
      throw new ServiceException(404, "NoSuchBucketPolicy", "The bucket policy does not exist");
    }
    Answer answer = Answer.of(200).header("Content-Type", "application/json");
    answer.body = policy.getBytes(StandardCharsets.UTF_8);
    return answer;
  }

  Answer putPolicy(S3Request request) throws IOException {
    store.bucket(request.bucket());
    String policy = new String(request.document(), StandardCharsets.UTF_8);
    try {
      if (!Json.parseObject(policy).containsKey("Statement")) {
        throw new ServiceException(400, "MalformedPolicy", "Missing required field Statement");
      }
    } catch (IllegalArgumentException e) {
      throw new ServiceException(
          400,
          "MalformedPolicy",
          "Policies must be valid JSON and the first byte must be '{': " + e.getMessage());
    }
    store.configure(request.bucket(), "policy", policy);
    return Answer.of(204);
  }

  Answer deletePolicy(S3Request request) {
    store.configure(request.bucket(), "policy", null);
    return Answer.of(204);
  }

  /** GET, PUT or DELETE of one of the other configurations, or null when there is no such one. */
  @Nullable Answer configuration(S3Request request, String subresource) throws IOException {
    BucketConfigs.Kept kept = BucketConfigs.kept(subresource);
    if (kept == null) {
      if (!request.method().equals("GET")) {
        return null;
      }
      store.bucket(request.bucket());
      return BucketConfigs.fixed(subresource, settings.owner());
    }
    Bucket bucket = store.bucket(request.bucket());
    switch (request.method()) {
      case "GET" -> {
        return BucketConfigs.get(bucket, subresource, kept);
      }
      case "PUT" -> {
        byte[] document = request.document();
        Element root = Element.parse(document, kept.root());
        if (root.children().isEmpty()) {
          throw Element.malformed();
        }
        store.configure(bucket.name(), subresource, new String(document, StandardCharsets.UTF_8));
        return Answer.of(kept.putStatus());
      }
      case "DELETE" -> {
        boolean resets = subresource.equals("encryption") || kept.initial() == null;
        store.configure(bucket.name(), subresource, resets ? null : "");
        return Answer.of(204);
      }
      default -> {
        return null;
      }
    }
  }
}
