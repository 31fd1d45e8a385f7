package dev.sluice.model.registry;

import dev.sluice.model.json.Json;
import java.time.Duration;

/**
 * What calls a function from time to time. Like EventBridge Scheduler it may call twice for one
 * time.
 *
 * @param name its name
 * @param function name of the function that it calls
 * @param rate how often, in whole minutes
 * @param input what the function is given, a JSON object
 */
public record ScheduleSpec(String name, String function, Duration rate, String input) {
  public ScheduleSpec {
    check(name, name.matches("[0-9A-Za-z-_.]{1,64}"), "no valid name");
    check(
        name,
        rate.toMinutes() >= 1
            && rate.compareTo(Duration.ofDays(365)) <= 0
            && rate.equals(Duration.ofMinutes(rate.toMinutes())),
        "the rate is 1 minute to 365 days, in whole minutes");
    try {
      Json.parseObject(input);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot declare schedule " + name + ": its input is no JSON object", e);
    }
  }

  private static void check(String name, boolean holds, String why) {
    if (!holds) {
      throw new IllegalArgumentException("Cannot declare schedule " + name + ": " + why);
    }
  }
}
