package dev.sluice.lake.api;

import java.util.Map;

/** Where services leave what has happened, for whoever has a rule that asks for it. */
@FunctionalInterface
public interface Events {

  /**
   * Accepts one event; when this returns, the event survives a crash.
   *
   * @param event in EventBridge's form, with {@code source}, {@code detail-type} and {@code detail}
   */
  void put(Map<String, ?> event);
}
