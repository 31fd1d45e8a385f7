package dev.sluice.lake.sqs;

import dev.sluice.lake.api.JsonOperation;
import dev.sluice.lake.api.JsonService;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.http.QueryCompatible;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResponse;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityRequest;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityResponse;
import software.amazon.awssdk.services.sqs.model.CreateQueueRequest;
import software.amazon.awssdk.services.sqs.model.CreateQueueResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageRequest;
import software.amazon.awssdk.services.sqs.model.DeleteMessageResponse;
import software.amazon.awssdk.services.sqs.model.DeleteQueueRequest;
import software.amazon.awssdk.services.sqs.model.DeleteQueueResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueUrlResponse;
import software.amazon.awssdk.services.sqs.model.ListDeadLetterSourceQueuesRequest;
import software.amazon.awssdk.services.sqs.model.ListDeadLetterSourceQueuesResponse;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksRequest;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResponse;
import software.amazon.awssdk.services.sqs.model.ListMessageMoveTasksResultEntry;
import software.amazon.awssdk.services.sqs.model.ListQueuesRequest;
import software.amazon.awssdk.services.sqs.model.ListQueuesResponse;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeValue;
import software.amazon.awssdk.services.sqs.model.PurgeQueueRequest;
import software.amazon.awssdk.services.sqs.model.PurgeQueueResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageResponse;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.SetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.StartMessageMoveTaskRequest;
import software.amazon.awssdk.services.sqs.model.StartMessageMoveTaskResponse;
import software.amazon.awssdk.utils.builder.Buildable;

/** The SQS API over {@link Queues}. */
public final class Sqs implements JsonService, QueryCompatible {
  private static final int MAX_BATCH = 10;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final int MAX_ATTRIBUTES = 10;
  private static final int MAX_LISTED = 1000;

  private final Queues queues;
  private final String account;
  private final Supplier<URI> endpoint;
  private final Clock clock;
  private final Map<String, JsonOperation<?, ?>> operations = new TreeMap<>();

  /** Newest first; SQS too tells of the latest ten only. */
  private final List<ListMessageMoveTasksResultEntry> moves = new CopyOnWriteArrayList<>();

  /**
   * @param account the account that stands in queue URLs
   * @param endpoint where the API is reached, the start of queue URLs
   */
  public Sqs(Queues queues, String account, Supplier<URI> endpoint, Clock clock) {
    this.queues = queues;
    this.account = account;
    this.endpoint = endpoint;
    this.clock = clock;
    add("CreateQueue", CreateQueueRequest::builder, this::createQueue);
    add("GetQueueUrl", GetQueueUrlRequest::builder, this::getQueueUrl);
    add("GetQueueAttributes", GetQueueAttributesRequest::builder, this::getQueueAttributes);
    add("SetQueueAttributes", SetQueueAttributesRequest::builder, this::setQueueAttributes);
    add("ListQueues", ListQueuesRequest::builder, this::listQueues);
    add("DeleteQueue", DeleteQueueRequest::builder, this::deleteQueue);
    add("PurgeQueue", PurgeQueueRequest::builder, this::purgeQueue);
    add("SendMessage", SendMessageRequest::builder, this::sendMessage);
    add("SendMessageBatch", SendMessageBatchRequest::builder, this::sendMessageBatch);
    add("ReceiveMessage", ReceiveMessageRequest::builder, this::receiveMessage);
    add("DeleteMessage", DeleteMessageRequest::builder, this::deleteMessage);
    add("DeleteMessageBatch", DeleteMessageBatchRequest::builder, this::deleteMessageBatch);
    add(
        "ChangeMessageVisibility",
        ChangeMessageVisibilityRequest::builder,
        this::changeMessageVisibility);
    add(
        "ChangeMessageVisibilityBatch",
        ChangeMessageVisibilityBatchRequest::builder,
        this::changeMessageVisibilityBatch);
    add(
        "ListDeadLetterSourceQueues",
        ListDeadLetterSourceQueuesRequest::builder,
        this::listDeadLetterSourceQueues);
    add("StartMessageMoveTask", StartMessageMoveTaskRequest::builder, this::startMessageMoveTask);
    add("ListMessageMoveTasks", ListMessageMoveTasksRequest::builder, this::listMessageMoveTasks);
  }

  private <I extends SdkPojo, O extends SdkPojo> void add(
      String name, Supplier<? extends Buildable> request, Function<I, O> call) {
    operations.put(name, new JsonOperation<>(request, call));
  }

  @Override
  public String target() {
    return "AmazonSQS";
  }

  @Override
  public Map<String, JsonOperation<?, ?>> operations() {
    return Collections.unmodifiableMap(operations);
  }

  @Override
  public String queryErrorCode(String code) {
    return SqsErrors.queryCode(code);
  }

  private CreateQueueResponse createQueue(CreateQueueRequest request) {
    String name = required("QueueName", request.queueName());
    queues.create(name, request.attributesAsStrings());
    return CreateQueueResponse.builder().queueUrl(url(name)).build();
  }

  private GetQueueUrlResponse getQueueUrl(GetQueueUrlRequest request) {
    String name = required("QueueName", request.queueName());
    if (!queues.exists(name)) {
      throw SqsErrors.noQueue(name);
    }
    return GetQueueUrlResponse.builder().queueUrl(url(name)).build();
  }

  private GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
    Map<String, String> all = queues.attributes(name(request.queueUrl()));
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String attribute : request.attributeNamesAsStrings()) {
      if (attribute.equals("All")) {
        chosen.putAll(all);
      } else if (all.containsKey(attribute)) {
        chosen.put(attribute, all.get(attribute));
      } else if (QueueAttributeName.fromValue(attribute)
          == QueueAttributeName.UNKNOWN_TO_SDK_VERSION) {
        throw SqsErrors.error("InvalidAttributeName", "Unknown Attribute " + attribute + ".");
      }
    }
    GetQueueAttributesResponse.Builder response = GetQueueAttributesResponse.builder();
    return (chosen.isEmpty() ? response : response.attributesWithStrings(chosen)).build();
  }

  private SetQueueAttributesResponse setQueueAttributes(SetQueueAttributesRequest request) {
    queues.setAttributes(name(request.queueUrl()), request.attributesAsStrings());
    return SetQueueAttributesResponse.builder().build();
  }

  private ListQueuesResponse listQueues(ListQueuesRequest request) {
    String prefix = request.queueNamePrefix() == null ? "" : request.queueNamePrefix();
    Page page = page(queues.names(prefix), request.maxResults(), request.nextToken());
    return ListQueuesResponse.builder().queueUrls(page.urls()).nextToken(page.next()).build();
  }

  private ListDeadLetterSourceQueuesResponse listDeadLetterSourceQueues(
      ListDeadLetterSourceQueuesRequest request) {
    Page page =
        page(
            queues.deadLetterSources(name(request.queueUrl())),
            request.maxResults(),
            request.nextToken());
    return ListDeadLetterSourceQueuesResponse.builder()
        .queueUrls(page.urls())
        .nextToken(page.next())
        .build();
  }

  private record Page(List<String> urls, @Nullable String next) {}

  /** The token is the last name of the page before. */
  private Page page(List<String> names, @Nullable Integer max, @Nullable String token) {
    int limit = max == null ? MAX_LISTED : max;
    if (limit < 1 || limit > MAX_LISTED) {
      throw SqsErrors.invalidParameter(
          "Cannot list queues: MaxResults must be from 1 to 1000: " + limit + ".");
    }
    List<String> rest =
        names.stream().filter(name -> token == null || name.compareTo(token) > 0).toList();
    boolean more = rest.size() > limit && max != null;
    List<String> shown = rest.subList(0, Math.min(limit, rest.size()));
    return new Page(shown.stream().map(this::url).toList(), more ? shown.getLast() : null);
  }

  private DeleteQueueResponse deleteQueue(DeleteQueueRequest request) {
    queues.delete(name(request.queueUrl()));
    return DeleteQueueResponse.builder().build();
  }

  private PurgeQueueResponse purgeQueue(PurgeQueueRequest request) {
    queues.purge(name(request.queueUrl()));
    return PurgeQueueResponse.builder().build();
  }

  private SendMessageResponse sendMessage(SendMessageRequest request) {
    String name = name(request.queueUrl());
    Queues.Outgoing message =
        outgoing(
            queues.attributes(name),
            request.messageBody(),
            request.delaySeconds(),
            request.messageAttributes(),
            request.messageSystemAttributesAsStrings(),
            request.messageDeduplicationId());
    return SendMessageResponse.builder()
        .messageId(queues.send(name, List.of(message)).getFirst())
        .md5OfMessageBody(Digests.ofBody(message.body()))
        .md5OfMessageAttributes(digest(message.attributes()))
        .md5OfMessageSystemAttributes(digestOfTrace(message))
        .build();
  }

  private SendMessageBatchResponse sendMessageBatch(SendMessageBatchRequest request) {
    String name = name(request.queueUrl());
    Map<String, String> attributes = queues.attributes(name);
    checkBatch(request.entries().stream().map(SendMessageBatchRequestEntry::id).toList());
    long size = 0;
    for (SendMessageBatchRequestEntry entry : request.entries()) {
      size += size(required("MessageBody", entry.messageBody()), entry.messageAttributes());
    }
    if (size > MAX_BATCH_BYTES) {
      throw SqsErrors.error(
          "BatchRequestTooLong",
          "Batch requests cannot be longer than "
              + MAX_BATCH_BYTES
              + " bytes. You have sent "
              + size
              + " bytes.");
    }
    List<SendMessageBatchResultEntry> sent = new ArrayList<>();
    List<BatchResultErrorEntry> failed = new ArrayList<>();
    for (SendMessageBatchRequestEntry entry : request.entries()) {
      attempt(
          entry.id(),
          failed,
          id -> {
            Queues.Outgoing message =
                outgoing(
                    attributes,
                    entry.messageBody(),
                    entry.delaySeconds(),
                    entry.messageAttributes(),
                    entry.messageSystemAttributesAsStrings(),
                    entry.messageDeduplicationId());
            sent.add(
                SendMessageBatchResultEntry.builder()
                    .id(id)
                    .messageId(queues.send(name, List.of(message)).getFirst())
                    .md5OfMessageBody(Digests.ofBody(message.body()))
                    .md5OfMessageAttributes(digest(message.attributes()))
                    .md5OfMessageSystemAttributes(digestOfTrace(message))
                    .build());
          });
    }
    SendMessageBatchResponse.Builder response = SendMessageBatchResponse.builder().successful(sent);
    return (failed.isEmpty() ? response : response.failed(failed)).build();
  }

  @SuppressWarnings("deprecation") // older clients still say AttributeNames
  private ReceiveMessageResponse receiveMessage(ReceiveMessageRequest request) {
    int max = request.maxNumberOfMessages() == null ? 1 : request.maxNumberOfMessages();
    if (max < 1 || max > MAX_BATCH) {
      throw SqsErrors.invalidParameter(
          "Value "
              + max
              + " for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10,"
              + " if provided.");
    }
    Duration visibility = seconds("VisibilityTimeout", request.visibilityTimeout(), 43_200);
    Duration wait = seconds("WaitTimeSeconds", request.waitTimeSeconds(), 20);
    Set<String> system = new HashSet<>(request.attributeNamesAsStrings());
    system.addAll(request.messageSystemAttributeNamesAsStrings());
    List<ReceivedMessage> received;
    try {
      received = queues.receive(name(request.queueUrl()), max, visibility, wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServiceException(503, "ServiceUnavailable", "The local lake is stopping.");
    }
    ReceiveMessageResponse.Builder response = ReceiveMessageResponse.builder();
    return (received.isEmpty()
            ? response
            : response.messages(
                received.stream()
                    .map(m -> message(m, system, request.messageAttributeNames()))
                    .toList()))
        .build();
  }

  private static Message message(
      ReceivedMessage received, Set<String> system, List<String> attributeNames) {
    Message.Builder message =
        Message.builder()
            .messageId(received.id())
            .receiptHandle(received.receiptHandle())
            .body(received.body())
            .md5OfBody(received.bodyMd5());
    Map<String, String> shown = new LinkedHashMap<>(received.system());
    if (!system.contains("All")) {
      shown.keySet().retainAll(system);
    }
    if (!shown.isEmpty()) {
      message.attributesWithStrings(shown);
    }
    Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>();
    received
        .attributes()
        .forEach((name, value) -> {
          if (attributeNames.stream().anyMatch(wanted -> selects(wanted, name))) {
            attributes.put(name, value);
          }
        });
    if (!attributes.isEmpty()) {
      message
          .messageAttributes(attributes)
          .md5OfMessageAttributes(Digests.ofAttributes(attributes));
    }
    return message.build();
  }

  private static boolean selects(String wanted, String name) {
    return wanted.equals("All")
        || wanted.equals(name)
        || wanted.endsWith(".*") && name.startsWith(wanted.substring(0, wanted.length() - 2));
  }

  private DeleteMessageResponse deleteMessage(DeleteMessageRequest request) {
    queues.deleteMessage(
        name(request.queueUrl()), required("ReceiptHandle", request.receiptHandle()));
    return DeleteMessageResponse.builder().build();
  }

  private DeleteMessageBatchResponse deleteMessageBatch(DeleteMessageBatchRequest request) {
    String name = existing(request.queueUrl());
    checkBatch(request.entries().stream().map(DeleteMessageBatchRequestEntry::id).toList());
    List<DeleteMessageBatchResultEntry> done = new ArrayList<>();
    List<BatchResultErrorEntry> failed = new ArrayList<>();
    for (DeleteMessageBatchRequestEntry entry : request.entries()) {
      attempt(
          entry.id(),
          failed,
          id -> {
            queues.deleteMessage(name, required("ReceiptHandle", entry.receiptHandle()));
            done.add(DeleteMessageBatchResultEntry.builder().id(id).build());
          });
    }
    DeleteMessageBatchResponse.Builder response =
        DeleteMessageBatchResponse.builder().successful(done);
    return (failed.isEmpty() ? response : response.failed(failed)).build();
  }

  private ChangeMessageVisibilityResponse changeMessageVisibility(
      ChangeMessageVisibilityRequest request) {
    changeVisibility(
        name(request.queueUrl()), request.receiptHandle(), request.visibilityTimeout());
    return ChangeMessageVisibilityResponse.builder().build();
  }

  private ChangeMessageVisibilityBatchResponse changeMessageVisibilityBatch(
      ChangeMessageVisibilityBatchRequest request) {
    String name = existing(request.queueUrl());
    checkBatch(
        request.entries().stream().map(ChangeMessageVisibilityBatchRequestEntry::id).toList());
    List<ChangeMessageVisibilityBatchResultEntry> done = new ArrayList<>();
    List<BatchResultErrorEntry> failed = new ArrayList<>();
    for (ChangeMessageVisibilityBatchRequestEntry entry : request.entries()) {
      attempt(
          entry.id(),
          failed,
          id -> {
            changeVisibility(name, entry.receiptHandle(), entry.visibilityTimeout());
            done.add(ChangeMessageVisibilityBatchResultEntry.builder().id(id).build());
          });
    }
    ChangeMessageVisibilityBatchResponse.Builder response =
        ChangeMessageVisibilityBatchResponse.builder().successful(done);
    return (failed.isEmpty() ? response : response.failed(failed)).build();
  }

  private void changeVisibility(
      String name, @Nullable String receiptHandle, @Nullable Integer timeout) {
    String handle = required("ReceiptHandle", receiptHandle);
    Duration visibility = seconds("VisibilityTimeout", timeout, 43_200);
    if (visibility == null) {
      throw SqsErrors.missingParameter("VisibilityTimeout");
    }
    queues.changeVisibility(name, handle, visibility);
  }

  private StartMessageMoveTaskResponse startMessageMoveTask(StartMessageMoveTaskRequest request) {
    String source = required("SourceArn", request.sourceArn());
    String name = nameOfArn(source);
    if (request.maxNumberOfMessagesPerSecond() != null) {
      throw SqsErrors.unsupported(
          "Cannot move messages at a limited rate: the local lake moves them at once. Leave"
              + " MaxNumberOfMessagesPerSecond out.");
    }
    if (queues.deadLetterSources(name).isEmpty()) {
      throw SqsErrors.invalidParameter(
          "Cannot move messages: the source is no dead-letter queue: " + source + ".");
    }
    String destination = request.destinationArn();
    long now = clock.millis();
    int moved = queues.redrive(name, destination == null ? null : nameOfArn(destination));
    String handle = UUID.randomUUID().toString();
    ListMessageMoveTasksResultEntry.Builder entry =
        ListMessageMoveTasksResultEntry.builder()
            .status("COMPLETED")
            .sourceArn(source)
            .approximateNumberOfMessagesMoved((long) moved)
            .approximateNumberOfMessagesToMove((long) moved)
            .startedTimestamp(now);
    moves.addFirst((destination == null ? entry : entry.destinationArn(destination)).build());
    return StartMessageMoveTaskResponse.builder().taskHandle(handle).build();
  }

  private ListMessageMoveTasksResponse listMessageMoveTasks(ListMessageMoveTasksRequest request) {
    String source = required("SourceArn", request.sourceArn());
    nameOfArn(source);
    int max = request.maxResults() == null ? 1 : request.maxResults();
    return ListMessageMoveTasksResponse.builder()
        .results(
            moves.stream()
                .filter(m -> source.equals(m.sourceArn()))
                .limit(Math.min(max, 10))
                .toList())
        .build();
  }

  private String nameOfArn(String arn) {
    String name = arn.substring(arn.lastIndexOf(':') + 1);
    if (!queues.exists(name) || !queues.arn(name).equals(arn)) {
      throw new ServiceException(
          404,
          "com.amazonaws.sqs#ResourceNotFoundException",
          "Cannot use a queue: there is none with the ARN " + arn + ".");
    }
    return name;
  }

  private String url(String name) {
    return endpoint.get() + "/" + account + "/" + name;
  }

  /** Whatever stands before: the lake may have been on another port, or have another name. */
  private static String name(@Nullable String url) {
    String text = required("QueueUrl", url);
    return text.substring(text.lastIndexOf('/') + 1);
  }

  private String existing(@Nullable String url) {
    String name = name(url);
    if (!queues.exists(name)) {
      throw SqsErrors.noQueue(name);
    }
    return name;
  }

  private static String required(String parameter, @Nullable String value) {
    if (value == null) {
      throw SqsErrors.missingParameter(parameter);
    }
    return value;
  }

  private static @Nullable Duration seconds(String name, @Nullable Integer value, int max) {
    if (value == null) {
      return null;
    }
    if (value < 0 || value > max) {
      throw SqsErrors.invalidParameter(
          "Value "
              + value
              + " for parameter "
              + name
              + " is invalid. Reason: Must be between 0 and "
              + max
              + ", if provided.");
    }
    return Duration.ofSeconds(value);
  }

  private static void checkBatch(List<String> ids) {
    if (ids.isEmpty()) {
      throw SqsErrors.error(
          "EmptyBatchRequest", "There should be at least one entry in the request.");
    }
    if (ids.size() > MAX_BATCH) {
      throw SqsErrors.error(
          "TooManyEntriesInBatchRequest",
          "Maximum number of entries per request are 10. You have sent " + ids.size() + ".");
    }
    Set<String> seen = new HashSet<>();
    for (String id : ids) {
      if (id == null || !id.matches("[A-Za-z0-9_-]{1,80}")) {
        throw SqsErrors.error(
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores."
                + " It can be at most 80 letters long.");
      }
      if (!seen.add(id)) {
        throw SqsErrors.error("BatchEntryIdsNotDistinct", "Id " + id + " repeated.");
      }
    }
  }

  private static void attempt(
      String id, List<BatchResultErrorEntry> failed, Consumer<String> action) {
    try {
      action.accept(id);
    } catch (ServiceException e) {
      failed.add(
          BatchResultErrorEntry.builder()
              .id(id)
              .code(SqsErrors.queryCode(e.code()))
              .message(e.getMessage())
              .senderFault(e.status() < 500)
              .build());
    }
  }

  private static Queues.Outgoing outgoing(
      Map<String, String> queue,
      @Nullable String body,
      @Nullable Integer delaySeconds,
      Map<String, MessageAttributeValue> attributes,
      Map<String, MessageSystemAttributeValue> system,
      @Nullable String deduplicationId) {
    String text = required("MessageBody", body);
    if (text.isEmpty()) {
      throw SqsErrors.missingParameter("MessageBody");
    }
    if (deduplicationId != null) {
      throw SqsErrors.invalidParameter(
          "The request include parameter MessageDeduplicationId which is not valid for this queue"
              + " type.");
    }
    if (!text.codePoints().allMatch(Sqs::allowed)) {
      throw SqsErrors.error(
          "InvalidMessageContents", "Invalid characters found: the message must be XML 1.0 text.");
    }
    seconds("DelaySeconds", delaySeconds, 900);
    checkAttributes(attributes);
    int max = QueueAttributes.number(queue, QueueAttributes.MAX_SIZE);
    if (size(text, attributes) > max) {
      throw SqsErrors.invalidParameter(
          "One or more parameters are invalid. Reason: Message must be shorter than "
              + max
              + " bytes.");
    }
    String trace = null;
    for (Map.Entry<String, MessageSystemAttributeValue> entry : system.entrySet()) {
      if (!entry.getKey().equals("AWSTraceHeader")) {
        throw SqsErrors.invalidParameter(
            "Message system attribute name '" + entry.getKey() + "' is invalid.");
      }
      trace = required("StringValue", entry.getValue().stringValue());
    }
    return new Queues.Outgoing(text, delaySeconds, attributes, trace);
  }

  private static boolean allowed(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c >= 0x20 && c <= 0xD7FF
        || c >= 0xE000 && c <= 0xFFFD
        || c >= 0x10000;
  }

  private static void checkAttributes(Map<String, MessageAttributeValue> attributes) {
    if (attributes.size() > MAX_ATTRIBUTES) {
      throw SqsErrors.invalidParameter(
          "Number of message attributes ["
              + attributes.size()
              + "] exceeds the allowed maximum [10].");
    }
    attributes.forEach((name, value) -> {
      String type = value.dataType() == null ? "" : value.dataType();
      boolean text = type.matches("(String|Number)(\\..+)?");
      boolean binary = type.matches("Binary(\\..+)?");
      if (!name.matches("[A-Za-z0-9_.-]{1,256}")
          || !(text && value.stringValue() != null && !value.stringValue().isEmpty()
              || binary && value.binaryValue() != null)) {
        throw SqsErrors.invalidParameter(
            "The message attribute '"
                + name
                + "' is invalid: it needs a name of letters, digits, _, - and ., a type String,"
                + " Number or Binary, and a non-empty value of this type.");
      }
    });
  }

  private static long size(String body, Map<String, MessageAttributeValue> attributes) {
    long size = utf8(body);
    for (Map.Entry<String, MessageAttributeValue> entry : attributes.entrySet()) {
      MessageAttributeValue value = entry.getValue();
      size += utf8(entry.getKey());
      size += value.dataType() == null ? 0 : utf8(value.dataType());
      size += value.stringValue() == null ? 0 : utf8(value.stringValue());
      size += value.binaryValue() == null ? 0 : value.binaryValue().asByteArrayUnsafe().length;
    }
    return size;
  }

  private static int utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static @Nullable String digest(Map<String, MessageAttributeValue> attributes) {
    return attributes.isEmpty() ? null : Digests.ofAttributes(attributes);
  }

  private static @Nullable String digestOfTrace(Queues.Outgoing message) {
    return message.traceHeader() == null
        ? null
        : Digests.ofAttributes(
            Map.of(
                "AWSTraceHeader",
                MessageAttributeValue.builder()
                    .dataType("String")
                    .stringValue(message.traceHeader())
                    .build()));
  }
}
