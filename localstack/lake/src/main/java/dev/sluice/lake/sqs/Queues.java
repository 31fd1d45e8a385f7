package dev.sluice.lake.sqs;

import dev.sluice.lake.api.Messages;
import dev.sluice.lake.api.ServiceException;
import dev.sluice.lake.store.Journal;
import dev.sluice.model.json.Json;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;

/**
 * All queues: at least once, unordered, with visibility time-outs and dead-letter queues. What a
 * method has returned from is in the journal: a message sent survives a crash, a message deleted
 * stays deleted, a message handed out has been counted. After a restart whatever was in flight is
 * visible again. Messages are kept until they are deleted; a lake that stood still for a week has
 * lost nothing.
 *
 * <p>Safe for use by many threads.
 */
public final class Queues implements Messages, AutoCloseable {
  private static final long COMPACT_BYTES = 8 << 20;

  private final String arnPrefix;
  private final Clock clock;
  private final Journal journal;
  private final ReentrantLock lock = new ReentrantLock();
  private final SortedMap<String, Queue> queues = new TreeMap<>();
  private long sequence;
  private long liveBytes;
  private boolean closed;

  private final class Queue {
    final String name;
    final long createdAt;
    final Map<String, String> attributes = QueueAttributes.defaults();
    final Map<String, StoredMessage> messages = new HashMap<>();

    /** The same messages, those that are or become visible first in front. */
    final TreeSet<StoredMessage> byVisibility =
        new TreeSet<>(
            Comparator.<StoredMessage>comparingLong(m -> m.visibleAt)
                .thenComparingLong(m -> m.sequence));

    final Condition arrived = lock.newCondition();
    long modifiedAt;
    boolean deleted;

    Queue(String name, long createdAt) {
      this.name = name;
      this.createdAt = createdAt;
    }

    void add(StoredMessage message) {
      messages.put(message.id, message);
      byVisibility.add(message);
      liveBytes += message.weight();
      arrived.signal();
    }

    @Nullable StoredMessage remove(String id) {
      StoredMessage message = messages.remove(id);
      if (message != null) {
        byVisibility.remove(message);
        liveBytes -= message.weight();
      }
      return message;
    }

    void show(StoredMessage message, long at) {
      byVisibility.remove(message);
      message.visibleAt = at;
      byVisibility.add(message);
      arrived.signal();
    }
  }

  /**
   * A message to send.
   *
   * @param body the text
   * @param delaySeconds how long it stays invisible; null for the queue's own delay
   * @param attributes the sender's attributes
   * @param traceHeader AWS X-Ray's header, if any
   */
  public record Outgoing(
      String body,
      @Nullable Integer delaySeconds,
      Map<String, MessageAttributeValue> attributes,
      @Nullable String traceHeader) {}

  /** How many messages are visible, in flight, and delayed. */
  public record Counts(long visible, long inFlight, long delayed) {
    /** All that are not deleted. */
    public long total() {
      return visible + inFlight + delayed;
    }
  }

  /** A receipt that no message of the queue answers to, or not any more. */
  record Receipt(String id, int count) {
    static Receipt parse(String handle) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(handle), StandardCharsets.UTF_8);
        int colon = text.lastIndexOf(':');
        return new Receipt(
            UUID.fromString(text.substring(0, colon)).toString(),
            Integer.parseInt(text.substring(colon + 1)));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw SqsErrors.error(
            "ReceiptHandleIsInvalid",
            "The input receipt handle \"" + handle + "\" is not a valid receipt handle.");
      }
    }

    String handle() {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString((id + ":" + count).getBytes(StandardCharsets.UTF_8));
    }
  }

  private Queues(Path file, String region, String account, Clock clock) {
    this.arnPrefix = "arn:aws:sqs:" + region + ":" + account + ":";
    this.clock = clock;
    lock.lock();
    try {
      this.journal = Journal.open(file, Journal.Sync.NEVER, this::replay);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Opens the queues that the journal holds.
   *
   * @param file the journal; created when absent
   * @throws UncheckedIOException when the journal cannot be read or is in use
   */
  public static Queues open(Path file, String region, String account, Clock clock) {
    return new Queues(file, region, account, clock);
  }

  /** The MD5 of message attributes, hexadecimal, as SQS and its clients compute it. */
  public static String digest(Map<String, MessageAttributeValue> attributes) {
    return Digests.ofAttributes(attributes);
  }

  /** The ARN of a queue of this name, whether there is one or not. */
  public String arn(String name) {
    return arnPrefix + name;
  }

  /**
   * Creates a queue, or does nothing when there is one that has the same attributes.
   *
   * @throws ServiceException {@code QueueNameExists} when there is one with other attributes
   */
  public void create(String name, Map<String, String> attributes) {
    if (!name.matches("[A-Za-z0-9_-]{1,80}")) {
      if (name.endsWith(".fifo")) {
        throw SqsErrors.unsupported(
            "Cannot create the queue " + name + ": the local lake has no FIFO queues.");
      }
      throw SqsErrors.invalidParameter(
          "Cannot create a queue: a name has 1 to 80 letters, digits, - and _: " + name + ".");
    }
    QueueAttributes.check(attributes);
    lock.lock();
    try {
      Queue existing = queues.get(name);
      if (existing != null) {
        attributes.forEach((key, value) -> {
          if (!value.equals(existing.attributes.get(key))) {
            throw SqsErrors.error(
                "QueueNameExists",
                "A queue already exists with the same name and a different value for attribute "
                    + key
                    + ".");
          }
        });
        return;
      }
      requireDeadLetterQueue(attributes);
      long now = clock.millis();
      append(queueRecord(name, now, now, attributes));
      define(name, now, now, attributes);
    } finally {
      lock.unlock();
    }
  }

  /** Changes attributes. */
  public void setAttributes(String name, Map<String, String> attributes) {
    QueueAttributes.check(attributes);
    lock.lock();
    try {
      Queue queue = queue(name);
      requireDeadLetterQueue(attributes);
      long now = clock.millis();
      append(queueRecord(name, queue.createdAt, now, attributes));
      define(name, queue.createdAt, now, attributes);
    } finally {
      lock.unlock();
    }
  }

  /** Deletes a queue and what is in it. */
  public void delete(String name) {
    lock.lock();
    try {
      queue(name);
      append(Map.of("op", "drop", "queue", name));
      drop(name);
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is such a queue. */
  public boolean exists(String name) {
    lock.lock();
    try {
      return queues.containsKey(name);
    } finally {
      lock.unlock();
    }
  }

  /** The names of all queues that start like this, in order. */
  public List<String> names(String prefix) {
    lock.lock();
    try {
      return queues.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Every attribute of a queue, the counts among them. */
  public Map<String, String> attributes(String name) {
    lock.lock();
    try {
      Queue queue = queue(name);
      Map<String, String> all = new LinkedHashMap<>(queue.attributes);
      Counts counts = counts(name);
      all.put("QueueArn", arn(name));
      all.put("ApproximateNumberOfMessages", Long.toString(counts.visible()));
      all.put("ApproximateNumberOfMessagesNotVisible", Long.toString(counts.inFlight()));
      all.put("ApproximateNumberOfMessagesDelayed", Long.toString(counts.delayed()));
      all.put("CreatedTimestamp", Long.toString(queue.createdAt / 1000));
      all.put("LastModifiedTimestamp", Long.toString(queue.modifiedAt / 1000));
      return all;
    } finally {
      lock.unlock();
    }
  }

  /** How many messages there are, exactly, at this moment. */
  public Counts counts(String name) {
    lock.lock();
    try {
      Queue queue = queue(name);
      long now = clock.millis();
      long inFlight = 0;
      long delayed = 0;
      for (StoredMessage message : queue.byVisibility.descendingSet()) {
        if (message.visibleAt <= now) {
          break;
        }
        if (message.inFlight) {
          inFlight++;
        } else {
          delayed++;
        }
      }
      return new Counts(queue.messages.size() - inFlight - delayed, inFlight, delayed);
    } finally {
      lock.unlock();
    }
  }

  /** The queues whose dead-letter queue this one is. */
  public List<String> deadLetterSources(String name) {
    lock.lock();
    try {
      queue(name);
      List<String> sources = new ArrayList<>();
      queues.forEach((source, queue) -> {
        QueueAttributes.Redrive redrive = QueueAttributes.redrive(queue.attributes);
        if (redrive != null && redrive.deadLetterTargetArn().equals(arn(name))) {
          sources.add(source);
        }
      });
      return sources;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void send(String queueArn, String body) {
    if (!queueArn.startsWith(arnPrefix)) {
      throw SqsErrors.noQueue(queueArn);
    }
    String name = queueArn.substring(arnPrefix.length());
    send(name, List.of(new Outgoing(body, null, Map.of(), null)));
  }

  /** Sends messages, all or none; returns their ids in order. */
  public List<String> send(String name, List<Outgoing> outgoing) {
    lock.lock();
    try {
      Queue queue = queue(name);
      long now = clock.millis();
      List<StoredMessage> messages = new ArrayList<>();
      for (Outgoing message : outgoing) {
        long delay =
            message.delaySeconds() != null
                ? message.delaySeconds()
                : QueueAttributes.number(queue.attributes, QueueAttributes.DELAY);
        messages.add(
            new StoredMessage(
                UUID.randomUUID().toString(),
                message.body(),
                Map.copyOf(message.attributes()),
                message.traceHeader(),
                now,
                now + delay * 1000,
                sequence++));
      }
      append(sendRecord(name, messages));
      messages.forEach(queue::add);
      return messages.stream().map(message -> message.id).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands out messages, waiting for the first.
   *
   * @param max at most so many
   * @param visibility how long they stay invisible; null for the queue's own time
   * @param wait how long to wait for a message; null for the queue's own time
   * @return one or more messages, or none when the time is up, the queue is deleted meanwhile or
   *     the lake closes
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  public List<ReceivedMessage> receive(
      String name, int max, @Nullable Duration visibility, @Nullable Duration wait)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Queue queue = queue(name);
      Duration patience =
          wait != null
              ? wait
              : Duration.ofSeconds(QueueAttributes.number(queue.attributes, QueueAttributes.WAIT));
      long deadline = System.nanoTime() + patience.toNanos();
      while (!closed && !queue.deleted) {
        List<ReceivedMessage> received = take(queue, max, visibility);
        long left = deadline - System.nanoTime();
        if (!received.isEmpty() || left <= 0) {
          return received;
        }
        if (!queue.byVisibility.isEmpty()) {
          long hidden = queue.byVisibility.first().visibleAt - clock.millis();
          left = Math.min(left, TimeUnit.MILLISECONDS.toNanos(Math.max(1, hidden)));
        }
        // The clock need not run at the pace of the machine's.
        queue.arrived.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<ReceivedMessage> take(Queue queue, int max, @Nullable Duration visibility) {
    long now = clock.millis();
    QueueAttributes.Redrive redrive = QueueAttributes.redrive(queue.attributes);
    List<StoredMessage> taken = new ArrayList<>();
    List<StoredMessage> dead = new ArrayList<>();
    for (StoredMessage message : queue.byVisibility) {
      if (message.visibleAt > now || taken.size() == max) {
        break;
      }
      boolean exhausted = redrive != null && message.receiveCount >= redrive.maxReceiveCount();
      (exhausted ? dead : taken).add(message);
    }
    if (redrive != null && !dead.isEmpty()) {
      bury(queue, redrive, dead);
    }
    if (taken.isEmpty()) {
      return List.of();
    }
    append(messagesRecord("receive", queue.name, ids(taken), now));
    long hide =
        visibility != null
            ? visibility.toMillis()
            : 1000L * QueueAttributes.number(queue.attributes, QueueAttributes.VISIBILITY);
    List<ReceivedMessage> received = new ArrayList<>();
    for (StoredMessage message : taken) {
      queue.byVisibility.remove(message);
      message.receiveCount++;
      message.inFlight = true;
      if (message.receiveCount == 1) {
        message.firstReceivedAt = now;
      }
      message.visibleAt = now + hide;
      queue.byVisibility.add(message);
      received.add(handOut(message));
    }
    if (!queue.byVisibility.isEmpty() && queue.byVisibility.first().visibleAt <= now) {
      queue.arrived.signal();
    }
    return received;
  }

  private void bury(Queue queue, QueueAttributes.Redrive redrive, List<StoredMessage> dead) {
    String target = redrive.deadLetterTargetArn().substring(arnPrefix.length());
    if (!queues.containsKey(target)) {
      // Deleted since: SQS keeps the messages where they are, out of reach. So do we.
      for (StoredMessage message : dead) {
        queue.show(message, clock.millis() + TimeUnit.MINUTES.toMillis(1));
      }
      return;
    }
    Map<String, @Nullable Object> move = messagesRecord("bury", queue.name, ids(dead), 0);
    move.put("to", target);
    append(move);
    bury(queue.name, target, ids(dead));
  }

  private void bury(String from, String to, Collection<?> ids) {
    for (Object id : ids) {
      StoredMessage message = queue(from).remove(id.toString());
      if (message != null) {
        message.deadLetterSourceArn = arn(from);
        message.inFlight = false;
        queue(to).add(message);
      }
    }
  }

  /**
   * Deletes the message that the receipt stands for. A receipt that is not the message's newest, or
   * whose message is gone, changes nothing.
   *
   * @throws ServiceException {@code ReceiptHandleIsInvalid}
   */
  public void deleteMessage(String name, String receiptHandle) {
    Receipt receipt = Receipt.parse(receiptHandle);
    lock.lock();
    try {
      Queue queue = queue(name);
      StoredMessage message = queue.messages.get(receipt.id());
      if (message != null && message.receiveCount == receipt.count()) {
        append(messagesRecord("delete", name, List.of(receipt.id()), 0));
        queue.remove(receipt.id());
        compactWhenWorthIt();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a message that is in flight visible after so long from now.
   *
   * @throws ServiceException {@code ReceiptHandleIsInvalid}, or {@code MessageNotInflight} when the
   *     message is visible already
   */
  public void changeVisibility(String name, String receiptHandle, Duration timeout) {
    Receipt receipt = Receipt.parse(receiptHandle);
    lock.lock();
    try {
      Queue queue = queue(name);
      StoredMessage message = queue.messages.get(receipt.id());
      if (message == null) {
        throw SqsErrors.invalidParameter(
            "Value "
                + receiptHandle
                + " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is"
                + " not available for visibility timeout change.");
      }
      long now = clock.millis();
      if (message.receiveCount != receipt.count()
          || !message.inFlight
          || message.visibleAt <= now) {
        throw SqsErrors.error(
            "MessageNotInflight",
            "Cannot change the visibility: the message is not in flight any more.");
      }
      queue.show(message, now + timeout.toMillis());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a message in flight back under an id of its own, since nobody works on the old one any
   * more: SQS hands a message out again only when whoever had it has certainly ended, which takes
   * minutes to be certain of without knowing more than SQS does.
   *
   * @param delay until it can be received
   */
  public void sendAnew(String name, String receiptHandle, Duration delay) {
    Receipt receipt = Receipt.parse(receiptHandle);
    lock.lock();
    try {
      Queue queue = queue(name);
      StoredMessage message = queue.messages.get(receipt.id());
      if (message != null && message.receiveCount == receipt.count()) {
        sendAnew(queue, message, clock.millis() + delay.toMillis());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Does so with all messages that were ever received, when all who received them are gone. */
  public void sendReceivedAnew(String name) {
    lock.lock();
    try {
      Queue queue = queue(name);
      for (StoredMessage message : List.copyOf(queue.messages.values())) {
        if (message.receiveCount > 0) {
          sendAnew(queue, message, clock.millis());
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void sendAnew(Queue queue, StoredMessage old, long visibleAt) {
    StoredMessage fresh =
        new StoredMessage(
            UUID.randomUUID().toString(),
            old.body,
            old.attributes,
            old.traceHeader,
            old.sentAt,
            visibleAt,
            sequence++);
    fresh.receiveCount = old.receiveCount;
    fresh.firstReceivedAt = old.firstReceivedAt;
    fresh.inFlight = visibleAt > clock.millis();
    Map<String, @Nullable Object> move = sendRecord(queue.name, List.of(fresh));
    move.put("op", "redrive");
    move.put("from", queue.name);
    move.put("old", old.id);
    append(move);
    queue.remove(old.id);
    queue.add(fresh);
  }

  /** Deletes all messages of a queue. */
  public void purge(String name) {
    lock.lock();
    try {
      Queue queue = queue(name);
      append(Map.of("op", "purge", "queue", name));
      for (String id : List.copyOf(queue.messages.keySet())) {
        queue.remove(id);
      }
      compactWhenWorthIt();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves what is in a dead-letter queue, as new messages, to where it came from.
   *
   * @param destination the queue to move to, or null for the one that each message failed in
   * @return how many were moved; those that cannot go back stay
   */
  public int redrive(String name, @Nullable String destination) {
    lock.lock();
    try {
      Queue queue = queue(name);
      if (destination != null) {
        queue(destination);
      }
      int moved = 0;
      for (StoredMessage old : List.copyOf(queue.messages.values())) {
        String source = old.deadLetterSourceArn;
        String target =
            destination != null
                ? destination
                : source == null ? "" : source.substring(arnPrefix.length());
        if (!queues.containsKey(target) || old.inFlight && old.visibleAt > clock.millis()) {
          continue;
        }
        long now = clock.millis();
        StoredMessage fresh =
            new StoredMessage(
                UUID.randomUUID().toString(),
                old.body,
                old.attributes,
                old.traceHeader,
                now,
                now,
                sequence++);
        Map<String, @Nullable Object> move = sendRecord(target, List.of(fresh));
        move.put("op", "redrive");
        move.put("from", name);
        move.put("old", old.id);
        append(move);
        queue.remove(old.id);
        queue(target).add(fresh);
        moved++;
      }
      return moved;
    } finally {
      lock.unlock();
    }
  }

  /** Lets those who wait for messages go, and closes the journal. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queues.values().forEach(queue -> queue.arrived.signalAll());
      journal.close();
    } finally {
      lock.unlock();
    }
  }

  private Queue queue(String name) {
    Queue queue = queues.get(name);
    if (queue == null) {
      throw SqsErrors.noQueue(name);
    }
    return queue;
  }

  private void requireDeadLetterQueue(Map<String, String> attributes) {
    String policy = attributes.getOrDefault(QueueAttributes.REDRIVE, "");
    QueueAttributes.Redrive redrive = policy.isEmpty() ? null : QueueAttributes.redrive(attributes);
    if (redrive != null
        && !(redrive.deadLetterTargetArn().startsWith(arnPrefix)
            && queues.containsKey(redrive.deadLetterTargetArn().substring(arnPrefix.length())))) {
      throw SqsErrors.error(
          "InvalidAttributeValue",
          "Cannot set the redrive policy: there is no queue with the ARN "
              + redrive.deadLetterTargetArn()
              + ". Create the dead-letter queue first.");
    }
  }

  private ReceivedMessage handOut(StoredMessage message) {
    Map<String, String> system = new LinkedHashMap<>();
    system.put("ApproximateReceiveCount", Integer.toString(message.receiveCount));
    if (message.traceHeader != null) {
      system.put("AWSTraceHeader", message.traceHeader);
    }
    system.put("SentTimestamp", Long.toString(message.sentAt));
    system.put("SenderId", "AIDAIENQZJOLO23YVJ4VO");
    system.put("ApproximateFirstReceiveTimestamp", Long.toString(message.firstReceivedAt));
    if (message.deadLetterSourceArn != null) {
      system.put("DeadLetterQueueSourceArn", message.deadLetterSourceArn);
    }
    return new ReceivedMessage(
        message.id,
        new Receipt(message.id, message.receiveCount).handle(),
        message.body,
        Digests.ofBody(message.body),
        system,
        message.attributes);
  }

  private static List<String> ids(List<StoredMessage> messages) {
    return messages.stream().map(message -> message.id).toList();
  }

  // The journal.

  private void append(Map<String, ?> entry) {
    try {
      journal.append(Json.write(entry).getBytes(StandardCharsets.UTF_8));
    } catch (UncheckedIOException e) {
      throw new ServiceException(
          500, "InternalFailure", "Cannot keep the change of a queue: " + e.getMessage());
    }
  }

  private void compactWhenWorthIt() {
    if (journal.size() > COMPACT_BYTES && journal.size() / 4 > liveBytes) {
      journal.compact(out ->
          queues.forEach((name, queue) -> {
            write(out, queueRecord(name, queue.createdAt, queue.modifiedAt, queue.attributes));
            for (StoredMessage message : queue.byVisibility) {
              write(out, sendRecord(name, List.of(message)));
            }
          }));
    }
  }

  private static void write(java.util.function.Consumer<byte[]> out, Map<String, ?> entry) {
    out.accept(Json.write(entry).getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, @Nullable Object> queueRecord(
      String name, long createdAt, long modifiedAt, Map<String, String> attributes) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("op", "queue");
    entry.put("queue", name);
    entry.put("created", createdAt);
    entry.put("modified", modifiedAt);
    entry.put("attributes", attributes);
    return entry;
  }

  private static Map<String, @Nullable Object> sendRecord(
      String name, List<StoredMessage> messages) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("op", "send");
    entry.put("queue", name);
    entry.put("messages", messages.stream().map(StoredMessage::toJson).toList());
    return entry;
  }

  private static Map<String, @Nullable Object> messagesRecord(
      String op, String name, List<String> ids, long at) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("op", op);
    entry.put("queue", name);
    entry.put("ids", ids);
    entry.put("at", at);
    return entry;
  }

  private void replay(byte[] bytes) {
    Map<String, @Nullable Object> entry =
        Json.parseObject(new String(bytes, StandardCharsets.UTF_8));
    String name = StoredMessage.text(entry, "queue");
    String op = StoredMessage.text(entry, "op");
    switch (op) {
      case "queue" -> {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (entry.get("attributes") instanceof Map<?, ?> values) {
          values.forEach((key, value) -> attributes.put(key.toString(), value.toString()));
        }
        define(
            name,
            StoredMessage.number(entry, "created"),
            StoredMessage.number(entry, "modified"),
            attributes);
      }
      case "drop" -> drop(name);
      case "send" -> addAll(name, entry);
      case "receive" -> {
        long at = StoredMessage.number(entry, "at");
        for (Object id : (List<?>) list(entry, "ids")) {
          StoredMessage message = queue(name).messages.get(id.toString());
          if (message != null) {
            message.receiveCount++;
            if (message.receiveCount == 1) {
              message.firstReceivedAt = at;
              queue(name).show(message, message.sentAt);
            }
          }
        }
      }
      case "delete" -> list(entry, "ids").forEach(id -> queue(name).remove(id.toString()));
      case "bury" -> bury(name, StoredMessage.text(entry, "to"), list(entry, "ids"));
      case "redrive" -> {
        addAll(name, entry);
        queue(StoredMessage.text(entry, "from")).remove(StoredMessage.text(entry, "old"));
      }
      case "purge" -> List.copyOf(queue(name).messages.keySet()).forEach(queue(name)::remove);
      default -> throw new IllegalStateException("The queues' journal has an unknown entry " + op);
    }
  }

  private void addAll(String name, Map<String, @Nullable Object> entry) {
    for (Object json : list(entry, "messages")) {
      queue(name).add(StoredMessage.fromJson((Map<?, ?>) json, sequence++));
    }
  }

  private static List<?> list(Map<String, @Nullable Object> entry, String name) {
    return entry.get(name) instanceof List<?> list ? list : List.of();
  }

  private void define(
      String name, long createdAt, long modifiedAt, Map<String, String> attributes) {
    Queue queue = queues.computeIfAbsent(name, n -> new Queue(n, createdAt));
    queue.modifiedAt = modifiedAt;
    attributes.forEach((key, value) -> {
      if (value.isEmpty()) {
        queue.attributes.remove(key);
      } else {
        queue.attributes.put(key, value);
      }
    });
  }

  private void drop(String name) {
    Queue queue = queues.remove(name);
    if (queue != null) {
      queue.deleted = true;
      queue.messages.values().forEach(message -> liveBytes -= message.weight());
      queue.arrived.signalAll();
    }
  }
}
