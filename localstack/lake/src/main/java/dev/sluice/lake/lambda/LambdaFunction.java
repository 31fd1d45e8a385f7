package dev.sluice.lake.lambda;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A function as it is deployed.
 *
 * @param name its name
 * @param handler {@code package.Class::method}, or the class alone
 * @param jar the deployable jar
 * @param memoryMib the memory that Lambda would give it, in MiB
 * @param timeout the longest an invocation may take
 * @param environment the variables that the function is given besides Lambda's own
 */
public record LambdaFunction(
    String name,
    String handler,
    Path jar,
    int memoryMib,
    Duration timeout,
    Map<String, String> environment) {
  public LambdaFunction {
    environment = Map.copyOf(environment);
  }
}
