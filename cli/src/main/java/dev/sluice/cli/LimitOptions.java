package dev.sluice.cli;

import dev.sluice.model.limit.Limits;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option that says what one upload may ask for. */
final class LimitOptions {
  @Option(
      names = "--limit",
      paramLabel = "NAME=NUMBER",
      description = {
        "What one input may ask for, as docs/datasets.md lists it, for instance",
        "record-bytes=32MiB or depth=100; may be given more than once."
      })
  private Map<String, String> limits = Map.of();

  /**
   * The limits; by default those of the guide.
   *
   * @throws Failure naming everything that is wrong with what was given
   */
  Limits read() {
    try {
      return Limits.of(limits);
    } catch (IllegalArgumentException e) {
      throw Failure.usage("Cannot set the limits: " + e.getMessage() + ". Correct --limit.");
    }
  }
}
