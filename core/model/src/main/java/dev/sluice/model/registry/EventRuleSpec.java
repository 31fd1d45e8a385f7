package dev.sluice.model.registry;

import java.util.List;

/**
 * Which events of EventBridge's default bus call a function, as they are. They may come twice, in
 * any order, or not at all.
 *
 * @param name its name
 * @param function name of the function that it calls
 * @param source the service that tells, for instance {@code aws.emr}
 * @param detailTypes what it tells, in the words of {@code detail-type}
 */
public record EventRuleSpec(String name, String function, String source, List<String> detailTypes) {
  public EventRuleSpec {
    detailTypes = List.copyOf(detailTypes);
    if (!name.matches("[0-9A-Za-z-_.]{1,64}")
        || !source.matches("aws[.][a-z0-9]+")
        || detailTypes.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot declare an event rule: no name, source or type of events: "
              + name
              + " "
              + source
              + " "
              + detailTypes);
    }
  }
}
