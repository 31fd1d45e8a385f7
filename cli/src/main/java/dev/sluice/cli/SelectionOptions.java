package dev.sluice.cli;

import dev.sluice.books.Selection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which quarantined records a command is about. */
final class SelectionOptions {
  @Option(names = "--dataset", required = true, paramLabel = "D", description = "The dataset.")
  private String dataset = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only objects uploaded since then. " + Since.FORMS + ".")
  private @Nullable String since;

  @Option(names = "--object", paramLabel = "KEY", description = "Only the object with this key.")
  private @Nullable String key;

  @Option(
      names = "--reason",
      paramLabel = "R",
      description = "Only records with this reason (MISSING_FIELD, ...) or quality rule.")
  private @Nullable String reason;

  /**
   * @throws dev.sluice.model.SluiceException when there is no such dataset
   */
  Selection selection(ConnectedLake lake) {
    return new Selection(
        lake.datasets().get(dataset).name(),
        Optional.ofNullable(since).map(text -> Since.parse(text, lake.clock())),
        Optional.ofNullable(key),
        Optional.ofNullable(reason));
  }
}
