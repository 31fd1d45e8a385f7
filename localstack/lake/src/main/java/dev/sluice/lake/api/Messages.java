package dev.sluice.lake.api;

/** Where the object store leaves its event notifications. */
@FunctionalInterface
public interface Messages {

  /**
   * Accepts one message for a queue; when this returns, the message survives a crash.
   *
   * @param queueArn an SQS queue that exists
   * @param body the message, text
   * @throws ServiceException when there is no such queue
   */
  void send(String queueArn, String body);
}
