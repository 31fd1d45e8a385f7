package dev.sluice.model.emr;

import java.util.List;

/**
 * A step to be run by {@code command-runner.jar}.
 *
 * @param name its name
 * @param arguments what is run
 */
public record StepRequest(String name, List<String> arguments) {
  public StepRequest {
    arguments = List.copyOf(arguments);
  }
}
