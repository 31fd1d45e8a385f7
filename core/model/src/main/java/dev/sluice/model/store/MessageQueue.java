package dev.sluice.model.store;

import java.util.List;

/** A queue that messages are put into. */
@FunctionalInterface
public interface MessageQueue {

  /**
   * Puts messages into the queue, in no order. When it throws, some of them may be in it.
   *
   * @param bodies any number of texts
   * @throws dev.sluice.model.SluiceException {@code UNAVAILABLE} when the queue did not answer or
   *     asked to slow down; {@code INVALID_SETTINGS} when there is no such queue or permission
   */
  void send(List<String> bodies);
}
