package dev.sluice.lake.s3;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Notifier;
import dev.sluice.lake.store.Version;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Bucket notifications: reads their configuration and words S3's events, version 2.1 of the
 * published structure.
 */
public final class Notifications implements Notifier {
  /** The bucket setting that holds the configuration, in the form that is answered to clients. */
  static final String SETTING = "notification";

  private static final String ROOT = "NotificationConfiguration";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Set<String> EVENTS =
      Set.of(
          "s3:ObjectCreated:*",
          "s3:ObjectCreated:Put",
          "s3:ObjectCreated:Post",
          "s3:ObjectCreated:Copy",
          "s3:ObjectCreated:CompleteMultipartUpload",
          "s3:ObjectRemoved:*",
          "s3:ObjectRemoved:Delete",
          "s3:ObjectRemoved:DeleteMarkerCreated");

  private final S3Settings settings;
  private final Map<String, Config> parsed = new ConcurrentHashMap<>();

  /** Words events of the account's buckets. */
  public Notifications(S3Settings settings) {
    this.settings = settings;
  }

  /** What a bucket's configuration says. */
  record Config(List<Rule> rules, boolean eventBridge) {}

  /** Which events go to a queue. */
  record Rule(String id, String queueArn, List<String> events, String prefix, String suffix) {

    boolean wants(String event, String key) {
      return key.startsWith(prefix)
          && key.endsWith(suffix)
          && events.stream().anyMatch(pattern -> covers(pattern, "s3:" + event));
    }

    boolean overlaps(Rule other) {
      boolean prefixes = prefix.startsWith(other.prefix) || other.prefix.startsWith(prefix);
      boolean suffixes = suffix.endsWith(other.suffix) || other.suffix.endsWith(suffix);
      return prefixes
          && suffixes
          && events.stream()
              .anyMatch(mine ->
                  other.events.stream()
                      .anyMatch(theirs -> covers(mine, theirs) || covers(theirs, mine)));
    }

    private static boolean covers(String pattern, String event) {
      return pattern.endsWith("*")
          ? event.startsWith(pattern.substring(0, pattern.length() - 1))
          : event.equals(pattern);
    }
  }

  /**
   * Reads what a client sent.
   *
   * @throws ServiceException {@code MalformedXML}, {@code InvalidArgument}, {@code NotImplemented}
   */
  static Config parse(byte[] document) {
    Element root = Element.parse(document, ROOT);
    List<Rule> rules = new ArrayList<>();
    boolean eventBridge = false;
    Set<String> ids = new HashSet<>();
    for (Element element : root.children()) {
      switch (element.name()) {
        case "QueueConfiguration" -> {
          Rule rule = rule(element);
          if (!ids.add(rule.id())) {
            throw S3Request.invalidArgument(
                "Same ID used for multiple configurations. IDs must be unique");
          }
          if (rules.stream().anyMatch(rule::overlaps)) {
            throw S3Request.invalidArgument(
                "Configurations overlap. Configurations on the same bucket cannot share a common"
                    + " event type.");
          }
          rules.add(rule);
        }
        case "EventBridgeConfiguration" -> eventBridge = true;
        case "TopicConfiguration" ->
            throw S3Request.unsupported(
                "notifications to SNS topics; send them to an SQS queue instead");
        case "CloudFunctionConfiguration", "LambdaFunctionConfiguration" ->
            throw S3Request.unsupported(
                "notifications to Lambda functions; send them to an SQS queue instead");
        default -> throw Element.malformed();
      }
    }
    return new Config(List.copyOf(rules), eventBridge);
  }

  private static Rule rule(Element element) {
    String id = element.text("Id");
    List<String> events = element.children("Event").stream().map(Element::text).toList();
    if (events.isEmpty()) {
      throw Element.malformed();
    }
    for (String event : events) {
      if (!EVENTS.contains(event)) {
        if (event.startsWith("s3:")) {
          throw S3Request.unsupported("the event " + event);
        }
        throw S3Request.invalidArgument("The event is not supported for notifications");
      }
    }
    String prefix = "";
    String suffix = "";
    Element filter = element.child("Filter");
    Element key = filter == null ? null : filter.child("S3Key");
    if (key != null) {
      for (Element rule : key.children("FilterRule")) {
        String value = rule.required("Value");
        switch (rule.required("Name").toLowerCase(Locale.ROOT)) {
          case "prefix" -> prefix = value;
          case "suffix" -> suffix = value;
          default ->
              throw S3Request.invalidArgument("filter rule name must be either prefix or suffix");
        }
      }
    }
    String arn = element.required("Queue").strip();
    if (!arn.matches("arn:[^:]+:sqs:[^:]+:[^:]+:.+")) {
      throw S3Request.invalidArgument("The ARN could not be parsed");
    }
    return new Rule(
        id == null || id.isEmpty() ? UUID.randomUUID().toString() : id,
        arn,
        events,
        prefix,
        suffix);
  }

  /** The configuration as it is stored and answered. */
  static String render(Config config) {
    Xml xml = Xml.root(ROOT);
    for (Rule rule : config.rules()) {
      xml.open("QueueConfiguration").leaf("Id", rule.id()).leaf("Queue", rule.queueArn());
      rule.events().forEach(event -> xml.leaf("Event", event));
      if (!rule.prefix().isEmpty() || !rule.suffix().isEmpty()) {
        xml.open("Filter").open("S3Key");
        filter(xml, "Prefix", rule.prefix());
        filter(xml, "Suffix", rule.suffix());
        xml.close("S3Key").close("Filter");
      }
      xml.close("QueueConfiguration");
    }
    if (config.eventBridge()) {
      xml.open("EventBridgeConfiguration").close("EventBridgeConfiguration");
    }
    return new String(xml.end(ROOT), StandardCharsets.UTF_8);
  }

  private static void filter(Xml xml, String name, String value) {
    if (!value.isEmpty()) {
      xml.open("FilterRule").leaf("Name", name).leaf("Value", value).close("FilterRule");
    }
  }

  /** What S3 sends to a queue that is named in a new configuration. */
  static String testEvent(String bucket, Instant time, Cause cause) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("Service", "Amazon S3");
    event.put("Event", "s3:TestEvent");
    event.put("Time", TIME.format(time));
    event.put("Bucket", bucket);
    event.put("RequestId", cause.requestId());
    event.put("HostId", cause.hostId());
    return Json.write(event);
  }

  @Override
  public List<Message> messages(Change change) {
    String xml = change.settings().get(SETTING);
    if (xml == null) {
      return List.of();
    }
    Config config =
        parsed.computeIfAbsent(xml, text -> parse(text.getBytes(StandardCharsets.UTF_8)));
    List<Message> messages = new ArrayList<>();
    for (Rule rule : config.rules()) {
      if (rule.wants(change.cause().event(), change.key())) {
        messages.add(new Message(rule.queueArn(), event(change, rule)));
      }
    }
    return messages;
  }

  private String event(Change change, Rule rule) {
    Cause cause = change.cause();
    Version version = change.version();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", Keys.encode(change.key()));
    if (cause.event().startsWith("ObjectCreated:")) {
      object.put("size", version.size());
      object.put("eTag", version.etag());
    } else if (version.deleteMarker() && cause.event().endsWith("DeleteMarkerCreated")) {
      object.put("eTag", "d41d8cd98f00b204e9800998ecf8427e");
    }
    if (!version.id().equals(Version.NULL_ID)) {
      object.put("versionId", version.id());
    }
    object.put("sequencer", "%018X".formatted(change.sequence()));

    Map<String, Object> bucket = new LinkedHashMap<>();
    bucket.put("name", change.bucket());
    bucket.put("ownerIdentity", Map.of("principalId", settings.account()));
    bucket.put("arn", "arn:aws:s3:::" + change.bucket());

    Map<String, Object> s3 = new LinkedHashMap<>();
    s3.put("s3SchemaVersion", "1.0");
    s3.put("configurationId", rule.id());
    s3.put("bucket", bucket);
    s3.put("object", object);

    Map<String, Object> response = new LinkedHashMap<>();
    response.put("x-amz-request-id", cause.requestId());
    response.put("x-amz-id-2", cause.hostId());

    Map<String, Object> record = new LinkedHashMap<>();
    record.put("eventVersion", "2.1");
    record.put("eventSource", "aws:s3");
    record.put("awsRegion", settings.region());
    record.put("eventTime", TIME.format(change.time()));
    record.put("eventName", cause.event());
    record.put("userIdentity", Map.of("principalId", "AWS:" + settings.account()));
    record.put("requestParameters", Map.of("sourceIPAddress", cause.sourceIp()));
    record.put("responseElements", response);
    record.put("s3", s3);
    return Json.write(Map.of("Records", List.of(record)));
  }
}
