package dev.sluice.lake.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.sqs.ReceivedMessage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

class SqsBatchTest {
  static final List<ReceivedMessage> MESSAGES = List.of(message("a"), message("b"));

  static ReceivedMessage message(String id) {
    Map<String, String> system = new LinkedHashMap<>();
    system.put("ApproximateReceiveCount", "1");
    system.put("SentTimestamp", "1795132800000");
    return new ReceivedMessage(id, "handle", "{\"x\":1}", "md5", system, Map.of());
  }

  @Test
  void theEventIsLambdasOwn() {
    assertThat(
            new String(
                SqsBatch.event(List.of(message("a")), "arn:aws:sqs:us-east-1:0:q", "us-east-1"),
                StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"Records\":[{\"messageId\":\"a\",\"receiptHandle\":\"handle\","
                + "\"body\":\"{\\\"x\\\":1}\",\"attributes\":{\"ApproximateReceiveCount\":\"1\","
                + "\"SentTimestamp\":\"1795132800000\"},\"messageAttributes\":{},"
                + "\"md5OfBody\":\"md5\",\"eventSource\":\"aws:sqs\","
                + "\"eventSourceARN\":\"arn:aws:sqs:us-east-1:0:q\",\"awsRegion\":\"us-east-1\"}]}");
  }

  @Test
  void messageAttributesAreInTheEvent() {
    ReceivedMessage message =
        new ReceivedMessage(
            "a",
            "h",
            "b",
            "md5",
            Map.of(),
            Map.of(
                "n", MessageAttributeValue.builder().dataType("Number").stringValue("7").build()));
    assertThat(new String(SqsBatch.event(List.of(message), "arn", "r"), StandardCharsets.UTF_8))
        .contains(
            "\"messageAttributes\":{\"n\":{\"stringValue\":\"7\",\"stringListValues\":[],"
                + "\"binaryListValues\":[],\"dataType\":\"Number\"}}");
  }

  @Test
  void anAnswerWithoutFailuresSaysThatAllWentWell() {
    for (String answer :
        List.of(
            "",
            "null",
            "{}",
            "\"done\"",
            "{\"batchItemFailures\":null}",
            "{\"batchItemFailures\":[]}")) {
      assertThat(SqsBatch.failures(answer, MESSAGES)).as(answer).isEmpty();
    }
  }

  @Test
  void namedMessagesFailed() {
    assertThat(SqsBatch.failures("{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"}]}", MESSAGES))
        .containsExactly("b");
  }

  @Test
  void anAnswerThatMakesNoSenseSaysThatAllFailed() {
    for (String answer :
        List.of(
            "{",
            "{\"batchItemFailures\":\"b\"}",
            "{\"batchItemFailures\":[\"b\"]}",
            "{\"batchItemFailures\":[{}]}",
            "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}",
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}",
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"b\"},{\"itemIdentifier\":\"x\"}]}")) {
      assertThat(SqsBatch.failures(answer, MESSAGES))
          .as(answer)
          .containsExactlyInAnyOrder("a", "b");
    }
  }
}
