package dev.sluice.infra;

import dev.sluice.model.ErrorCode;
import dev.sluice.model.SluiceException;
import dev.sluice.model.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The version of the CDK CLI that reads what this app writes. The registry's {@code latest} does
 * not: it is 3.0.0, which reads older assemblies only.
 *
 * @param version as in {@code package.json}
 */
record CdkCli(String version) {
  /** How the CLI tells its version. */
  static final String ENV_VERSION = "CDK_CLI_VERSION";

  /** The version that {@code infra-cdk/package.json} pins. */
  static CdkCli pinned(Path root) {
    Path file = root.resolve("infra-cdk/package.json");
    try {
      Object pins = Json.parseObject(Files.readString(file)).get("devDependencies");
      if (pins instanceof Map<?, ?> all && all.get("aws-cdk") instanceof String version) {
        return new CdkCli(version);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new SluiceException(
          ErrorCode.FILE_ACCESS, "Cannot tell the version of the CDK CLI: " + file, e);
    }
    throw new SluiceException(
        ErrorCode.FILE_ACCESS, "Cannot tell the version of the CDK CLI: not pinned in " + file);
  }

  /**
   * Looks at the CLI that runs this app.
   *
   * @return a warning, when a later version of the same series is at work
   * @throws SluiceException {@code INVALID_SETTINGS} when it is older, of another series, or does
   *     not say
   */
  Optional<String> check(Map<String, String> environment) {
    String running = environment.get(ENV_VERSION);
    if (version.equals(running)) {
      return Optional.empty();
    }
    String wayOut = "Run ./sluice cdk, or npx aws-cdk@" + version + " in infra-cdk.";
    if (running == null
        || number(running, 0) != number(version, 0)
        || number(running, 1) < number(version, 1)) {
      throw new SluiceException(
          ErrorCode.INVALID_SETTINGS,
          "Cannot synthesize: this needs version "
              + version
              + " of the CDK CLI, and was started by: "
              + (running == null ? "something else" : running)
              + "\n(npm's \"latest\" of aws-cdk is 3.0.0, published by mistake; it cannot read what"
              + " the library writes.) "
              + wayOut);
    }
    return Optional.of(
        "sluice: WARNING: version "
            + running
            + " of the CDK CLI is at work, and "
            + version
            + " is what was tested. "
            + wayOut);
  }

  /** The number at that place, or -1. */
  private static int number(String version, int place) {
    String[] numbers = version.split("[.+-]");
    return place < numbers.length && numbers[place].matches("\\d{1,9}")
        ? Integer.parseInt(numbers[place])
        : -1;
  }
}
