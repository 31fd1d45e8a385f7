package dev.sluice.lake.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.lake.Clients;
import dev.sluice.lake.http.Endpoint;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.InvalidMessageContentsException;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SqsException;
import software.amazon.awssdk.services.sqs.model.TooManyEntriesInBatchRequestException;
import software.amazon.awssdk.services.sqs.model.UnsupportedOperationException;

class SqsIT {
  @TempDir Path folder;
  Queues queues;
  Endpoint endpoint;
  SqsClient sqs;
  String url;

  @BeforeEach
  void start() {
    queues = Queues.open(folder.resolve("journal"), "us-east-1", "000000000000", Clock.systemUTC());
    AtomicReference<URI> uri = new AtomicReference<>();
    endpoint =
        Endpoint.start(
            0,
            List.of(new Sqs(queues, "000000000000", uri::get, Clock.systemUTC())),
            exchange -> exchange.close(),
            () -> new Endpoint.Health(true, Map.of()));
    uri.set(endpoint.uri());
    sqs = Clients.client(SqsClient.builder(), endpoint.uri());
    url = sqs.createQueue(r -> r.queueName("q")).queueUrl();
  }

  @AfterEach
  void stop() {
    sqs.close();
    queues.close();
    endpoint.close();
  }

  List<Message> receive() {
    return sqs.receiveMessage(r ->
            r.queueUrl(url)
                .maxNumberOfMessages(10)
                .messageSystemAttributeNames(MessageSystemAttributeName.ALL)
                .messageAttributeNames("All"))
        .messages();
  }

  @Test
  void aMessageWithAttributesComesBackWhole() {
    Map<String, MessageAttributeValue> attributes =
        Map.of(
            "text",
            MessageAttributeValue.builder()
                .dataType("String")
                .stringValue("ä \uD83D\uDE00")
                .build(),
            "count",
            MessageAttributeValue.builder().dataType("Number.int").stringValue("7").build(),
            "blob",
            MessageAttributeValue.builder()
                .dataType("Binary")
                .binaryValue(SdkBytes.fromByteArray(new byte[] {0, -1, 7}))
                .build());
    String body = "{\"x\":\"ä\n\t\uD83D\uDE00\"}";
    String id =
        sqs.sendMessage(r -> r.queueUrl(url).messageBody(body).messageAttributes(attributes))
            .messageId();
    assertThat(receive())
        .singleElement()
        .satisfies(message -> {
          assertThat(message.messageId()).isEqualTo(id);
          assertThat(message.body()).isEqualTo(body);
          assertThat(message.messageAttributes()).isEqualTo(attributes);
          assertThat(message.attributes())
              .containsKeys(
                  MessageSystemAttributeName.SENT_TIMESTAMP,
                  MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
        });
  }

  @Test
  void batchesSendChangeAndDelete() {
    SendMessageBatchResponse sent =
        sqs.sendMessageBatch(r ->
            r.queueUrl(url)
                .entries(entry("a", "one"), entry("b", "bad \u0001"), entry("c", "three")));
    assertThat(sent.successful()).extracting(e -> e.id()).containsExactly("a", "c");
    assertThat(sent.failed())
        .singleElement()
        .satisfies(e -> {
          assertThat(e.id()).isEqualTo("b");
          assertThat(e.code()).isEqualTo("InvalidMessageContents");
          assertThat(e.senderFault()).isTrue();
        });
    List<Message> first = receive();
    assertThat(first).hasSize(2);
    assertThat(receive()).isEmpty();
    List<ChangeMessageVisibilityBatchRequestEntry> show = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      show.add(
          ChangeMessageVisibilityBatchRequestEntry.builder()
              .id("e" + i)
              .receiptHandle(first.get(i).receiptHandle())
              .visibilityTimeout(0)
              .build());
    }
    assertThat(sqs.changeMessageVisibilityBatch(r -> r.queueUrl(url).entries(show)).successful())
        .hasSize(2);
    List<DeleteMessageBatchRequestEntry> delete =
        receive().stream()
            .map(m ->
                DeleteMessageBatchRequestEntry.builder()
                    .id(m.messageId())
                    .receiptHandle(m.receiptHandle())
                    .build())
            .toList();
    assertThat(sqs.deleteMessageBatch(r -> r.queueUrl(url).entries(delete)).successful())
        .hasSize(2);
    assertThat(
            sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.ALL))
                .attributes())
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")
        .containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "0")
        .containsEntry(QueueAttributeName.QUEUE_ARN, "arn:aws:sqs:us-east-1:000000000000:q");
  }

  private static SendMessageBatchRequestEntry entry(String id, String body) {
    return SendMessageBatchRequestEntry.builder().id(id).messageBody(body).build();
  }

  @Test
  void errorsAreTheSdksOwn() {
    assertThatThrownBy(() -> sqs.getQueueUrl(r -> r.queueName("absent")))
        .isInstanceOf(QueueDoesNotExistException.class);
    assertThatThrownBy(() ->
            sqs.createQueue(
                r -> r.queueName("q").attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "9"))))
        .isInstanceOf(QueueNameExistsException.class);
    assertThatThrownBy(() -> sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle("x")))
        .isInstanceOf(ReceiptHandleIsInvalidException.class);
    assertThatThrownBy(() -> sqs.sendMessage(r -> r.queueUrl(url).messageBody("\u0001")))
        .isInstanceOf(InvalidMessageContentsException.class);
    assertThatThrownBy(() -> sqs.createQueue(r -> r.queueName("x.fifo")))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("FIFO");
    List<SendMessageBatchRequestEntry> many = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      many.add(entry("e" + i, "x"));
    }
    assertThatThrownBy(() -> sqs.sendMessageBatch(r -> r.queueUrl(url).entries(many)))
        .isInstanceOf(TooManyEntriesInBatchRequestException.class);
    assertThatThrownBy(
            () -> sqs.sendMessage(r -> r.queueUrl(url).messageBody("x".repeat((1 << 20) + 1))))
        .isInstanceOfSatisfying(
            SqsException.class,
            e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("InvalidParameterValue"));
    assertThatThrownBy(() -> sqs.tagQueue(r -> r.queueUrl(url).tags(Map.of("a", "b"))))
        .isInstanceOf(SqsException.class)
        .hasMessageContaining("AmazonSQS.TagQueue");
  }

  @Test
  void queuesAreListedInPages() {
    for (int i = 0; i < 5; i++) {
      String name = "list-" + i;
      sqs.createQueue(r -> r.queueName(name));
    }
    assertThat(sqs.listQueuesPaginator(r -> r.queueNamePrefix("list-").maxResults(2)).queueUrls())
        .hasSize(5)
        .allMatch(queue -> queue.startsWith(endpoint.uri() + "/000000000000/list-"));
  }

  @Test
  void longPollingWaitsAtMostAsLongAsAsked() {
    assertThat(sqs.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(1)).messages()).isEmpty();
    Thread.ofVirtual()
        .start(() -> {
          try {
            Thread.sleep(100);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          queues.send(queues.arn("q"), "late");
        });
    assertThat(sqs.receiveMessage(r -> r.queueUrl(url).waitTimeSeconds(20)).messages()).hasSize(1);
  }

  @Test
  void theCommandLineWorks() throws Exception {
    assumeTrue(cli("--version") != null, "the AWS CLI is not installed");
    String created = cli("sqs", "create-queue", "--queue-name", "cli");
    assertThat(created).contains("/000000000000/cli");
    String queue = (String) Json.parseObject(created).get("QueueUrl");
    assertThat(cli("sqs", "send-message", "--queue-url", queue, "--message-body", "hello ä"))
        .contains("MD5OfMessageBody");
    assertThat(cli("sqs", "receive-message", "--queue-url", queue, "--attribute-names", "All"))
        .contains("hello", "ApproximateReceiveCount");
    assertThat(cli("sqs", "get-queue-attributes", "--queue-url", queue, "--attribute-names", "All"))
        .contains("\"ApproximateNumberOfMessagesNotVisible\": \"1\"");
  }

  private String cli(String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("aws", "--endpoint-url", endpoint.uri() + ""));
    command.addAll(List.of("--region", "us-east-1", "--output", "json"));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("AWS_ACCESS_KEY_ID", "test");
    builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
    try {
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    } catch (IOException e) {
      return null;
    }
  }
}
