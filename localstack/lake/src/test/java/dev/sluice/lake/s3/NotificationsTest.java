package dev.sluice.lake.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Content;
import dev.sluice.lake.store.Notifier.Cause;
import dev.sluice.lake.store.Notifier.Change;
import dev.sluice.lake.store.Notifier.Message;
import dev.sluice.lake.store.Version;
import dev.sluice.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NotificationsTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final Instant TIME = Instant.parse("2026-11-20T12:34:56.007Z");

  private final Notifications notifications = new Notifications(S3Server.SETTINGS);

  private static Notifications.Config parse(String inner) {
    return Notifications.parse(
        ("<NotificationConfiguration>" + inner + "</NotificationConfiguration>")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String queue(String events, String filter) {
    return "<QueueConfiguration><Id>id-"
        + filter.length()
        + events.length()
        + "</Id><Queue>"
        + QUEUE
        + "</Queue>"
        + events
        + filter
        + "</QueueConfiguration>";
  }

  private static String prefix(String prefix) {
    return "<Filter><S3Key><FilterRule><Name>prefix</Name><Value>"
        + prefix
        + "</Value></FilterRule></S3Key></Filter>";
  }

  private List<Message> messages(String event, String key, String versionId, boolean marker) {
    String configuration =
        Notifications.render(
            parse(
                queue("<Event>s3:ObjectCreated:*</Event>", prefix("in/"))
                    + queue("<Event>s3:ObjectRemoved:*</Event>", "")));
    Version version =
        new Version(
            versionId,
            7,
            TIME,
            marker,
            Content.EMPTY,
            "etag",
            Map.of(),
            Map.of(),
            false,
            List.of(),
            Map.of());
    return notifications.messages(
        new Change(
            "b",
            Map.of(Notifications.SETTING, configuration),
            true,
            key,
            version,
            0x1a2b3c4d5e6fL,
            TIME,
            new Cause(event, "127.0.0.1", "REQUEST", "HOST")));
  }

  @Test
  void anEventHasTheFieldsOfS3() {
    List<Message> messages = messages("ObjectCreated:Put", "in/a b.json", "v1", false);
    assertThat(messages).singleElement().extracting(Message::queueArn).isEqualTo(QUEUE);
    assertThat(Json.parseObject(messages.getFirst().body()))
        .isEqualTo(
            Json.parseObject(
                """
                {"Records":[{
                  "eventVersion":"2.1",
                  "eventSource":"aws:s3",
                  "awsRegion":"us-east-1",
                  "eventTime":"2026-11-20T12:34:56.007Z",
                  "eventName":"ObjectCreated:Put",
                  "userIdentity":{"principalId":"AWS:000000000000"},
                  "requestParameters":{"sourceIPAddress":"127.0.0.1"},
                  "responseElements":{"x-amz-request-id":"REQUEST","x-amz-id-2":"HOST"},
                  "s3":{
                    "s3SchemaVersion":"1.0",
                    "configurationId":"id-12534",
                    "bucket":{
                      "name":"b",
                      "ownerIdentity":{"principalId":"000000000000"},
                      "arn":"arn:aws:s3:::b"},
                    "object":{
                      "key":"in/a+b.json",
                      "size":0,
                      "eTag":"etag",
                      "versionId":"v1",
                      "sequencer":"0000001A2B3C4D5E6F"}}}]}
                """
                    .replace("id-12534", configurationId(messages))));
  }

  @SuppressWarnings("unchecked")
  private static String configurationId(List<Message> messages) {
    var records =
        (List<Map<String, Map<String, String>>>)
            Json.parseObject(messages.getFirst().body()).get("Records");
    String id = records.getFirst().get("s3").get("configurationId");
    assertThat(id).startsWith("id-");
    return id;
  }

  @Test
  void aDeletionHasNoSize() {
    assertThat(messages("ObjectRemoved:Delete", "x", "null", false).getFirst().body())
        .contains("\"key\":\"x\"", "\"sequencer\"")
        .doesNotContain("size", "eTag", "versionId");
    assertThat(messages("ObjectRemoved:DeleteMarkerCreated", "x", "v2", true).getFirst().body())
        .contains("\"versionId\":\"v2\"", "\"eTag\":\"d41d8cd98f00b204e9800998ecf8427e\"");
  }

  @Test
  void onlyWhatWasAskedForIsSent() {
    assertThat(messages("ObjectCreated:Put", "out/a.json", "null", false)).isEmpty();
    assertThat(messages("ObjectCreated:Copy", "in/a.json", "null", false)).hasSize(1);
  }

  @Test
  void aConfigurationIsGivenBackAsItWasSet() {
    Notifications.Config config =
        parse(
            queue(
                    "<Event>s3:ObjectCreated:Put</Event><Event>s3:ObjectCreated:Copy</Event>",
                    prefix("a&amp;b/"))
                + "<EventBridgeConfiguration/>");
    assertThat(Notifications.parse(Notifications.render(config).getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(config);
  }

  @Test
  void nonsenseAndTheUnsupportedAreRefused() {
    String created = "<Event>s3:ObjectCreated:*</Event>";
    assertRefused(
        "InvalidArgument",
        queue(created, prefix("a/")) + queue("<Event>s3:ObjectCreated:Put</Event>", prefix("a/b")));
    assertRefused("NotImplemented", "<TopicConfiguration/>");
    assertRefused("NotImplemented", "<CloudFunctionConfiguration/>");
    assertRefused("NotImplemented", queue("<Event>s3:ObjectRestore:*</Event>", ""));
    assertRefused("InvalidArgument", queue("<Event>nothing</Event>", ""));
    assertRefused("MalformedXML", queue("", ""));
    assertRefused("MalformedXML", "<Unknown/>");
    assertRefused("MalformedXML", "<QueueConfiguration>");
  }

  private static void assertRefused(String code, String inner) {
    assertThatThrownBy(() -> parse(inner))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
