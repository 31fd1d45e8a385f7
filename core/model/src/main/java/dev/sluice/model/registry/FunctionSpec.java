package dev.sluice.model.registry;

import java.time.Duration;
import java.util.List;

/**
 * A deployed function.
 *
 * @param name its name, unique in the registry
 * @param handler {@code package.Class::method}
 * @param artifact the deployable jar, relative to the repository's root
 * @param memoryMib memory in MiB
 * @param timeout the longest an invocation may take
 * @param environment names of the variables it must be given
 */
public record FunctionSpec(
    String name,
    String handler,
    String artifact,
    int memoryMib,
    Duration timeout,
    List<String> environment) {

  public FunctionSpec {
    environment = List.copyOf(environment);
    if (!name.matches("[a-z][a-z0-9-]{0,39}")) {
      throw new IllegalArgumentException("Cannot declare a function: no valid name: " + name);
    }
    if (!handler.matches("[a-z0-9.]+\\.[A-Z]\\w*::[a-z]\\w*")) {
      throw new IllegalArgumentException(
          "Cannot declare function " + name + ": no package.Class::method: " + handler);
    }
    if (!artifact.endsWith(".jar") || artifact.startsWith("/") || artifact.contains("..")) {
      throw new IllegalArgumentException(
          "Cannot declare function " + name + ": no jar below the repository: " + artifact);
    }
    if (memoryMib < 128 || memoryMib > 10_240) {
      throw new IllegalArgumentException(
          "Cannot declare function " + name + ": memory is 128 to 10240 MiB: " + memoryMib);
    }
    if (timeout.toSeconds() < 1
        || timeout.compareTo(Duration.ofMinutes(15)) > 0
        || timeout.toMillisPart() != 0) {
      throw new IllegalArgumentException(
          "Cannot declare function " + name + ": time-out is 1 to 900 whole seconds: " + timeout);
    }
  }

  /** The class that handles, fully qualified. */
  public String handlerClass() {
    return handler.substring(0, handler.indexOf("::"));
  }
}
