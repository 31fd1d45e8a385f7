package dev.sluice.books;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A standard queue of SQS in virtual time: messages come in any order and more than once, are out
 * of sight while somebody has them, and go to the dead letters after too many receives.
 */
final class Messages {
  static final Duration VISIBILITY = Scene.INVOCATION.multipliedBy(6);
  static final int MAX_RECEIVES = 5;

  private final Random random;
  private int sent;
  private final List<Message> messages = new ArrayList<>();
  private final List<ObjectEvent> dead = new ArrayList<>();

  Messages(Random random) {
    this.random = random;
  }

  /** A message as somebody received it. */
  static final class Message {
    private final ObjectEvent event;
    private final String id;
    private Instant visible;
    private int receives;

    private Message(ObjectEvent event, String id, Instant visible) {
      this.event = event;
      this.id = id;
      this.visible = visible;
    }

    ObjectEvent event() {
      return event;
    }

    String id() {
      return id;
    }
  }

  /** Sends an event, one time in four twice; it may take a while. */
  void send(ObjectEvent event, Instant now) {
    for (int copies = random.nextInt(4) == 0 ? 2 : 1; copies > 0; copies--) {
      messages.add(
          new Message(event, "message-" + ++sent, now.plusSeconds(random.nextInt(4) * 20L)));
    }
  }

  /** Any message that can be seen; one time in fifty it is shown to others at once. */
  Optional<Message> receive(Instant now) {
    List<Message> seen = messages.stream().filter(m -> !m.visible.isAfter(now)).toList();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    Message message = seen.get(random.nextInt(seen.size()));
    if (message.receives == MAX_RECEIVES) {
      messages.remove(message);
      dead.add(message.event);
      return receive(now);
    }
    message.receives++;
    if (random.nextInt(50) > 0) {
      message.visible = now.plus(VISIBILITY);
    }
    return Optional.of(message);
  }

  /** Takes a message off the queue; one time in fifty that does not last. */
  void delete(Message message) {
    if (random.nextInt(50) > 0) {
      messages.remove(message);
    }
  }

  /** Whether no message is left but dead ones. */
  boolean isEmpty() {
    return messages.isEmpty();
  }

  /** All dead letters, to be sent again by a person. */
  List<ObjectEvent> dead() {
    return List.copyOf(dead);
  }

  /** What is on the queue still. */
  List<ObjectEvent> left() {
    return messages.stream().map(Message::event).toList();
  }
}
