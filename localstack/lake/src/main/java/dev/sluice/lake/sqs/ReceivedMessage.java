package dev.sluice.lake.sqs;

import java.util.Map;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * A message as it was handed out once.
 *
 * @param id the message's id
 * @param receiptHandle stands for this one hand-out; deletes the message or changes its visibility
 * @param body the text
 * @param bodyMd5 the body's MD5, hexadecimal
 * @param system SQS's own attributes by name, such as {@code ApproximateReceiveCount}
 * @param attributes the sender's attributes by name
 */
public record ReceivedMessage(
    String id,
    String receiptHandle,
    String body,
    String bodyMd5,
    Map<String, String> system,
    Map<String, MessageAttributeValue> attributes) {}
